"""A year of the example district, by a seed: orders, services and ratings at the pace of the published account.

`python -m tests.server.year [--months 12] [--seed 7]` plays it into a database of its own and prints its
figures; the account says 3,000 and more deeds, 4,000 person-times, 100 and
more enterprise problems. Sessions and teams are not played.
"""

import argparse
import asyncio
import random
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

from schema.figures import Counted, Period
from server.district import read
from server.district_changes import Author as Loader
from server.district_changes import Current, plan
from server.store import Hub
from sync.shapes import format_time, parse_time
from sync.wire import MAX_CHANGES
from tests.server.house import CountedIds, HandClock, House, Paper, settings

FIRST: Final = parse_time("2026-01-01T00:00:00.000Z")
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
EXAMPLE: Final = Path("server/examples/red-cell.yaml")
DEEDS_A_WEEK: Final = 62
ENTERPRISE: Final = 0.05
FINISHED: Final = 0.97
RATED: Final = 0.8
HELPERS: Final = (1, 1, 1, 1, 2, 2, 3)
"""How many serve for one ticket, of whom one has taken it."""


class Done(NamedTuple):
    """One deed on a tablet."""

    kind: str
    entity: str
    data: dict[str, Any]
    at: int


class Year:
    """Week by week: what was ordered is taken, served, finished, and most of it closed with a rating."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.chance = random.Random(seed)
        self.members: dict[str, list[str]] = {}
        self.grids: dict[str, str] = {}
        self.tablets: dict[str, Paper] = {}

    async def begin(self) -> None:
        loader = Loader(
            now=self.house.clock.now(), new_id=self.house.ids.uuid7, new_salt=self.house.ids.secret
        )
        district = await self.house.desk("district")
        await self.house.hub.submit(
            district, plan(read(EXAMPLE.read_bytes()), Current(), loader).changes, "IMPORT"
        )
        for table, keep in (("member", self._keep_member), ("grid", self._keep_grid)):
            for row in await self.house.rows(_all(table)):
                keep(row)
        self.tablets = {
            grid: await self.house.tablet(code, grid) for grid, code in sorted(self.grids.items())
        }

    def _keep_member(self, row: dict[str, Any]) -> None:
        if row["grid"] is not None:
            self.members.setdefault(row["grid"], []).append(row["id"])

    def _keep_grid(self, row: dict[str, Any]) -> None:
        self.grids[row["id"]] = row["code"]

    async def week(self, number: int) -> None:
        """One week's work, recorded on the grids' tablets, uploaded and settled when it is over."""
        begin = FIRST + number * 7 * DAY
        done: dict[str, list[Done]] = {grid: [] for grid in self.tablets}
        for _ in range(DEEDS_A_WEEK):
            grid = self.chance.choice(sorted(self.members))
            done[grid] += self._order(grid, begin)
        self.house.clock.set(begin + 8 * DAY)
        for grid, tablet in self.tablets.items():
            first = len(tablet.changes) + 1
            for one in sorted(done[grid], key=lambda one: one.at):
                tablet.record(one.kind, one.entity, one.data, at=one.at)
            for start in range(first, len(tablet.changes) + 1, MAX_CHANGES):
                await tablet.push(start, min(start + MAX_CHANGES - 1, len(tablet.changes)))
        await self.house.hub.settle()

    def _order(self, grid: str, begin: int) -> list[Done]:
        chance, ids = self.chance, self.house.ids
        village = self.grids[grid].startswith("CG")
        usual = ("farm", "tyre", "health") if village else ("parking", "legal", "safety", "health")
        category = "enterprise" if not village and chance.random() < ENTERPRISE else chance.choice(usual)
        ticket, (taker, *others) = ids.uuid7(), chance.sample(self.members[grid], chance.choice(HELPERS))
        at = begin + chance.randrange(7) * DAY + chance.randrange(9 * 60) * 60_000
        taken = at + chance.randrange(2, 90) * 60_000
        start = taken + chance.randrange(1, 120) * 60_000
        end = start + chance.randrange(20, 150) * 60_000
        found = [
            Done("ticket.open", ticket, {"grid": grid, "category": category, "title": category}, at),
            Done("ticket.claim", ticket, {"member": taker}, taken),
        ]
        for member in (taker, *others):
            times = {name: {"at": format_time(at), "run": 1} for name, at in (("start", start), ("end", end))}
            data = {"member": member, "ticket": ticket, **times}
            found.append(Done("service.record", ids.uuid7(), data, end))
        if chance.random() < FINISHED:
            found.append(Done("ticket.finish", ticket, {"member": taker}, end + 60_000))
            if chance.random() < RATED:
                rating = {"rating": chance.choice((3, 4, 5, 5, 5))}
                found.append(Done("ticket.close", ticket, rating, end + HOUR))
        return found


def _all(table: str) -> Any:
    from sqlalchemy import select  # noqa: PLC0415

    from schema.tables.catalogue import MAPPINGS  # noqa: PLC0415

    return select(MAPPINGS[table].table)


async def played(folder: Path, weeks: int, seed: int) -> tuple[Counted, bool]:
    """The figures after so many weeks, and whether all of it follows from the log."""
    clock, ids = HandClock(FIRST), CountedIds(f"year {seed}")
    async with await Hub.open(settings(folder), clock, ids) as hub:
        year = Year(House(hub, clock, ids), seed)
        await year.begin()
        for number in range(weeks):
            await year.week(number)
        counted = await hub.count(await year.house.desk("district"), Period())
        return counted, (await hub.verify()).ok


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counted, proved = asyncio.run(played(Path(folder), round(given.months * 52 / 12), given.seed))
    for name, value in counted.figures.items():
        print(f"{name:20} {value}")
    print("verified" if proved else "NOT VERIFIED")


if __name__ == "__main__":
    main()
