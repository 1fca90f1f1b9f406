"""An office's changes: the same path as the night's, as a batch of their own, confirmed when the answer returns.

A change to the state, takers or identity of a thing of which the inbox already holds an unsettled
change joins the night instead.
"""

from collections.abc import Sequence, Set
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update

from schema.tables.change import CHANGE, change_of
from schema.tables.columns import Row
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from schema.values import Author, SettlementKind, Submitted
from server import log, meta
from server.deeds import Commits, Fixing, Known
from server.examine import Examined, examine
from server.gather import newest_outcomes
from server.identity import communities_of
from server.inbox import refresh
from server.journal import Entry
from server.settlement import apply, base_of, clocked, decide_lines, plan
from server.write import chunks
from sync.changes import Change, Unreadable, UnreadableCode
from sync.clock import RunOffset
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.state import Outcome, Result
from sync.verdicts import sentence

# Asked at every change that is made online: built once.
_LINES: Final = select(CHANGE).where(CHANGE.c.id.in_(bindparam("ids", expanding=True)))
_UNSETTLED: Final = select(CHANGE.c.entity).where(
    CHANGE.c.settlement.is_(None), CHANGE.c.entity.in_(bindparam("entities", expanding=True))
)
_REVS: Final = select(SETTLEMENT.c.number, SETTLEMENT.c.last_rev).where(
    SETTLEMENT.c.number.in_(bindparam("numbers", expanding=True))
)


class Read(NamedTuple):
    """One submitted change, read."""

    examined: Examined
    change: Change


def read_all(raws: Sequence[dict[str, Any]]) -> list[Read]:
    """Read every change before anything is written; raises Unreadable."""
    read: list[Read] = []
    for raw in raws:
        examined = examine(raw)
        if examined.change is None:
            raise Unreadable(UnreadableCode(examined.code), examined.path)
        read.append(Read(examined, examined.change))
    return read


class Submission:
    """One office's batch, inside the writer's transaction."""

    def __init__(self, connection: Connection, author: Author, commits: Commits, now: int) -> None:
        self.connection = connection
        self.author = author
        self.office = Office.LIAISON if author.office is None else author.office
        self.commits = commits
        self.base = base_of(connection)
        self.now = clocked(self.base, now)
        self.device = meta.text(connection, meta.HUB)

    def submit(self, changes: Sequence[Read], kind: SettlementKind) -> list[Submitted]:
        """Write the changes to the log, settle those that need not wait, and say what became of each."""
        first: dict[str, Read] = {}
        for read in changes:
            first.setdefault(read.change.id, read)
        known = _lines(self.connection, list(first))
        new = [read for change_id, read in first.items() if change_id not in known]
        queued = self._append(new)
        at_once = [read.change.id for read in new if read.change.id not in queued]
        if at_once:
            decided = decide_lines(self.connection, at_once, self.now, kind)
            apply(self.connection, plan(decided))
            moved_tablets(self.connection, [read.change for read in new], decided.settled.outcomes)
        lines = _lines(self.connection, list(first))
        outcomes = newest_outcomes(self.connection, list(first))
        revs = _revs(self.connection, {row["settlement"] for row in lines.values()} - {None})
        return [self._answer(read, lines[read.change.id], outcomes, revs) for read in changes]

    def _append(self, new: Sequence[Read]) -> set[str]:
        """Write the lines; gives those that join the night."""
        fixing = self._fixing(new)
        sent = meta.number(self.connection, meta.HUB_SEQ)
        lines = [
            log.line(
                examined,
                change,
                fixing.fix(seq, replace(change, at=self.now)),
                device=self.device,
                seq=seq,
                office=self.office,
                author=self.author.id,
                community=self.author.communities[0] if self.author.communities else None,
                renews=[],
                arrival=self.now,
            )
            for seq, (examined, change) in enumerate(new, sent + 1)
        ]
        queued = self._joins_the_night([change for _, change in new])
        log.append(self.connection, lines)
        meta.store(
            self.connection, {meta.HUB_SEQ: sent + len(lines), meta.HUB_DEED: fixing.previous or self.now}
        )
        return queued

    def _fixing(self, new: Sequence[Read]) -> Fixing:
        """The hub is a device too: its clock is right, and a deed is its arrival."""
        refresh(self.connection, self.commits)
        known = Known(
            runs=[RunOffset(run, 0, 0) for run in sorted({read.change.run for read in new})],
            contacts=[],
            scopes=[(1, self.author.scope)],
            commits=self.commits,
            arrival=self.now,
            rev=self.base.rev,
        )
        return Fixing(known, meta.number(self.connection, meta.HUB_DEED))

    def _joins_the_night(self, changes: Sequence[Change]) -> set[str]:
        """Those whose thing has an unsettled change already, and whatever is done to that thing after them."""
        waiting = _unsettled(self.connection, {change.entity for change in changes})
        persons = (
            _registering(self.connection) if any(c.kind == "member.register" for c in changes) else set()
        )
        queued: set[str] = set()
        for change in changes:
            person = change.kind == "member.register" and (change.data.unit, change.data.number) in persons
            if KINDS[change.kind].identity and (change.entity in waiting or person):
                waiting.add(change.entity)
                queued.add(change.id)
        return queued

    def _answer(self, read: Read, line: Row, outcomes: dict[str, Outcome], revs: dict[int, int]) -> Submitted:
        change = read.change
        if not _says_the_same(read, line):
            taken = Outcome(
                change=change.id,
                device=self.device,
                seq=0,
                outcome=Result.QUARANTINED,
                code="ID_TAKEN",
                rule=None,
                sentence=sentence("ID_TAKEN"),
                entity=change.entity,
                kind=change.kind,
            )
            return Submitted(change.id, taken, False, self.base.rev)
        outcome = outcomes.get(change.id)
        rev = revs.get(line["settlement"], self.base.rev)
        return Submitted(change.id, outcome, outcome is None, rev)


