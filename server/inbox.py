"""Taking uploads: idempotent, durable before the answer, and never by guesswork.

A gap takes nothing, a fork takes nothing from there on, an unreadable change alone is set apart.
A handful of statements per upload, whatever the number of its changes.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, update

from schema.tables.change import CHANGE
from schema.tables.columns import Row
from schema.tables.contact import CONTACT
from schema.tables.epoch import EPOCH
from schema.tables.fork import FORK
from schema.tables.hole import HOLE
from schema.tables.quarantine import QUARANTINE
from schema.tables.repeat import REPEAT
from schema.tables.scope import SCOPE
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from schema.values import Author, Refused
from server import log, meta
from server.deeds import Commits, Fixing, Known, Lost
from server.examine import Examined, examine
from server.write import add, chunks, keep, put
from sync import wire
from sync.changes import Office
from sync.wire import EPOCH_SIZE

KEPT_MS: Final = 30 * 86_400_000
"""How long copies of forks and what a revoked tablet sent are kept."""


LARGEST_HOLE: Final = 1_000_000
"""How many changes a tablet may say that it has lost; more is no tablet's life, but nonsense."""


class Numbered(NamedTuple):
    """One element of an upload and the seq that its position gives it."""

    seq: int
    examined: Examined


def examine_upload(upload: wire.Upload) -> list[Numbered]:
    """Look at everything before the lock is taken; raises Refused PROTOCOL, TOO_LARGE."""
    if not wire.OLDEST_PROTOCOL <= upload.protocol <= wire.PROTOCOL:
        raise Refused("PROTOCOL", oldest=wire.OLDEST_PROTOCOL, newest=wire.PROTOCOL)
    if len(upload.changes) > wire.MAX_CHANGES:
        raise Refused("TOO_LARGE", changes=wire.MAX_CHANGES)
    elements = [
        Numbered(seq, examine(raw)) for seq, raw in enumerate(upload.changes, start=max(upload.from_seq, 1))
    ]
    if sum(element.examined.size for element in elements) > wire.MAX_UPLOAD_BYTES:
        raise Refused("TOO_LARGE", bytes=wire.MAX_UPLOAD_BYTES)
    return elements


class Taking:
    """One upload of one tablet, inside the writer's transaction. `refused` is what to answer after it."""

    def __init__(
        self, connection: Connection, author: Author, tablet: dict[str, Any], commits: Commits, now: int
    ) -> None:
        self.connection = connection
        self.author = author
        self.tablet = tablet
        self.device: str = tablet["device"]
        self.community: str | None = tablet["community"]
        self.commits = commits
        self.now = now
        self.refused: Refused | None = None
        self.taken = 0

    def take(self, upload: wire.Upload, elements: list[Numbered]) -> None:
        """Write what can be taken; what cannot is said in `refused` and changes nothing more."""
        through: int = self.tablet["received_through"]
        expected = through + 1
        first = max(upload.from_seq, 1)
        lost = min(upload.oldest, first)
        if lost - expected > LARGEST_HOLE:
            self.refused = Refused("GAP", expected=through + 1)
            return
        expected = max(expected, lost)
        if first > expected:
            self.refused = Refused("GAP", expected=through + 1)
            return
        new = [element for element in elements if element.seq >= expected]
        fork = self._fork([element for element in elements if element.seq < expected])
        if fork is None and new and self.tablet["cloned_at"] is not None:
            fork = new[0].seq
        if fork is not None:
            self._set_aside([element for element in elements if element.seq >= fork])
            return
        if expected > through + 1:
            self._hole(through + 1, expected - 1)
        self._accept(upload, new, expected - 1)

    def _fork(self, again: list[Numbered]) -> int | None:
        """The first seq under which something else was received before."""
        if not again:
            return None
        known = known_digests(self.connection, self.device, again)
        return next((e.seq for e in again if known.get(e.seq) != e.examined.digest), None)

    def _set_aside(self, elements: list[Numbered]) -> None:
        """Keep a copy of what a fork sent, mark the device, and take nothing of it."""
        set_aside(self.connection, self.tablet, elements, self.now)
        self.connection.execute(
            update(TABLET)
            .where(TABLET.c.device == self.device, TABLET.c.cloned_at.is_(None))
            .values(cloned_at=self.now)
        )
        self.refused = Refused("FORKED", seq=elements[0].seq)

    def _hole(self, first: int, last: int) -> None:
        row = {"device": self.device, "first": first, "last": last, "community": self.community}
        put(self.connection, HOLE, [row | {"at": self.now, "settlement": None}])

    def _accept(self, upload: wire.Upload, new: list[Numbered], through: int) -> None:
        fixing = Fixing(self._known(upload), self.tablet["last_deed"])
        ids = digests_of(self.connection, [e.examined.id for e in new if e.examined.change])
        lines: list[dict[str, Any]] = []
        repeats: list[dict[str, Any]] = []
        apart: list[dict[str, Any]] = []
        for seq, examined in new:
            change = examined.change
            if change is None:
                apart.append(quarantined(self.device, self.community, seq, examined, self.now))
                continue
            fixed = fixing.fix(seq, change)
            if change.id not in ids:
                ids[change.id] = examined.digest
                lines.append(
                    log.line(
                        examined,
                        change,
                        fixed,
                        device=self.device,
                        seq=seq,
                        office=Office.LIAISON,
                        author=self.author.id,
                        community=self.community,
                        renews=self.tablet["ancestors"],
                        arrival=self.now,
                    )
                )
            elif ids[change.id] == examined.digest:
                repeats.append(self._repeat(seq, examined))
            else:
                taken = examined._replace(code="ID_TAKEN", path="$.id")
                apart.append(quarantined(self.device, self.community, seq, taken, self.now))
        log.append(self.connection, lines)
        add(self.connection, REPEAT, repeats)
        add(self.connection, QUARANTINE, apart)
        self.connection.execute(
            update(TABLET)
            .where(TABLET.c.device == self.device)
            .values(
                received_through=new[-1].seq if new else through,
                last_deed=fixing.previous,
                last_push_at=self.now,
            )
        )
        self.taken = len(new)

    def _repeat(self, seq: int, examined: Examined) -> dict[str, Any]:
        return {
            "device": self.device,
            "seq": seq,
            "community": self.community,
            "change": examined.id,
            "digest": examined.digest,
            "arrival": self.now,
            "told": None,
        }

    def _known(self, upload: wire.Upload) -> Known:
        """Everything that bounds this upload's deeds."""
        refresh(self.connection, self.commits)
        contacts = self.connection.execute(
            select(CONTACT.c.next, CONTACT.c.at).where(CONTACT.c.device == self.device)
        )
        scopes = self.connection.execute(
            select(SCOPE.c.from_seq, SCOPE.c.grids)
            .where(SCOPE.c.device == self.device)
            .order_by(SCOPE.c.from_seq)
        )
        return Known(
            runs=upload.runs,
            contacts=[(row.next, row.at) for row in contacts],
            scopes=[(row.from_seq, tuple(row.grids)) for row in scopes],
            commits=self.commits,
            arrival=self.now,
            rev=meta.number(self.connection, meta.REV),
        )


