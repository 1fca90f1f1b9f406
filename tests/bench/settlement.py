"""A night of many changes against the bare floor: decode them, sort them, insert them, upsert their tickets' rows.

Both on one SQLite file of the same pragmas, in the same process, in turn.
"""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from schema.tables.change import CHANGE, accepted_of
from schema.tables.ticket import TICKET
from schema.values import Author, Role
from server import settlement
from server.gather import gathered
from server.settings import Settings, sqlite_url
from server.store import Hub
from server.system import SystemIds
from sync import wire
from sync.changes import format_time
from sync.clock import RunOffset
from sync.settle import ordered, settle

HOUR_MS = 3_600_000
BEGIN_MS = 1_780_000_000_000
TABLETS = 50
GRIDS = 10
MEMBERS = 500
NAME = {"zh": "名", "en": "name"}


class Ticking:
    """A clock that goes on by a millisecond whenever it is read."""

    def __init__(self) -> None:
        self.at = BEGIN_MS

    def now(self) -> int:
        self.at += 1
        return self.at

    async def until(self, at: int) -> None:
        self.at = max(self.at, at)


class Carried(NamedTuple):
    """One tablet: who it is, its grid, and what it has recorded and not sent."""

    author: Author
    grid: str
    changes: list[dict[str, Any]]