def told_again(_: Connection, answers: Sequence[Submitted], entry: Entry) -> None:
    """Whoever asks again is told what a night has decided since; a restore must know that they were."""
    for answer in answers:
        if answer.outcome is not None and answer.outcome.code != "ID_TAKEN":
            entry.outcomes.setdefault(answer.change, answer.outcome.code)


def moved_tablets(connection: Connection, changes: Sequence[Change], outcomes: Sequence[Outcome]) -> None:
    """A tablet's own community follows from the grids it was given."""
    applied = {outcome.change for outcome in outcomes if outcome.outcome is Result.APPLIED}
    for change in changes:
        if change.kind == "device.assign" and change.id in applied and change.data.grids:
            found = communities_of(connection, change.data.grids)
            community = found.get(sorted(change.data.grids)[0])
            mine = update(TABLET).where(TABLET.c.device == change.entity)
            connection.execute(mine.values(community=community))


def _says_the_same(read: Read, line: Row) -> bool:
    """Whether a line is this very change, apart from the clock and the salt, which a repetition has anew.

    What was erased from the line meanwhile can no longer be compared, and must not make it another's.
    """
    if line["digest"] == read.examined.digest:
        return True
    kept, again = change_of(line), read.change
    apart = {"salt", *line["erased"]}
    return (kept.kind, kept.entity, kept.saw, kept.by, kept.data, _private(kept, apart)) == (
        (again.kind, again.entity, again.saw, again.by, again.data, _private(again, apart))
    )


def _private(change: Change, apart: Set[str]) -> Any:
    """What a change says beside its data, but for these."""
    private = msgspec.to_builtins(change.private) or {}
    return {name: value for name, value in private.items() if name not in apart}


def _lines(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for chunk in chunks(ids):
        rows = connection.execute(_LINES, {"ids": list(chunk)}).mappings()
        found.update((row["id"], row) for row in rows)
    return found


def _unsettled(connection: Connection, entities: set[str]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(entities):
        found.update(connection.execute(_UNSETTLED, {"entities": list(chunk)}).scalars())
    return found


def _registering(connection: Connection) -> set[tuple[str, str]]:
    """The identities that registrations in the inbox are about."""
    rows = select(CHANGE.c.body).where(CHANGE.c.settlement.is_(None), CHANGE.c.kind == "member.register")
    data = [msgspec.json.decode(body)["data"] for body in connection.execute(rows).scalars()]
    return {(one["unit"], one["number"]) for one in data}


def _revs(connection: Connection, numbers: set[int]) -> dict[int, int]:
    """The last rev of each of these settlements."""
    found: dict[int, int] = {}
    for chunk in chunks(numbers):
        rows = connection.execute(_REVS, {"numbers": list(chunk)})
        found.update((row.number, row.last_rev) for row in rows)
    return found