def known_digests(connection: Connection, device: str, elements: Sequence[Numbered]) -> dict[int, str]:
    """What was received before under the seqs of these elements."""
    known: dict[int, str] = {}
    for table in (CHANGE, QUARANTINE, REPEAT):
        rows = connection.execute(
            select(table.c.seq, table.c.digest).where(
                table.c.device == device, table.c.seq.between(elements[0].seq, elements[-1].seq)
            )
        )
        known.update((row.seq, row.digest) for row in rows)
    return known


def set_aside(connection: Connection, tablet: Row, elements: Iterable[Numbered], now: int) -> None:
    """Keep a copy of what says something else than what was received under its seq."""
    rows = [
        {
            "device": tablet["device"],
            "seq": seq,
            "digest": examined.digest,
            "community": tablet["community"],
            "raw": examined.text,
            "arrival": now,
            "keep_until": now + KEPT_MS,
        }
        for seq, examined in elements
    ]
    keep(connection, FORK, rows)


def quarantine_all(
    connection: Connection, tablet: Row, oldest: int, elements: Sequence[Numbered], now: int
) -> Refused:
    """What a revoked tablet, or a copy of it, still had: kept for 30 days, taken as nothing.

    It erases itself when all of it is here. So where the hub has less than the tablet heard, because
    it was restored since, nothing is taken and the tablet goes on from what the log has: what is set
    apart already may be another copy's.
    """
    device, received = tablet["device"], tablet["received_through"]
    start = max(received, oldest - 1)
    if not elements or elements[0].seq > _kept_through(connection, device, start) + 1:
        return Refused("REVOKED", receivedThrough=start)
    known = known_digests(connection, device, elements)
    new = [element for element in elements if element.seq > received and element.seq not in known]
    rows = [
        quarantined(
            device,
            tablet["community"],
            seq,
            examined._replace(code="REVOKED", path="$"),
            now,
            keep_until=now + KEPT_MS,
        )
        for seq, examined in new
    ]
    keep(connection, QUARANTINE, rows)
    other = [e for e in elements if e not in new and known.get(e.seq) != e.examined.digest]
    set_aside(connection, tablet, other, now)
    return Refused("REVOKED", receivedThrough=max(received, elements[-1].seq))


def _kept_through(connection: Connection, device: str, start: int) -> int:
    """The end of the unbroken stretch after `start` of what was set apart."""
    later = select(QUARANTINE.c.seq).where(QUARANTINE.c.device == device, QUARANTINE.c.seq > start)
    through = start
    for seq in connection.execute(later.order_by(QUARANTINE.c.seq)).scalars():
        if seq != through + 1:
            break
        through = seq
    return through


def quarantined(
    device: str,
    community: str | None,
    seq: int,
    examined: Examined,
    now: int,
    *,
    keep_until: int | None = None,
) -> dict[str, Any]:
    """A row for what is set apart, exactly as it came."""
    return {
        "device": device,
        "seq": seq,
        "community": community,
        "id": examined.id,
        "code": str(examined.code),
        "path": examined.path,
        "raw": examined.text,
        "digest": examined.digest,
        "arrival": now,
        "keep_until": keep_until,
    }


def digests_of(connection: Connection, ids: Sequence[str | None]) -> dict[str, str]:
    """The digests of those changes that the log already has."""
    known: dict[str, str] = {}
    for chunk in chunks(one for one in ids if one is not None):
        rows = connection.execute(select(CHANGE.c.id, CHANGE.c.digest).where(CHANGE.c.id.in_(chunk)))
        known.update((row.id, row.digest) for row in rows)
    return known


def refresh(connection: Connection, commits: Commits) -> None:
    """Learn of the settlements since the last time, or of all where a new epoch has begun."""
    epoch = meta.number(connection, meta.EPOCH)
    if epoch != commits.epoch:
        began = connection.execute(select(EPOCH).order_by(EPOCH.c.number))
        commits.begin(epoch, [Lost(row.number * EPOCH_SIZE, row.from_rev, row.seen) for row in began])
    rows = connection.execute(
        select(SETTLEMENT.c.number, SETTLEMENT.c.first_rev, SETTLEMENT.c.at)
        .where(SETTLEMENT.c.number > commits.number)
        .order_by(SETTLEMENT.c.number)
    )
    for row in rows:
        commits.add(row.number, row.first_rev, row.at)