class Bench:
    """A district in one hub, and tablets that record around its tickets."""

    def __init__(self, hub: Hub, clock: Ticking, ids: SystemIds, seed: int) -> None:
        self.hub, self.clock, self.ids = hub, clock, ids
        self.chance = random.Random(seed)
        self.tablets: list[Carried] = []
        self.sent: dict[str, int] = {}
        self.members: list[str] = []

    def raw(self, kind: str, entity: str, data: dict[str, Any], saw: int = 0, **more: Any) -> dict[str, Any]:
        at = format_time(self.clock.now())
        head = {"id": self.ids.uuid7(), "at": at, "run": 1, "saw": saw, "kind": kind, "entity": entity}
        return {**head, "by": None, "data": data, **more}

    async def load(self) -> None:
        """One community with its grids, members and a rule, and a tablet enrolled for each share of a grid."""
        token = await self.hub.issue_token(Role.ADMIN)
        admin = await self.hub.authenticate(token.token)
        new = self.ids.uuid7
        community, unit = new(), new()
        grids = [new() for _ in range(GRIDS)]
        self.members = [new() for _ in range(MEMBERS)]
        place = {"code": "LY", "name": NAME, "kind": "STREET", "utcOffset": 480}
        rule = {"code": "P", "name": NAME, "per": "HOUR", "points": 2, "from": "2020-01-01", "dailyCap": 6}
        await self.hub.submit(
            admin,
            [
                self.raw(
                    "community.put", community, {**place, "workingHours": [], "categories": [], "skills": []}
                ),
                *(
                    self.raw("grid.put", grid, {"code": f"LY-{n}", "name": NAME, "community": community})
                    for n, grid in enumerate(grids)
                ),
                self.raw("unit.put", unit, {"code": "U", "name": NAME, "community": community}),
                self.raw("pointRule.put", new(), rule),
                *(
                    self.raw("member.register", member, {"unit": unit, "number": str(n), "name": f"M{n}"})
                    for n, member in enumerate(self.members)
                ),
            ],
            "IMPORT",
        )
        for n in range(TABLETS):
            code = await self.hub.code([grids[n % GRIDS]])
            enrolled = await self.hub.enrol(code.code, f"tablet {n}", "bench")
            self.tablets.append(Carried(await self.hub.authenticate(enrolled.token), grids[n % GRIDS], []))

    async def upload(self) -> None:
        """Everything that the tablets have recorded, in uploads of 500."""
        for author, _, changes in self.tablets:
            while changes:
                part, changes[:500] = changes[:500], []
                first = self.sent.get(author.id, 0) + 1
                runs = (RunOffset(1, 0, 5),)
                await self.hub.push(author, wire.Upload(1, first, first, runs, tuple(part)))
                self.sent[author.id] = first + len(part) - 1

    async def day(self, changes: int) -> None:
        """A quarter as many tickets, opened and settled; then two claims, a service and a finish for each."""
        tickets = [(self.ids.uuid7(), n % TABLETS) for n in range(changes // 4)]
        for ticket, n in tickets:
            data = {"grid": self.tablets[n].grid, "category": "parking", "title": "t"}
            self.tablets[n].changes.append(self.raw("ticket.open", ticket, data))
        await self.upload()
        await self.hub.settle()
        async with self.hub.read() as connection:
            rows = await connection.execute(select(TICKET.table.c.id, TICKET.table.c.rev))
            revs = {row.id: row.rev for row in rows}
        for index, (ticket, n) in enumerate(tickets):
            rival = self.tablets[self.chance.choice(range(n % GRIDS, TABLETS, GRIDS))]
            member, saw = self.members[index % MEMBERS], revs[ticket]
            end = self.clock.now() - HOUR_MS * (2 * (index // MEMBERS) + 1)
            moments = {"start": end - HOUR_MS, "end": end}
            served = {name: {"at": format_time(at), "run": 1} for name, at in moments.items()}
            mine = self.tablets[n].changes
            mine.append(self.raw("ticket.claim", ticket, {"member": member}, saw))
            rival.changes.append(
                self.raw("ticket.claim", ticket, {"member": self.chance.choice(self.members)}, saw)
            )
            mine.append(
                self.raw("service.record", self.ids.uuid7(), {"member": member, "ticket": ticket, **served})
            )
            mine.append(self.raw("ticket.finish", ticket, {"member": member}, saw))
        await self.upload()


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def floor(connection: Connection) -> None:
    """What no settlement can do without: decode, sort, insert the changes again, upsert the rows again."""
    rows = connection.execute(
        select(CHANGE).where(CHANGE.c.settlement.is_(None)).order_by(CHANGE.c.position)
    ).mappings()
    lines = [dict(row) for row in rows]
    ordered([accepted_of(line) for line in lines])
    connection.execute(delete(CHANGE).where(CHANGE.c.settlement.is_(None)))
    connection.execute(insert(CHANGE), lines)
    tickets = [dict(row) for row in connection.execute(select(TICKET.table)).mappings()]
    connection.execute(TICKET.table.insert().prefix_with("OR REPLACE"), tickets)


def parts(connection: Connection, now: int) -> dict[str, float]:
    """The seconds of each part of deciding, on a snapshot; nothing is written."""
    marks = [("begin", time.perf_counter())]

    def mark(name: str) -> None:
        marks.append((name, time.perf_counter()))

    base = settlement.base_of(connection)
    rows: Sequence[Any] = settlement.waiting(connection, now)
    mark("read")
    batch = [accepted_of(row) for row in rows]
    mark("decode")
    ordered(batch)
    mark("order")
    state = gathered(connection, batch)
    mark("load")
    settle(state, batch, now, base.digest)
    mark("decide and points")
    return {name: at - before for (_, before), (name, at) in pairwise(marks)}


async def measure(folder: Path, changes: int, seed: int) -> dict[str, Any]:
    """Seconds of the floor and of the night, and the night's parts."""
    clock, ids = Ticking(), SystemIds()
    async with await Hub.open(Settings(database_url=sqlite_url(folder / "bench.db")), clock, ids) as hub:
        bench = Bench(hub, clock, ids, seed)
        await bench.load()
        await bench.day(changes)

        async def bare() -> None:
            await hub.database.write(floor)

        floors = sorted([await seconds(bare) for _ in range(3)])
        async with hub.read() as connection:
            split = await connection.run_sync(parts, clock.now())
        night = await seconds(hub.settle)
        ok = (await hub.verify()).ok
    return {"floor_s": floors[1], "night_s": night, "parts_s": split, "verify": ok}
