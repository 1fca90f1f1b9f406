"""Tablets that pull in pages of any size and resume anywhere, while everybody else goes on writing.

What such a tablet holds is compared with the hub's own count and digest at each last page, and in
the end with the rows of the feed themselves.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import anyio
from sqlalchemy import select

from schema.tables.document import DOCUMENT
from server.store import Hub
from sync.wire import COLLECTIONS, Check, Document, Page, check_digest
from tests.server.house import CountedIds, House, Paper
from tests.sync.world import G1, G2, LY, M1, M2, M3, M4, ident

TICKETS = [ident(f"pulled ticket {number}") for number in range(12)]


class Missed(AssertionError):
    """A tablet that came to the last page holds something else than the hub says."""


class Puller:
    """One tablet that pulls without rest. An answer may be lost on the way, or be taken twice."""

    def __init__(self, paper: Paper, chance: Random) -> None:
        self.paper = paper
        self.chance = chance
        self.fresh: set[tuple[str, str]] | None = None
        self.pages = self.checks = 0
        self._compared = anyio.Event()

    async def pull(self, hub: Hub) -> bool:
        """One page from this hub; whether there is more."""
        limit = self.chance.choice((1, 1, 2, 3, 7))
        page = await hub.pull(self.paper.author, self.paper.after, len(self.paper.changes) + 1, limit)
        if self.chance.random() < 0.1:
            return True
        self.take(page)
        if self.chance.random() < 0.1:
            return True
        self.paper.after = page.checkpoint
        return page.more

    def take(self, page: Page) -> None:
        """What a tablet does with a page; at a last one what it holds is compared."""
        self.pages += 1
        if page.reset:
            self.fresh = set()
        for document in page.documents:
            self.paper._take(document, self.fresh)
        if page.more:
            return
        if self.fresh is not None:
            held = self.paper.held
            self.paper.held = {key: held[key] for key in held if key in self.fresh}
            self.fresh = None
        self.checks += 1
        if page.check != summed(self.paper.held):
            raise Missed(self.paper.name)
        compared, self._compared = self._compared, anyio.Event()
        compared.set()

    async def caught_up(self) -> None:
        """Return when it has come to a last page once more."""
        await self._compared.wait()


def summed(held: dict[tuple[str, str], Document]) -> tuple[Check, ...]:
    """Count and digest of what is held, as the last page has them."""
    rows: dict[str, list[tuple[str, int]]] = {collection: [] for collection in COLLECTIONS}
    for (collection, thing), document in held.items():
        rows[collection].append((thing, document.rev))
    return tuple(Check(name, len(found), check_digest(found)) for name, found in rows.items())


class Crowd:
    """Everybody at once on one database: two hubs (as two processes would be), writers, and pullers."""

    def __init__(self, house: House, other: Hub, seed: int) -> None:
        self.house = house
        self.hubs = [house.hub, other]
        self.chance = Random(seed)
        self.pullers: list[Puller] = []

    @classmethod
    @asynccontextmanager
    async def gathered(cls, house: House, seed: int) -> AsyncIterator["Crowd"]:
        """Twelve tickets, and three tablets with different grids that pull."""
        opening = [
            ("ticket.open", ticket, order(G1 if number % 2 else G2)) for number, ticket in enumerate(TICKETS)
        ]
        await house.submit(LY, *opening)
        async with await Hub.open(house.hub.settings, house.clock, CountedIds("other")) as other:
            crowd = cls(house, other, seed)
            for name, grids in (("one", [G1]), ("two", [G1, G2]), ("three", [G2])):
                crowd.pullers.append(Puller(await house.tablet(name, *grids), Random(f"{seed} {name}")))
            yield crowd

    def some_hub(self) -> Hub:
        return self.chance.choice(self.hubs)

    @asynccontextmanager
    async def fresh_hub(self) -> AsyncIterator[Hub]:
        """A hub that has just been started on the same database."""
        async with await Hub.open(self.house.hub.settings, self.house.clock, CountedIds("fresh")) as hub:
            yield hub

    def later(self) -> None:
        self.house.clock.set(self.house.clock.now() + 1_000)

    # Writers

    async def office(self, who: str, times: int) -> None:
        """An office's work: edits, moves between grids, new tickets, members placed."""
        author = await self.house.desk(who)
        for number in range(times):
            self.later()
            ticket = self.chance.choice(TICKETS)
            kind, entity, data = self.chance.choice(
                [
                    ("ticket.edit", ticket, {"title": f"by {who} {number}"}),
                    ("ticket.edit", ticket, {"grid": self.chance.choice((G1, G2))}),
                    ("ticket.open", ident(f"{who} {number}"), order(self.chance.choice((G1, G2)))),
                    (
                        "member.assign",
                        self.chance.choice((M1, M2, M3, M4)),
                        {"grid": self.chance.choice((G1, G2))},
                    ),
                ]
            )
            raw = self.house.raw(kind, entity, data, saw=await self.house.rev())
            await self.some_hub().submit(author, [raw])

    async def tablet(self, name: str, times: int) -> None:
        """A tablet that records and pushes."""
        paper = await self.house.tablet(name, G1)
        for number in range(times):
            now = self.house.clock.now()
            paper.record("ticket.open", ident(f"{name} {number}"), order(G1), at=now)
            paper.record("ticket.claim", self.chance.choice(TICKETS), {"member": M1}, at=now)
            await self.some_hub().push(paper.author, paper.upload(2 * number + 1))

    async def nights(self, times: int) -> None:
        """Night after night, on whichever hub."""
        for _ in range(times):
            self.later()
            await self.some_hub().settle()

    async def mover(self, times: int) -> None:
        """The pulling tablets get other grids now and then."""
        for number in range(times):
            self.later()
            grids = ([G1], [G2], [G1, G2])[number % 3]
            await self.some_hub().assign(self.pullers[number % 3].paper.device, grids)

    # Readers

    async def pull(self, puller: Puller, done: anyio.Event) -> None:
        """Pull until everybody has stopped writing, and then to the end."""
        while not done.is_set():
            if puller.chance.random() < 0.1:
                async with self.fresh_hub() as fresh:
                    await puller.pull(fresh)
            else:
                await puller.pull(self.some_hub())
        while await puller.pull(self.some_hub()):
            pass

    async def all(self, times: int) -> None:
        """Everybody at once; in the end every tablet holds what the hub has for it."""
        done = anyio.Event()

        async def write() -> None:
            async with anyio.create_task_group() as writers:
                for who in ("district", LY):
                    writers.start_soon(self.office, who, times)
                for name in ("first", "second"):
                    writers.start_soon(self.tablet, name, times // 2)
                writers.start_soon(self.nights, times // 3)
                writers.start_soon(self.mover, times // 5)
            done.set()

        async with anyio.create_task_group() as group:
            for puller in self.pullers:
                group.start_soon(self.pull, puller, done)
            group.start_soon(write)
        for puller in self.pullers:
            await self.compare(puller)

    async def compare(self, puller: Puller) -> None:
        """What the tablet holds, against the rows of the feed, and against one more page from a hub just started."""
        paper, table = puller.paper, DOCUMENT
        async with self.fresh_hub() as fresh:
            page = await fresh.pull(paper.author, paper.after, len(paper.changes) + 1)
        assert (page.documents, page.more, page.reset) == ((), False, False)
        if page.check != summed(paper.held):
            raise Missed(paper.name)
        grids = [grid["id"] for grid in page.scope]
        audiences = [f"grid:{grid}" for grid in grids] + [f"community:{LY}", f"device:{paper.device}"]
        rows = await self.house.rows(
            select(table).where(table.c.audience.in_(audiences), table.c.state == "LIVE")
        )
        due = {
            (row["collection"], row["id"]): (
                row["rev"],
                row["body"] | (row["private"] or {}) if row["private_grid"] in grids else row["body"],
            )
            for row in rows
        }
        assert {key: (held.rev, held.body) for key, held in paper.held.items()} == due


def order(grid: str) -> dict[str, Any]:
    return {"grid": grid, "category": "parking", "title": "Widen the entrance"}
