"""The same uploads and the same work of offices on SQLite and on PostgreSQL give the same hub, to the byte."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as searching
from hypothesis import strategies as st
from sqlalchemy import JSON, Text, cast, select

from schema.tables.catalogue import METADATA
from schema.tables.conflict import CONFLICT
from server.settings import sqlite_url
from sync.kinds import KINDS
from sync.shapes import format_time
from tests.databases import Databases
from tests.server.day import two_days
from tests.server.house import SALT, House, Paper, opened
from tests.sync.drawing import DEVICES, SCOPES, TICKETS, Move, Span, meetings, nights, online, work
from tests.sync.world import DAY, G1, HOUR, LY, MINUTE, ident, when

pytestmark = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)

Tables = dict[str, list[tuple[Any, ...]]]


async def everything(house: House) -> Tables:
    """Every row of every table, JSON as the text that it is kept as."""
    found: Tables = {}
    async with house.hub.read() as connection:
        for table in METADATA.sorted_tables:
            columns = [cast(c, Text) if isinstance(c.type, JSON) else c for c in table.columns]
            rows = await connection.execute(select(*columns).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
    return found


@asynccontextmanager
async def on_both(databases: Databases, folder: Path) -> AsyncIterator[tuple[House, House]]:
    """Two hubs that know nothing of each other, with the same time and the same ids."""
    with databases.fresh(folder) as url:
        async with opened(sqlite_url(folder / "one.db")) as one, opened(url) as other:
            yield one, other


async def the_same(one: House, other: House) -> Tables:
    """Everything of both, which is the same and follows from the log."""
    here, there = await everything(one), await everything(other)
    for name, rows in here.items():
        assert rows == there[name], name
    await one.verified()
    await other.verified()
    return here


async def test_two_full_days_are_the_same_on_both(databases: Databases, tmp_path: Path) -> None:
    async with on_both(databases, tmp_path) as houses:
        for house in houses:
            await two_days(house)
        tables = await the_same(*houses)
    empty = {name for name, rows in tables.items() if not rows}
    assert not empty & {"change", "conflict", "document", "outcome", "point_entry", "quarantine", "repeat"}


EVERY: Final = tuple(KINDS)
LONG: Final = st.lists(
    st.one_of(*[work(EVERY)] * 3, *[online(EVERY)] * 2, meetings, meetings, nights), min_size=60, max_size=90
)


@searching(max_examples=3, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
@given(drawn=LONG)
async def test_whatever_is_done_is_the_same_on_both(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, drawn: list[Move]
) -> None:
    async with on_both(databases, tmp_path_factory.mktemp("both")) as houses:
        for house in houses:
            await Playing(house).all(drawn)
        await the_same(*houses)


class Playing:
    """Plays moves (see tests/sync/drawing.py) on a real hub with three tablets."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.now = when("07:30")
        self.tablets: dict[str, Paper] = {}

    async def all(self, drawn: list[Move]) -> None:
        ticket = {"grid": G1, "category": "parking", "title": "one", "seats": 2}
        await self.house.submit(LY, *[("ticket.open", one, ticket) for one in TICKETS])
        for name in DEVICES:
            self.tablets[name] = await self.house.tablet(name, *SCOPES[name])
        for move in drawn:
            self.now += move.after * MINUTE
            self.house.clock.set(self.now)
            await getattr(self, move.what)(move)
        for tablet in self.tablets.values():
            await tablet.push()
        self.house.clock.set(self.now + DAY)
        await self.house.hub.settle()

    async def does(self, move: Move) -> None:
        raw = await self._raw(move)
        if raw is None:
            return
        if move.who in self.tablets:
            self.tablets[move.who].changes.append(raw)
        else:
            who = "district" if move.who == "DISTRICT" else LY
            await self.house.hub.submit(await self.house.desk(who), [raw])

    queues = does

    async def pushes(self, move: Move) -> None:
        await self.tablets[move.who].push()

    async def pulls(self, move: Move) -> None:
        await self.tablets[move.who].pull(7)

    async def settles(self, _: Move) -> None:
        await self.house.hub.settle()

    async def _raw(self, move: Move) -> dict[str, Any] | None:
        """The change with what only now can be known filled in; None for a ruling where nothing is to be ruled."""
        assert move.deed is not None
        kind, entity, data = move.deed.kind, move.deed.entity, dict(move.deed.data)
        if kind == "conflict.rule":
            table = CONFLICT.table
            conflicts = await self.house.rows(select(table.c.id, table.c.candidates).order_by(table.c.id))
            if not conflicts:
                return None
            conflict = conflicts[int(entity) % len(conflicts)]
            candidates = [one["change"] for one in conflict["candidates"]]
            index, entity = data["stands"], conflict["id"]
            data["stands"] = None if index is None else candidates[index % len(candidates)]
        elif kind == "device.assign":
            entity = next(self.tablets[name].device for name in DEVICES if ident(name) == entity)
        elif kind == "service.record":
            span: Span = data.pop("span")
            end = self.now - span.ago * HOUR
            for name, at in (("start", end - span.long * HOUR), ("end", end)):
                data[name] = {"at": format_time(at), "run": 1}
        raw = self.house.raw(kind, entity, data, saw=await self._saw(move, entity), run=1)
        if move.deed.private is not None:
            raw["private"] = {"salt": SALT, **move.deed.private}
        return raw

    async def _saw(self, move: Move, entity: str) -> int:
        if move.seen == "nothing":
            return 0
        if move.seen == "held" and move.who in self.tablets:
            return self.tablets[move.who].rev_of(entity)
        return await self.house.rev()
