"""Pages of the feed: everything in scope newer than a checkpoint, in the order of revs, from one snapshot.

Where everything is sent anew, what a tablet works with comes before what is over.
A changed scope is told first: what left, then what came. Nothing is written here but a tablet's
contact, which is how the hub knows what its later changes come after.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)

from schema.tables.columns import Row
from schema.tables.contact import CONTACT
from schema.tables.device import DEVICE
from schema.tables.document import DOCUMENT
from schema.tables.grid import GRID
from schema.tables.outcome import OUTCOME
from schema.tables.scope import SCOPE
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from server import checkpoint, meta
from server.checkpoint import Checkpoint, Fill, Scope
from server.identity import carried, communities_of, tablet_of
from server.write import put
from sync import wire
from sync.documents import document
from sync.things import UNFINISHED
from sync.wire import Check, Document, Page

Condition = ColumnElement[bool]
LIVE: Condition = DOCUMENT.c.state == "LIVE"
USEFUL: Condition = and_(
    DOCUMENT.c.collection.not_in(("service", "evaluation", "verdict")),
    or_(
        DOCUMENT.c.collection != "ticket",
        DOCUMENT.c.body["state"].as_string().in_(sorted(UNFINISHED)),
    ),
)
"""What a tablet works with, from the first page of a download on. It follows from a document alone."""

# Asked at every page: built once.
_OTHER: Final = DOCUMENT.alias("other")
_MINE: Final[BindParameter[Any]] = bindparam("audiences", expanding=True)
_LIVE_IN_SCOPE: Final = exists().where(
    _OTHER.c.collection == DOCUMENT.c.collection,
    _OTHER.c.id == DOCUMENT.c.id,
    _OTHER.c.state == "LIVE",
    _OTHER.c.audience.in_(_MINE),
)
"""Whether the document of a tombstone is live with another of this tablet's audiences."""
_FLOOR: Final = bindparam("floor", type_=BigInteger)


def _newer_than(live: Condition) -> Select[Any]:
    """Whatever is newer than a checkpoint, of the documents that are live and of tombstones."""
    gone = and_(DOCUMENT.c.rev > _FLOOR, ~_LIVE_IN_SCOPE)
    mine = and_(DOCUMENT.c.audience.in_(_MINE), DOCUMENT.c.rev > bindparam("after"))
    return select(DOCUMENT).where(mine, or_(live, gone))


_NEWER: Final = _newer_than(LIVE)
_REST: Final = _newer_than(and_(LIVE, ~and_(DOCUMENT.c.rev <= _FLOOR, USEFUL)))
"""The same without what was sent already because it is most useful."""
_HELD: Final = select(DOCUMENT.c.collection, DOCUMENT.c.id, DOCUMENT.c.rev).where(
    DOCUMENT.c.audience.in_(_MINE), LIVE
)
_COUNTED: Final = select(func.count()).where(DOCUMENT.c.audience.in_(_MINE), LIVE)
_ASSIGNED: Final = select(DEVICE.table.c.rev).where(DEVICE.table.c.id == bindparam("carrier"))
_GRIDS: Final = select(GRID.table).where(GRID.table.c.id.in_(bindparam("grids", expanding=True)))
_DIGEST: Final = select(SETTLEMENT.c.digest).order_by(SETTLEMENT.c.number.desc()).limit(1)
_ACKNOWLEDGED: Final = select(func.max(SCOPE.c.assigned)).where(SCOPE.c.device == bindparam("carrier"))
_SPOKE: Final = (
    update(TABLET).where(TABLET.c.device == bindparam("carrier")).values(last_pull_at=bindparam("spoke_at"))
)


def scope_of(connection: Connection, device: str) -> Scope:
    """What a tablet carries now."""
    grids = carried(connection, device)
    assigned = connection.execute(_ASSIGNED, {"carrier": device}).scalar_one_or_none()
    return Scope(grids, tuple(sorted(set(communities_of(connection, grids).values()))), assigned or 0)


