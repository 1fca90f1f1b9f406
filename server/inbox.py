"""Taking uploads: idempotent, durable before the answer, and never by guesswork.

A gap takes nothing, a fork takes nothing from there on, an unreadable change alone is set apart.
A handful of statements per upload, whatever the number of its changes.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

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
from sync.kinds.kind import Office
from sync.wire import EPOCH_SIZE

KEPT_MS: Final = 30 * 86_400_000
"""How long copies of forks and what a revoked tablet sent are kept."""


LARGEST_HOLE: Final = 1_000_000
"""How many changes a tablet may say that it has lost; more is no tablet's life, but nonsense."""


# Asked at every upload: built once.
_CONTACTS: Final = select(CONTACT.c.next, CONTACT.c.at).where(CONTACT.c.device == bindparam("of"))
_SCOPES: Final = (
    select(SCOPE.c.from_seq, SCOPE.c.grids)
    .where(SCOPE.c.device == bindparam("of"))
    .order_by(SCOPE.c.from_seq)
)
_TAKEN: Final = (
    update(TABLET)
    .where(TABLET.c.device == bindparam("of"))
    .values(
        received_through=bindparam("through"),
        last_deed=bindparam("deed"),
        last_push_at=bindparam("pushed_at"),
    )
)
_DIGESTS: Final = select(CHANGE.c.id, CHANGE.c.digest).where(
    CHANGE.c.id.in_(bindparam("ids", expanding=True))
)
_COMMITS: Final = (
    select(SETTLEMENT.c.number, SETTLEMENT.c.first_rev, SETTLEMENT.c.at)
    .where(SETTLEMENT.c.number > bindparam("known"))
    .order_by(SETTLEMENT.c.number)
)


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
        pushed = {"through": new[-1].seq if new else through, "deed": fixing.previous, "pushed_at": self.now}
        self.connection.execute(_TAKEN, {"of": self.device, **pushed})
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
        contacts = self.connection.execute(_CONTACTS, {"of": self.device})
        scopes = self.connection.execute(_SCOPES, {"of": self.device})
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
    connection: Connection, tablet: Row, upload: wire.Upload, elements: Sequence[Numbered], now: int
) -> Refused:
    """What a revoked tablet, or a copy of it, still had: kept for 30 days, taken as nothing.

    It erases itself when all of it is here. Where the hub was restored since, what stands under its seqs
    may be another copy's, in the log as in quarantine. So an upload begins with the oldest that its tablet
    has, or with what is here already, word for word, which shows whose all before it is; otherwise nothing
    is taken, and it is told from where to go on. One that may have a successor is answered short of its last.
    """
    device = tablet["device"]
    back = _goes_back(connection, tablet, upload, elements)
    if back is not None:
        return Refused("REVOKED", receivedThrough=back)
    known = known_digests(connection, device, elements)
    new = [e for e in elements if e.seq > tablet["received_through"] and e.seq not in known]
    other = [e for e in elements if e not in new and known.get(e.seq) != e.examined.digest]
    copied = _copies(connection, device, elements)
    again = not new and all((e.seq, e.examined.digest) in copied for e in other)
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
    set_aside(connection, tablet, other, now)
    followed = len(elements) > 1 and (again or len(elements) == wire.MAX_CHANGES)
    return Refused("REVOKED", receivedThrough=elements[-1].seq - followed)


def _goes_back(
    connection: Connection, tablet: Row, upload: wire.Upload, elements: Sequence[Numbered]
) -> int | None:
    """After which seq a revoked tablet has to go on instead, to show whose that is; None where it has shown it."""
    oldest, first = max(upload.oldest, 1), max(upload.from_seq, 1)
    if elements and first <= oldest:
        return None
    device = tablet["device"]
    end = _kept_through(connection, device, max(tablet["received_through"], oldest - 1))
    if elements and first <= end:
        one = elements[:1]
        own = known_digests(connection, device, one).get(first) == one[0].examined.digest
        return None if own or _copies(connection, device, one) else oldest - 1
    return max(min(first - 1, end), oldest) - 1


def _copies(connection: Connection, device: str, elements: Sequence[Numbered]) -> set[tuple[int, str]]:
    """Which of these elements were set aside because another copy's stood under their seqs."""
    found = connection.execute(
        select(FORK.c.seq, FORK.c.digest).where(
            FORK.c.device == device, FORK.c.seq.between(elements[0].seq, elements[-1].seq)
        )
    )
    return {(row.seq, row.digest) for row in found} & {(e.seq, e.examined.digest) for e in elements}


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
        rows = connection.execute(_DIGESTS, {"ids": list(chunk)})
        known.update((row.id, row.digest) for row in rows)
    return known


def refresh(connection: Connection, commits: Commits) -> None:
    """Learn of the settlements since the last time, or of all where a new epoch has begun."""
    epoch = meta.number(connection, meta.EPOCH)
    if epoch != commits.epoch:
        began = connection.execute(select(EPOCH).order_by(EPOCH.c.number))
        commits.begin(epoch, [Lost(row.number * EPOCH_SIZE, row.from_rev, row.seen) for row in began])
    for row in connection.execute(_COMMITS, {"known": commits.number}):
        commits.add(row.number, row.first_rev, row.at)
