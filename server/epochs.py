"""Beginning a new epoch: the hub goes on from an older copy of itself, and offices' work is done again.

Revs begin anew above all that were ever given, so that none is used twice. What tablets had sent they
send again; what offices had done is read from the journal. All in the writer's one transaction.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, select

from schema.tables.catalogue import METADATA
from schema.tables.change import CHANGE, change_of
from schema.tables.columns import Row
from schema.tables.enrolment_code import ENROLMENT_CODE
from schema.tables.epoch import EPOCH
from schema.tables.rating_code import RATING_CODE
from schema.tables.scope import SCOPE
from schema.values import SettlementKind
from server import checkpoint, identity, log, meta
from server.database import Unavailable
from server.deeds import found_again
from server.journal import Entry, Journal, Lacking, Segment, lacking, segments
from server.online import moved_tablets
from server.scrub import overdue_contacts, scrub
from server.settlement import apply, base_of, clocked, decide_lines, plan
from server.standing import Standing, is_behind, knows, standing
from server.write import chunks, keep, put
from sync.kinds import KINDS
from sync.wire import EPOCH_SIZE

logger = logging.getLogger(__name__)

AT_ONCE: Final = frozenset({"device.assign", "ticket.redact"})
"""What does not wait for a night, whatever its author had seen: what was erased is not to come back meanwhile."""

FRESH: Final = {"position": 0, "link": "", "settlement": None, "held": None, "held_since": None}


class Reason(StrEnum):
    """Why an epoch begins."""

    RESTORED = "RESTORED"
    COPIED_BACK = "COPIED_BACK"
    WITNESS = "WITNESS"


class Epoch(Struct, frozen=True, rename="camel"):
    """What a new epoch began with: where the copy ended, what was done again, and what nobody has."""

    epoch: int
    reason: Reason
    rev: int
    at: int
    replayed: int
    changes: int
    gaps: list[Any]


def begin(
    connection: Connection,
    journal: Journal,
    reason: Reason,
    now: int,
    *,
    above: int = 0,
    found: Sequence[Segment] | None = None,
) -> Epoch:
    """Begin an epoch above all that are known and do again what the journal has; on the writer's connection."""
    was = standing(connection)
    if found is None:
        found = segments([journal.folder], was.hub)
    lost = lacking(connection, found)
    number = max(was.epoch, above, lost.epoch) + 1
    meta.store(connection, {meta.EPOCH: number, meta.REV: number * EPOCH_SIZE})
    again = Again(connection, was, now, lost.begun)
    for entry in lost.entries:
        again.do(entry)
    # What a night erased that is lost is not shown until the next one erases it again.
    scrubbed = scrub(connection, overdue_contacts(connection, now))
    counted = max([meta.number(connection, meta.JOURNAL), *(entry.number for entry in lost.entries)])
    meta.store(connection, {meta.JOURNAL: counted})
    put(connection, EPOCH, [_row(number, reason, was, now, lost, again)])
    if meta.text(connection, meta.SEGMENT):
        meta.store(connection, {meta.SEGMENT: ""})
        # Where this fails there is none until the next backup; why is in the log.
        with suppress(Unavailable):
            journal.begin(connection, now)
            if scrubbed:
                journal.erase(connection)
    logger.warning("epoch %s begins (%s) after rev %s", number, reason, was.rev)
    return Epoch(number, reason, was.rev, was.at, len(lost.entries), len(again.confirmed), lost.gaps)


def _row(
    number: int, reason: Reason, was: Standing, now: int, lost: Lacking, again: "Again"
) -> dict[str, Any]:
    return {
        "number": number,
        "reason": reason.value,
        "began_at": now,
        "from_rev": was.rev,
        "from_at": was.at,
        "replayed": len(lost.entries),
        "missing": {"gaps": msgspec.to_builtins(lost.gaps)} if lost.gaps else None,
        "confirmed": again.confirmed,
        "seen": again.seen,
        "erased": again.erased,
    }


# Noticing


def noticed(connection: Connection, journal: Journal, marked: Standing | None, now: int) -> Epoch | None:
    """Begin an epoch where this database is older than its marker."""
    if marked is None or not is_behind(connection, marked):
        return None
    return begin(connection, journal, Reason.COPIED_BACK, now, above=marked.epoch)


def witnessed(connection: Connection, journal: Journal, after: str | None, now: int) -> Epoch | None:
    """Begin an epoch where a checkpoint of ours knows a settlement of this epoch that the hub does not.

    One of an earlier epoch only resets its tablet: the epoch that lost it has begun already.
    """
    seen = checkpoint.read(after, meta.text(connection, meta.SECRET))
    epoch = meta.number(connection, meta.EPOCH)
    if seen is None or seen.epoch < epoch:
        return None
    if seen.epoch == epoch and (not seen.digest or knows(connection, seen.digest)):
        return None
    return begin(connection, journal, Reason.WITNESS, now, above=seen.epoch)


