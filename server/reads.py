"""The Store on SQL: one snapshot of the hub, as one author may see it, for one GraphQL operation.

A connection is taken when the first question comes and given back at the operation's end. Each
method is one statement, or a few; how many there are in all does not grow with the answer.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final, Protocol

import anyio
import msgspec
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.context import Ask, Condition, News, Slice, Standing, Window
from schema.loaders import Grouped
from schema.sources import order_by
from schema.tables.catalogue import MAPPINGS
from schema.tables.change import CHANGE
from schema.tables.document import DOCUMENT
from schema.tables.meta import META
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.settlement import SETTLEMENT
from schema.tables.ticket import TICKET_TAKER
from schema.types.device import DeviceSeen
from schema.types.verdict import Told
from schema.values import Author, Refused, Role
from server.columns import TABLES, Key, beyond, id_of, keys, where
from server.groups import grouping as grouped
from server.rows import NODES, UNREAD, listed, seen, shown, usual_order
from server.ties import within
from server.visible import visible

Row = Mapping[Any, Any]

CHUNK: Final = 5_000
CALLED: Final = ("id", "grid", "category", "title", "place", "priority", "state", "due_at")


class Readable(Protocol):
    """What this needs of the hub."""

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


@asynccontextmanager
async def snapshot(hub: Readable, author: Author | None, offset_ms: int) -> AsyncIterator["Reads"]:
    """A store for one operation; what it holds open is closed at the end."""
    reads = Reads(hub, author, offset_ms)
    try:
        yield reads
    finally:
        with anyio.CancelScope(shield=True):
            await reads.end()


class Reads:
    """One snapshot. `statements` counts what was asked of the database."""

    def __init__(self, hub: Readable, author: Author | None, offset_ms: int) -> None:
        self.statements = 0
        self._hub = hub
        self._author = author
        self._offset_ms = offset_ms
        self._turn = anyio.Lock()
        self._open = AsyncExitStack()
        self._connection: AsyncConnection | None = None
        self._ended = False
        self._asking: set[asyncio.Task[Sequence[Row]]] = set()

    async def end(self) -> None:
        """Close for good: a resolver that still runs when an error has ended its operation gets nothing more."""
        self._ended = True
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        await self.close()

    async def close(self) -> None:
        async with self._turn:
            self._connection = None
            await self._open.aclose()

    async def look_again(self, author: Author | None) -> None:
        """From here on a new snapshot, for this author."""
        await self.close()
        self._author = author

    async def things(self, collection: str, ids: Sequence[str]) -> dict[str, Any]:
        """The things with these ids that the author may see, by id."""
        found: dict[str, Any] = {}
        for start in range(0, len(ids), CHUNK):
            few = ids[start : start + CHUNK]
            named = _named_verdicts(few) if collection == "verdict" else id_of(collection).in_(few)
            rows = await self._rows(seen(collection, self._author).where(named))
            found |= {thing.id: thing for thing in await self._made(collection, rows)}
        return found

    async def find(self, ids: Sequence[str]) -> dict[str, tuple[str, Any]]:
        """Whatever has these ids, with the collection it is in."""
        named = [id for id in ids if ":" in id]
        found = {id: ("verdict", row) for id, row in (await self.things("verdict", named)).items()}
        plain = [id for id in ids if ":" not in id]
        if plain:
            looked = union_all(
                *(
                    select(literal(name).label("collection"), id_of(name).label("id")).where(
                        id_of(name).in_(plain)
                    )
                    for name in NODES
                )
            )
            lying: dict[str, list[str]] = defaultdict(list)
            for row in await self._rows(looked):
                lying[row["collection"]].append(row["id"])
            for collection, many in lying.items():
                things = await self.things(collection, many)
                found |= {id: (collection, thing) for id, thing in things.items()}
        return found

    async def listing(self, collection: str, conditions: Sequence[Condition], limit: int) -> list[Any]:
        """The first of a plain list under some conditions."""
        wheres = [where(collection, one, self._author) for one in conditions]
        statement = seen(collection, self._author).where(*wheres).order_by(*order_by(usual_order(collection)))
        return await self._made(collection, await self._rows(statement.limit(limit)))

    async def slices(self, ask: Ask, parents: Sequence[str | None]) -> dict[str | None, Slice]:
        """One window on the list of each parent (on the whole collection where the parent is None)."""
        order = keys(ask.collection, ask.order, self._day_offset())
        rows = await self._rows(self._windowed(ask, parents, order))
        things = await self._made(ask.collection, rows)
        found: dict[str | None, list[tuple[Any, tuple[Any, ...]]]] = defaultdict(list)
        for row, thing in zip(rows, things, strict=True):
            values = tuple(row[f"row_key_{index}"] for index in range(len(order)))
            found[row["row_parent"]].append((thing, values))
        return {parent: _slice(found[parent], ask.window) for parent in parents}

    async def counts(self, ask: Ask, parents: Sequence[str | None]) -> dict[str | None, int]:
        """How long the list of each parent is."""
        source, parent = self._source(ask)
        statement = (
            select(parent.label("row_parent"), func.count().label("count"))
            .select_from(source)
            .where(*self._wheres(ask, parent, parents))
        )
        if ask.within is not None:
            statement = statement.group_by(parent)
        found = {row["row_parent"]: int(row["count"]) for row in await self._rows(statement)}
        return {one: found.get(one, 0) for one in parents}

    async def groups(self, ask: Grouped, parents: Sequence[str | None]) -> dict[str | None, list[Any]]:
        """The groups of each parent's rows (of the whole collection where the parent is None)."""
        grouping = grouped(ask.collection, ask.by, largest=ask.largest)
        parent: ColumnElement[Any] = cast(literal(None), String)
        if ask.within is not None:
            parent = TABLES[ask.collection].c[ask.within]
        by = [*grouping.by, *([] if ask.within is None else [parent])]
        told = select(*(one.label(name) for name, one in grouping.columns.items()))
        told = told.select_from(grouping.source)
        asked = (
            told.add_columns(parent.label("row_parent"))
            .where(*self._wheres(Ask(ask.collection, ask.conditions, within=ask.within), parent, parents))
            .group_by(*by)
            .order_by(*order_by(grouping.keys))
        )
        found: dict[str | None, list[Any]] = {one: [] for one in parents}
        passed: dict[str | None, int] = defaultdict(int)
        for row in await self._rows(asked.limit(ask.limit + ask.skip) if ask.within is None else asked):
            many, passing = found[row["row_parent"]], passed[row["row_parent"]] < ask.skip
            passed[row["row_parent"]] += 1
            if not passing and len(many) < ask.limit:
                many.append(_Seen(row))
        if not ask.by and ask.limit and not ask.skip and not all(found.values()):
            # All in one group is a group, also where there are none.
            (nothing,) = await self._rows(told.where(false()))
            found = {one: many or [_Seen(nothing)] for one, many in found.items()}
        return found

    async def writers(self, revs: Sequence[int]) -> dict[int, Any]:
        """The settlements that gave out some revs, by the revs."""
        wrote = SETTLEMENT.c
        theirs = or_(false(), *(and_(wrote.first_rev <= one, wrote.last_rev >= one) for one in revs))
        rows = await self._rows(seen("settlement", self._author).where(theirs))
        found = await self._made("settlement", rows)
        return {rev: one for rev in revs for one in found if one.first_rev <= rev <= one.last_rev}

    async def called(self, tickets: Sequence[str]) -> dict[str, Row]:
        """What a called department is to know of tickets for which whistles were blown that the author sees."""
        ticket, whistle = TABLES["ticket"].c, TABLES["whistle"]
        blown = select(whistle.c.id).where(whistle.c.ticket == ticket.id, visible("whistle", self._author))
        columns = (ticket[name] for name in CALLED)
        asked = select(*columns).where(ticket.id.in_(tickets), blown.exists())
        return {row["id"]: row for row in await self._rows(asked)}

    async def ranking(self, community: str | None) -> bool:
        """Whether individuals may be ranked in all communities that the author sees, or in this one."""
        table = TABLES["community"]
        statement = select(table.c.policies).where(visible("community", self._author))
        if community is not None:
            statement = statement.where(table.c.id == community)
        rows = await self._rows(statement)
        return bool(rows) and all(row["policies"].get("rankIndividuals", False) for row in rows)

    async def standing(self) -> Standing:
        """How far the hub has come."""
        asked = select(META.c.key, META.c.value).where(META.c.key.in_(Standing._fields))
        return Standing(**{row["key"]: int(row["value"]) for row in await self._rows(asked)})

    async def news(self, collection: str, audience: str, after: int, floor: int, limit: int) -> list[News]:
        """What changed for an audience, in the order of revs; what left up to rev `floor` is left out."""
        table = DOCUMENT
        asked = (
            select(table.c.rev, table.c.id, table.c.state)
            .where(table.c.audience == audience, table.c.collection == collection, table.c.rev > after)
            .where(or_(table.c.state == "LIVE", table.c.rev > floor))
            .order_by(table.c.rev)
        )
        return [News(**row) for row in await self._rows(asked.limit(limit))]

    async def settled(self, kinds: Sequence[str] | None, after: int, limit: int) -> list[Any]:
        """The settlements that wrote something above a rev, the oldest first."""
        asked = seen("settlement", self._author).where(SETTLEMENT.c.last_rev > after)
        if kinds is not None:
            asked = asked.where(SETTLEMENT.c.kind.in_(kinds))
        rows = await self._rows(asked.order_by(SETTLEMENT.c.number).limit(limit))
        return await self._made("settlement", rows)

    def _day_offset(self) -> int | None:
        """Where days begin, for those who see days instead of moments."""
        reader = self._author is not None and self._author.role is Role.READER
        return self._offset_ms if reader else None

    def _source(self, ask: Ask) -> tuple[Any, ColumnElement[Any]]:
        if ask.within is None:
            return TABLES[ask.collection], cast(literal(None), String)
        return within(ask.collection, ask.within, self._author)

    def _wheres(
        self, ask: Ask, parent: ColumnElement[Any], parents: Sequence[str | None]
    ) -> Iterable[ColumnElement[bool]]:
        yield listed(ask.collection, self._author)
        yield from (where(ask.collection, one, self._author) for one in ask.conditions)
        if ask.within is not None:
            yield parent == parents[0] if len(parents) == 1 else parent.in_(parents)

    def _windowed(self, ask: Ask, parents: Sequence[str | None], order: Sequence[Key]) -> Any:
        """The rows of each parent's window and one more, in order."""
        window = ask.window
        source, parent = self._source(ask)
        wheres = [*self._wheres(ask, parent, parents)]
        if window.after is not None:
            wheres.append(beyond(order, window.after, backward=False))
        if window.before is not None:
            wheres.append(beyond(order, window.before, backward=True))
        sorted_by = [
            key.sql.desc() if key.descending is not window.backward else key.sql.asc() for key in order
        ]
        asked = [
            *(one.label(name) for name, one in shown(ask.collection).items()),
            parent.label("row_parent"),
            *(key.sql.label(f"row_key_{index}") for index, key in enumerate(order)),
        ]
        if len(parents) == 1:
            one = select(*asked).select_from(source).where(*wheres)
            return one.order_by(*sorted_by).limit(window.size + 1)
        place = func.row_number().over(partition_by=parent, order_by=sorted_by).label("row_place")
        numbered = select(*asked, place).select_from(source).where(*wheres).subquery()
        return (
            select(numbered)
            .where(numbered.c.row_place <= window.size + 1)
            .order_by(numbered.c.row_parent, numbered.c.row_place)
        )

    async def _rows(self, statement: Any) -> Sequence[Row]:
        """What a statement finds. It runs to its end even where one who asked has been cancelled: others wait on
        the same connection, and a statement that is broken off takes it with it. At the operation's end it fails
        as any read may: a loader that were only cancelled would leave whoever waits for its rows waiting for ever."""
        task = asyncio.ensure_future(self._run(statement))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise anyio.ClosedResourceError from None
            raise

    async def _run(self, statement: Any) -> Sequence[Row]:
        async with self._turn:
            if self._ended:
                raise anyio.ClosedResourceError
            if self._connection is None:
                self._connection = await self._open.enter_async_context(self._hub.read())
            connection: AsyncConnection = self._connection
            self.statements += 1
            try:
                return _mappings(await connection.execute(statement))
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise Refused("RETRY") from error
                raise

    async def _made(self, collection: str, rows: Sequence[Row]) -> list[Any]:
        if collection != "ticket":
            make = _MAKERS.get(collection) or _maker(collection)
            return [make(row) for row in rows]
        takers = await self._takers([row["id"] for row in rows])
        make = _maker("ticket")
        return [msgspec.structs.replace(make(row), takers=takers.get(row["id"], [])) for row in rows]

    async def _takers(self, tickets: Sequence[str]) -> dict[str, list[Any]]:
        """Who holds the seats of some tickets, in their order."""
        table = TICKET_TAKER.table
        found: dict[str, list[Any]] = defaultdict(list)
        if tickets:
            asked = select(table).where(table.c.ticket.in_(tickets))
            for row in await self._rows(asked.order_by(table.c.ticket, table.c.position)):
                found[row["ticket"]].append(TICKET_TAKER.thing(row))
        return found


