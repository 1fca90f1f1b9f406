"""A district to measure on: one community with its grids, members and tablets, and a day of work around its tickets."""

import random
from typing import Any, NamedTuple

from sqlalchemy import select

from schema.tables.ticket import TICKET
from schema.values import Author, Role
from server.store import Hub
from server.system import SystemIds
from sync import wire
from sync.clock import RunOffset
from sync.shapes import format_time

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
        self.grids: list[str] = []

    def raw(self, kind: str, entity: str, data: dict[str, Any], saw: int = 0, **more: Any) -> dict[str, Any]:
        at = format_time(self.clock.now())
        head = {"id": self.ids.uuid7(), "at": at, "run": 1, "saw": saw, "kind": kind, "entity": entity}
        return {**head, "by": None, "data": data, **more}

    async def load(self, many: int = GRIDS) -> None:
        """One community with so many grids, members and a rule, and a tablet enrolled for each share of a grid."""
        token = await self.hub.issue_token(Role.ADMIN)
        admin = await self.hub.authenticate(token.token)
        new = self.ids.uuid7
        community, unit = new(), new()
        grids = self.grids = [new() for _ in range(many)]
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