# Doing again


class Again:
    """The entries of a journal, done again one after the other. What the hub has already is left as it is."""

    def __init__(self, connection: Connection, was: Standing, now: int, begun: Mapping[int, int]) -> None:
        self.connection = connection
        self.was = was
        self.now = now
        self.begun = begun
        self._epoch = was.epoch
        self.device = meta.text(connection, meta.HUB)
        self.confirmed: dict[str, str] = {}
        self.erased: dict[str, list[str]] = {}
        self.seen: list[tuple[int, int, int]] = []
        unsettled = select(CHANGE.c.id, CHANGE.c.entity).where(CHANGE.c.settlement.is_(None))
        rows = connection.execute(unsettled).all()
        self._unsettled = {row.id for row in rows}
        self._waiting: set[str] = {row.entity for row in rows}

    def do(self, entry: Entry) -> None:
        """One entry: its rows, then its changes, in a settlement of their own as the first time."""
        if entry.epoch != self._epoch:
            self._epoch = entry.epoch
            self._go_on(entry.epoch)
        for name, rows in entry.rows.items():
            if name in METADATA.tables:
                add_again = put if name == SCOPE.name else keep
                add_again(self.connection, METADATA.tables[name], rows)
        if entry.used is not None:
            for codes in (ENROLMENT_CODE, RATING_CODE):
                self.connection.execute(delete(codes).where(codes.c.hash == entry.used))
        for identifier in entry.revoked:
            identity.revoke(self.connection, identifier, entry.at)
        # Who had asked again was told what a night had decided.
        asked = {one for one in entry.outcomes if one in self.confirmed or one in self._unsettled}
        self.confirmed.update({one: entry.outcomes[one] for one in asked})
        new = self._new(entry.lines)
        if new:
            self.confirmed.update({line["id"]: entry.outcomes.get(line["id"], "") for line in new})
            waiting = {line["id"] for line in new if self._waits(line, entry)}
            placed = self._append(new)
            self._settle(entry, [line for line in placed if line["id"] not in waiting])
            if not waiting and entry.first_rev is not None:
                self._see(entry.first_rev, entry.rev)

    def _go_on(self, epoch: int) -> None:
        """An epoch began here, and did again what is done again now: its first revs are known, too."""
        if not self._waiting and epoch in self.begun:
            self._see(epoch * EPOCH_SIZE, self.begun[epoch])

    def _see(self, first: int, last: int) -> None:
        """These revs are lost, and what they stood for is there again now."""
        self.seen.append((first, last, meta.number(self.connection, meta.REV)))

    def _new(self, lines: Sequence[Row]) -> list[Row]:
        known: set[str] = set()
        for chunk in chunks({line["id"] for line in lines}):
            known.update(self.connection.execute(select(CHANGE.c.id).where(CHANGE.c.id.in_(chunk))).scalars())
        return [line for line in lines if line["id"] not in known]

    def _append(self, lines: Sequence[Row]) -> list[dict[str, Any]]:
        """The lines at the end of the log: the hub's next seqs, done when they were done, and come now."""
        sent = meta.number(self.connection, meta.HUB_SEQ)
        placed = [
            {
                **line,
                **FRESH,
                "device": self.device,
                "seq": seq,
                "arrival": self.now,
                "deed": min(line["deed"], self.now - 1),
                "saw": found_again(line["saw"], self.was.rev, self.seen),
            }
            for seq, line in enumerate(lines, sent + 1)
        ]
        log.append(self.connection, placed)
        last = max(meta.number(self.connection, meta.HUB_DEED), *(line["deed"] for line in placed))
        meta.store(self.connection, {meta.HUB_SEQ: sent + len(placed), meta.HUB_DEED: last})
        self.erased.update({line["id"]: line["erased"] for line in placed if line["erased"]})
        return placed

    def _settle(self, entry: Entry, lines: Sequence[Row]) -> None:
        """Settle at once what does not depend on a lost night; the rest joins the next one."""
        if not lines:
            return
        now = clocked(base_of(self.connection), self.now)
        kind: SettlementKind = "IMPORT" if entry.kind == "IMPORT" else "ONLINE"
        decided = decide_lines(self.connection, [line["id"] for line in lines], now, kind)
        apply(self.connection, plan(decided))
        moved_tablets(self.connection, [change_of(line) for line in lines], decided.settled.outcomes)

    def _waits(self, line: Row, entry: Entry) -> bool:
        """Whether its author had seen what only a lost night knew, or the inbox holds more about the thing."""
        kind, saw = KINDS[line["kind"]], line["saw"]
        if kind.name in AT_ONCE:
            return False
        known = (
            kind.creates or saw <= self.was.rev or any(first <= saw <= last for first, last, _ in self.seen)
        )
        others = kind.identity and not kind.creates and line["entity"] in self._waiting
        if known and not others and line["id"] in entry.outcomes:
            return False
        self._waiting.add(line["entity"])
        return True