def _mappings(result: CursorResult[Any]) -> list[Row]:
    return [row._mapping for row in result]


def _slice(rows: list[tuple[Any, tuple[Any, ...]]], window: Window) -> Slice:
    more = len(rows) > window.size
    rows = rows[: window.size]
    if window.backward:
        return Slice(rows[::-1], window.before is not None, more)
    return Slice(rows, more, window.after is not None)


def _named_verdicts(ids: Sequence[str]) -> ColumnElement[bool]:
    """The outcomes that `device:seq` names."""
    wanted = [id.rpartition(":") for id in ids]
    pairs = [
        (device, int(seq)) for device, _, seq in wanted if seq.isascii() and seq.isdigit() and len(seq) < 16
    ]
    named = [either for device, seq in pairs for either in _outcomes_of(device, seq)]
    return or_(*named) if named else literal(False)


def _outcomes_of(device: str, seq: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The outcomes of one change, found by the change or, of what stands in no log, among what was set apart: by an
    index each. Of all outcomes there are far too many to look through."""
    told, line = OUTCOME.table.c, CHANGE.c
    this = and_(told.device == device, told.seq == seq)
    logged = select(line.id).where(line.device == device, line.seq == seq)
    return and_(told.change.in_(logged), this), and_(told.outcome == "QUARANTINED", this)


def _maker(collection: str) -> Callable[[Row], Any]:
    """From a row to the struct that a type shows."""
    mapping = MAPPINGS[collection]
    names = [name for name in mapping.columns if name not in UNREAD]
    return lambda row: msgspec.convert({name: row[name] for name in names}, mapping.struct)


def _device(row: Row) -> DeviceSeen:
    found = {name: row[name] for name in DeviceSeen._fields}
    return DeviceSeen(**{**found, "grids": found["grids"] or []})


def _told(row: Row) -> Told:
    return msgspec.convert({name: row[name] for name in (*OUTCOME.columns, "settlement")}, Told)


class _Seen:
    """A row whose columns are attributes."""

    def __init__(self, row: Row) -> None:
        self.__dict__.update(row)


_MAKERS: Final[dict[str, Callable[[Row], Any]]] = {
    "device": _device,
    "verdict": _told,
    "settlement": _Seen,
    "reading": _Seen,
    "step": _Seen,
    "pointEntry": POINT_ENTRY.thing,
}