def grid_bodies(connection: Connection, grids: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """The documents' bodies of these grids, by code."""
    rows = connection.execute(_GRIDS, {"grids": list(grids)}).mappings()
    things = sorted((GRID.thing(row) for row in rows), key=lambda grid: grid.code)
    return tuple(document("grid", grid, grid.rev).body for grid in things)


# Contact


def contact(
    connection: Connection, device: str, after: str | None, next_seq: int, now: int
) -> dict[str, Any] | None:
    """Note that the tablet spoke just now, which seq comes next, and a scope that it has heard of (the new row).

    A pull that acknowledges a scope says where that scope began, perhaps a day's work ago, so it
    tells nothing of when the work from its `next` on was done; the next pull does.
    """
    tablet = tablet_of(connection, device)
    connection.execute(_SPOKE, {"carrier": device, "spoke_at": now})
    acknowledged = acknowledge(connection, device, after, next_seq, now)
    if acknowledged is None:
        row = {"device": device, "next": next_seq, "community": tablet["community"], "at": now}
        put(connection, CONTACT, [row])
    return acknowledged


def acknowledge(
    connection: Connection, device: str, after: str | None, next_seq: int, now: int
) -> dict[str, Any] | None:
    """Note a scope that the tablet has heard of. A file on a stick says that much, but not when it was written."""
    tablet = tablet_of(connection, device)
    seen = checkpoint.read(after, meta.text(connection, meta.SECRET))
    if seen is None or seen.root != tablet["root"]:
        return None
    known = connection.execute(_ACKNOWLEDGED, {"carrier": device}).scalar_one()
    if seen.scope.assigned > (known or 0):
        row = {
            "device": device,
            "from_seq": next_seq,
            "community": tablet["community"],
            "grids": list(seen.scope.grids),
            "assigned": seen.scope.assigned,
            "at": now,
        }
        put(connection, SCOPE, [row])
        return row
    return None


# Pages


def page(connection: Connection, device: str, after: str | None, limit: int) -> Page:
    """The next page for a tablet, on this connection's snapshot."""
    return Paging(connection, tablet_of(connection, device)).page(after, min(max(limit, 1), wire.MAX_PAGE))


class Paging:
    """One page: the tablet, its audiences, and where the hub stands in this snapshot."""

    def __init__(self, connection: Connection, tablet: Row) -> None:
        self.connection = connection
        self.root: str = tablet["root"]
        self.scope = scope_of(connection, tablet["device"])
        self.devices = [f"device:{device}" for device in (tablet["device"], *tablet["ancestors"])]
        self.audiences = [*_audiences(self.scope), *self.devices]
        words = meta.words(connection)
        self.epoch, self.rev, self.horizon = (int(words[w]) for w in (meta.EPOCH, meta.REV, meta.HORIZON))
        self.secret = words[meta.SECRET]

    def page(self, after: str | None, limit: int) -> Page:
        at, reset = self._start(after)
        documents: list[Document] = []
        if at.fill is not None:
            documents, at = self._fill(at, at.fill, limit)
        elif at.first is not None and at.first < at.floor:
            documents, at = self._useful(at, at.first, limit)
        more = at.fill is not None or (at.first is not None and at.first < at.floor)
        if not more:
            found = self._newer(at, limit - len(documents) + 1)
            more = len(documents) + len(found) > limit
            found = found[: limit - len(documents)]
            documents += self._within(found)
            at = replace(at, rev=found[-1]["rev"] if more and found else at.rev)
        remaining = None
        if not more:
            at = replace(at, rev=self.rev, digest=self._witness())
            at = replace(at, resetting=False, floor=0, first=None, total=0, sent=0)
        elif at.resetting:
            at = replace(at, sent=at.sent + len(documents))
            remaining = max(0, at.total - at.sent)
        return Page(
            documents=tuple(documents),
            checkpoint=checkpoint.written(at, self.secret),
            more=more,
            reset=reset,
            epoch=self.epoch,
            scope=grid_bodies(self.connection, self.scope.grids),
            check=None if more else self._check(),
            remaining=remaining,
        )

    def _start(self, after: str | None) -> tuple[Checkpoint, bool]:
        """Where to go on, and whether that is from the beginning."""
        at = checkpoint.read(after, self.secret)
        if at is None or at.root != self.root or at.epoch != self.epoch or at.rev > self.rev:
            return self._beginning(), True
        if max(at.rev, at.floor) < self.horizon:
            return self._beginning(), True
        if at.scope.covers_the_same(self.scope):
            return replace(at, scope=self.scope), False
        if at.fill is not None or at.resetting:
            return self._beginning(), True
        return replace(at, scope=self.scope, fill=Fill(at.scope)), False

    def _beginning(self) -> Checkpoint:
        return Checkpoint(
            epoch=self.epoch,
            rev=0,
            root=self.root,
            scope=self.scope,
            digest=self._witness(),
            resetting=True,
            floor=self.rev,
            first=0,
            total=self._total(),
        )

    def _total(self) -> int:
        return int(self.connection.execute(_COUNTED, {"audiences": self.audiences}).scalar_one())

    def _witness(self) -> str:
        return self.connection.execute(_DIGEST).scalar_one_or_none() or ""

    # What is most useful, before the rest

    def _useful(self, at: Checkpoint, first: int, limit: int) -> tuple[list[Document], Checkpoint]:
        """What a tablet works with of what was there when the sending began, as far as one page goes."""
        there = and_(DOCUMENT.c.rev > first, DOCUMENT.c.rev <= at.floor)
        mine = and_(DOCUMENT.c.audience.in_(self.audiences), there, LIVE, USEFUL)
        found = self._rows(select(DOCUMENT).where(mine), limit + 1)
        taken = [self._document(row) for row in found[:limit]]
        return taken, replace(at, first=taken[-1].rev if len(found) > limit else at.floor)

    # The main stream

    def _newer(self, at: Checkpoint, limit: int) -> Sequence[Row]:
        wanted = _NEWER if at.first is None else _REST
        return self._rows(wanted, limit, after=at.rev, floor=at.floor)

    # A changed scope

    def _fill(self, at: Checkpoint, fill: Fill, limit: int) -> tuple[list[Document], Checkpoint]:
        """What left and what came with a change of scope, as far as one page goes."""
        documents: list[Document] = []
        while len(documents) < limit:
            found = self._came(at, fill, limit + 1) if fill.arriving else self._left(at, fill, limit + 1)
            taken = found[: limit - len(documents)]
            if fill.arriving:
                documents += [self._document(row) for row in taken]
            else:
                rev = self.scope.assigned
                documents += [Document(row["collection"], row["id"], rev, "LEFT", None) for row in taken]
            if len(taken) < len(found):
                return documents, replace(at, fill=replace(fill, rev=taken[-1]["rev"]))
            if fill.arriving:
                return documents, replace(at, fill=None)
            fill = Fill(fill.before, arriving=True)
        return documents, replace(at, fill=fill)

    def _left(self, at: Checkpoint, fill: Fill, limit: int) -> Sequence[Row]:
        gone = set(_audiences(fill.before)) - set(self.audiences)
        held = or_(LIVE, and_(DOCUMENT.c.rev > at.rev, ~_LIVE_IN_SCOPE))
        left = and_(DOCUMENT.c.audience.in_(gone), held)
        mine = and_(or_(left, self._otherwise_private(at, fill)), DOCUMENT.c.rev > fill.rev)
        return self._rows(select(DOCUMENT).where(mine), limit)

    def _came(self, at: Checkpoint, fill: Fill, limit: int) -> Sequence[Row]:
        new = set(_audiences(self.scope)) - set(_audiences(fill.before))
        came = and_(DOCUMENT.c.audience.in_(new), LIVE, DOCUMENT.c.rev <= at.rev)
        mine = and_(or_(came, self._otherwise_private(at, fill)), DOCUMENT.c.rev > fill.rev)
        return self._rows(select(DOCUMENT).where(mine), limit)

    def _otherwise_private(self, at: Checkpoint, fill: Fill) -> Condition:
        """Documents that stay, but whose private part comes or goes with a grid: sent as left, then again."""
        grids = set(fill.before.grids) ^ set(self.scope.grids)
        kept = set(_audiences(fill.before)) & set(self.audiences)
        return and_(
            DOCUMENT.c.audience.in_(kept), LIVE, DOCUMENT.c.rev <= at.rev, DOCUMENT.c.private_grid.in_(grids)
        )

    # Rows and sums

    def _rows(self, wanted: Select[Any], limit: int, **values: int) -> Sequence[Row]:
        if limit <= 0:
            return []
        ordered = wanted.order_by(DOCUMENT.c.rev).limit(limit)
        return [*self.connection.execute(ordered, {"audiences": self.audiences, **values}).mappings()]

    def _document(self, row: Row) -> Document:
        body = row["body"]
        if row["private"] is not None and row["private_grid"] in self.scope.grids:
            body = {**body, **row["private"]}
        return Document(row["collection"], row["id"], row["rev"], row["state"], body)

    def _within(self, rows: Sequence[Row]) -> list[Document]:
        """The documents; a verdict about what is out of scope by now does not say what that holds."""
        foreign = self._foreign([row["body"]["change"] for row in rows if _shows(row)])
        return [self._document(_withheld(row) if _shows(row, foreign) else row) for row in rows]

    def _foreign(self, changes: list[str]) -> set[str]:
        """Which of these changes are about a thing that is with others now, and not with this tablet."""
        if not changes:
            return set()
        about = select(OUTCOME.table.c.change, OUTCOME.table.c.entity).where(
            OUTCOME.table.c.change.in_(changes)
        )
        entity = {row.change: row.entity for row in self.connection.execute(about)}
        live = select(DOCUMENT.c.id, DOCUMENT.c.audience).where(DOCUMENT.c.id.in_(set(entity.values())), LIVE)
        found = [*self.connection.execute(live)]
        elsewhere = {row.id for row in found} - {row.id for row in found if row.audience in self.audiences}
        return {change for change, thing in entity.items() if thing in elsewhere}

    def _check(self) -> tuple[Check, ...]:
        held: dict[str, list[tuple[str, int]]] = {collection: [] for collection in wire.COLLECTIONS}
        for row in self.connection.execute(_HELD, {"audiences": self.audiences}):
            held.setdefault(row.collection, []).append((row.id, row.rev))
        return tuple(Check(name, len(rows), wire.check_digest(rows)) for name, rows in held.items())


def _audiences(scope: Scope) -> list[str]:
    return [*(f"grid:{grid}" for grid in scope.grids), *(f"community:{one}" for one in scope.communities)]


def _shows(row: Row, about: set[str] | None = None) -> bool:
    """Whether a row is a verdict (about one of these changes) that says the value which stands."""
    if row["collection"] != "verdict" or row["body"] is None:
        return False
    return "value" in (row["body"]["stands"] or {}) and (about is None or row["body"]["change"] in about)


def _withheld(row: Row) -> dict[str, Any]:
    stands = {key: value for key, value in row["body"]["stands"].items() if key != "value"}
    return {**row, "body": {**row["body"], "stands": stands}}
