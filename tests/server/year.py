"""A whole year of the example district, by a seed: everything that the scheme asks for, at the pace of the published account.

`python -m tests.server.year [--months 12] [--seed 7] [--pace 1]` plays it into a database of its own and prints its
figures beside those of the account (AIMS), which are those of a district of 500 members. The example has 150: at
pace 1 they do what those 500 did, unless said they do their share of it, three tenths.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select

from schema.figures import Counted, Period
from schema.tables.catalogue import MAPPINGS
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from server.district import read
from server.district_changes import Author as Loader
from server.district_changes import Current, plan
from server.report import past_report
from server.stats import stats
from server.store import Hub
from sync.shapes import format_time, parse_time
from sync.wire import MAX_CHANGES
from tests.server.house import CountedIds, HandClock, House, Paper, settings

FIRST: Final = parse_time("2026-01-01T00:00:00.000Z")
"""Eight in the morning of the first day, by the district's clocks."""
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEKS: Final = 52
EXAMPLE: Final = Path("server/examples/red-cell.yaml")

MEMBERS: Final = 500
"""How many the published account is of."""
SHARE: Final = 150 / MEMBERS
"""What the example's members are of them."""
AIMS: Final[dict[str, int]] = {
    "teams": 10,
    "sessions": 200,
    "deeds": 3_000,
    "enterpriseProblems": 100,
    "personTimes": 4_000,
    "pointsOfTeams": 1_779,
}
"""What the published account tells of, in under a year, by the names of the figures."""

ENTERPRISE: Final = 0.045
FINISHED: Final = 0.97
RATED: Final = 0.8
HARD: Final = 0.02
"""The part of all tickets for which departments are whistled for."""
HELPERS: Final = (1, 1, 1, 1, 1, 2)
"""How many serve for one ticket, of whom one has taken it."""
OF_TEAMS: Final = 0.3
DUTIES: Final = {"CONTACT": 1, "SURVEY": 3, "TALK": 6, "SUMMARY": 12}
KEPT: Final = 0.93
"""The part of what units owe that they do."""
GRADES: Final = ("EXCELLENT", "QUALIFIED", "QUALIFIED", "QUALIFIED", "BASIC")
CATALOGUE: Final = (("towel", 5, None), ("umbrella", 12, 20), ("bicycle", 60, 1))


def named(english: str) -> dict[str, str]:
    return {"zh": english, "en": english}


class Done(NamedTuple):
    """One deed, on a tablet or at a desk."""

    kind: str
    entity: str
    data: dict[str, Any]
    at: int = 0


class Played(NamedTuple):
    """What a year came to: its figures, the whole district's, how many heard what, the last report, and whether all follows from the log."""

    counted: Counted
    total: dict[str, int]
    teams: list[dict[str, Any]]
    told: dict[str, int]
    report: dict[str, Any]
    proved: bool


class Year:
    """Week by week: what is ordered is taken, served, finished, and most of it closed with a rating; and all the rest."""

    def __init__(self, house: House, seed: int, pace: float) -> None:
        self.house = house
        self.chance = random.Random(seed)
        self.pace = pace
        self.members: dict[str, list[str]] = {}
        self.grids: dict[str, tuple[str, str]] = {}
        self.units: dict[str, list[str]] = {}
        self.posts: dict[str, list[str]] = {}
        self.teams: dict[str, list[str]] = {}
        self.rewards: dict[str, list[tuple[str, str, int]]] = {}
        self.tablets: dict[str, Paper] = {}

    async def begin(self) -> None:
        """The district as its file has it, a tablet for each grid, and what a desk puts up in the first week."""
        ids = self.house.ids
        loader = Loader(now=self.house.clock.now(), new_id=ids.uuid7, new_salt=ids.secret)
        district = await self.house.desk("district")
        await self.house.hub.submit(
            district, plan(read(EXAMPLE.read_bytes()), Current(), loader).changes, "IMPORT"
        )
        for row in await self.house.rows(_all("member")):
            self.members.setdefault(row["grid"], []).append(row["id"])
        for row in await self.house.rows(_all("grid")):
            self.grids[row["id"]] = row["community"], row["code"]
        for row in await self.house.rows(_all("unit")):
            self.units.setdefault(row["community"], []).append(row["id"])
        for grid, (_, code) in sorted(self.grids.items()):
            self.tablets[grid] = await self.house.tablet(code, grid)
        for community in sorted(self.units):
            await self.house.submit(community, *self._put_up(community))

    def _put_up(self, community: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        new, here = self.house.ids.uuid7, {"community": community}
        term = {"from": "2026-01-01", "until": "2026-12-31"}
        for code, seats in (("help-desk", 3), ("health-guard", 2), ("publicity", 2)):
            self.posts.setdefault(community, []).append(post := new())
            yield "post.put", post, {"code": code, "name": named(code), "seats": seats, **here, **term}
        teams = max(
            1,
            round(
                AIMS["teams"]
                * self.pace
                * len(self._people(community))
                / sum(map(len, self.members.values()))
            ),
        )
        for number in range(teams):
            self.teams.setdefault(community, []).append(team := new())
            yield "team.put", team, {"code": f"team-{number}", "name": named(f"team {number}"), **here}
        for code, points, stock in CATALOGUE:
            self.rewards.setdefault(community, []).append((reward := new(), code, points))
            some = {} if stock is None else {"stock": stock}
            yield (
                "reward.put",
                reward,
                {"code": code, "name": named(code), "points": points, **here, **term, **some},
            )

    def _people(self, community: str) -> list[str]:
        return [
            one
            for grid, members in sorted(self.members.items())
            if self.grids[grid][0] == community
            for one in members
        ]

    async def week(self, number: int) -> None:
        """One week's work, recorded on the grids' tablets, uploaded and settled when it is over; a month's end at the desks."""
        begin = FIRST + number * 7 * DAY
        self.house.clock.set(begin)
        if number % 4 == 3:
            for community in sorted(self.units):
                await self._month(community, begin, number)
        done: dict[str, list[Done]] = {grid: [] for grid in self.tablets}
        for grid in self._some(AIMS["deeds"] / FINISHED):
            done[grid] += self._order(grid, begin)
        for grid in self._some(AIMS["sessions"]):
            done[grid] += self._session(grid, begin)
        if number == 0:
            for grid in sorted(done):
                done[grid] += self._join(grid, begin)
        if number % 13 == 12:
            await self._redeem(done, begin)
        self.house.clock.set(begin + 7 * DAY - HOUR)
        for grid, tablet in self.tablets.items():
            first = len(tablet.changes) + 1
            for one in sorted(done[grid], key=lambda one: one.at):
                tablet.record(one.kind, one.entity, one.data, at=one.at)
            for start in range(first, len(tablet.changes) + 1, MAX_CHANGES):
                await tablet.push(start, min(start + MAX_CHANGES - 1, len(tablet.changes)))
        await self.house.hub.settle()

    def _some(self, in_a_year: float) -> Iterator[str]:
        """The grids of as many as fall into one week, by chance and by how many serve there."""
        wanted = in_a_year * self.pace / WEEKS
        count = int(wanted) + (self.chance.random() < wanted - int(wanted))
        grids = sorted(self.members)
        yield from self.chance.choices(grids, [len(self.members[grid]) for grid in grids], k=count)

    def _when(self, begin: int) -> int:
        return begin + self.chance.randrange(7) * DAY + self.chance.randrange(9 * 60) * MINUTE

    def _serve(self, member: str, start: int, end: int, **more: str) -> Done:
        times = {name: {"at": format_time(at), "run": 1} for name, at in (("start", start), ("end", end))}
        return Done("service.record", self.house.ids.uuid7(), {"member": member, **more, **times}, end)

    def _order(self, grid: str, begin: int) -> Iterator[Done]:
        """An order: opened, taken, served, and mostly finished and closed; a hard one is whistled for."""
        chance, ids = self.chance, self.house.ids
        village = self.grids[grid][1].startswith("CG")
        usual = ("farm", "tyre", "health") if village else ("parking", "legal", "safety", "health")
        category = "enterprise" if not village and chance.random() < ENTERPRISE else chance.choice(usual)
        ticket, (taker, *others) = ids.uuid7(), chance.sample(self.members[grid], chance.choice(HELPERS))
        at = self._when(begin)
        taken = at + chance.randrange(2, 90) * MINUTE
        start = taken + chance.randrange(1, 120) * MINUTE
        end = start + chance.randrange(20, 150) * MINUTE
        yield Done("ticket.open", ticket, {"grid": grid, "category": category, "title": category}, at)
        if chance.random() < HARD:
            yield from self._whistle(ticket, self.grids[grid][0], at)
        yield Done("ticket.claim", ticket, {"member": taker}, taken)
        for member in (taker, *others):
            yield self._serve(member, start, end, ticket=ticket)
        if chance.random() < FINISHED:
            yield Done("ticket.finish", ticket, {"member": taker}, end + MINUTE)
            if chance.random() < RATED:
                yield Done("ticket.close", ticket, {"rating": chance.choice((3, 4, 5, 5, 5))}, end + HOUR)

    def _whistle(self, ticket: str, community: str, at: int) -> Iterator[Done]:
        """Two departments are called; each mostly answers within the hour."""
        called, whistle = self.chance.sample(self.units[community], 2), self.house.ids.uuid7()
        data = {
            "ticket": ticket,
            "lead": called[0],
            "departments": called,
            "deadline": format_time(at + 2 * HOUR),
        }
        yield Done("whistle.blow", whistle, data, at + MINUTE)
        for minutes, unit in enumerate(called, 10):
            if self.chance.random() < KEPT:
                answer = {"department": unit, "answer": self.chance.choice(("COMING", "COMING", "DECLINED"))}
                yield Done("whistle.answer", whistle, answer, at + minutes * MINUTE)

    def _session(self, grid: str, begin: int) -> Iterator[Done]:
        """An hour or two together: who comes signs in, and most say what they did there. Some are a team's."""
        chance, community = self.chance, self.grids[grid][0]
        activity, start = self.house.ids.uuid7(), self._when(begin)
        end = start + chance.randrange(60, 121) * MINUTE
        data = {"community": community, "grid": grid, "title": f"session {start // MINUTE}"}
        data |= {"start": format_time(start), "end": format_time(end)}
        if chance.random() < OF_TEAMS:
            data["team"] = chance.choice(self.teams[community])
        yield Done("activity.open", activity, data, start - HOUR)
        people = self.members[grid]
        for number, member in enumerate(chance.sample(people, min(len(people), chance.randrange(4, 9)))):
            yield Done("activity.join", activity, {"member": member}, start + number * MINUTE)
            if chance.random() < 0.6:
                yield self._serve(member, start, end, activity=activity)

    def _join(self, grid: str, begin: int) -> Iterator[Done]:
        """Who takes the posts of the community, and who is in its teams: more want a seat than there are."""
        community = self.grids[grid][0]
        for number, member in enumerate(self.chance.sample(self.members[grid], 9)):
            at = begin + (1 + number) * HOUR
            yield Done("post.take", self.posts[community][number % 3], {"member": member}, at)
            yield Done(
                "team.join", self.chance.choice(self.teams[community]), {"member": member}, at + MINUTE
            )

    async def _month(self, community: str, begin: int, number: int) -> None:
        """At the desk: what units did of the four ones, each quarter what is found of each member, and what waits."""
        chance, ids, day = self.chance, self.house.ids, format_time(begin)[:10]
        month = int(day[5:7])
        deeds: list[tuple[str, str, dict[str, Any]]] = []
        for unit in self.units[community]:
            for kind, months in DUTIES.items():
                if number // 4 % months == months - 1 and chance.random() < KEPT:
                    data = {"unit": unit, "community": community, "kind": kind, "on": day}
                    deeds.append(("duty.record", ids.uuid7(), data))
        if month % 3 == 0:
            period = f"{day[:4]}-Q{(month + 2) // 3}"
            for member in self._people(community):
                data = {"member": member, "community": community, "period": period}
                deeds.append(("evaluation.submit", ids.uuid7(), {**data, "grade": chance.choice(GRADES)}))
        for conflict, stands in await self._waiting(community):
            deeds.append(("conflict.rule", conflict, {"stands": stands, "reason": "as it was found"}))
        if deeds:
            await self.house.submit(community, *deeds)

    async def _waiting(self, community: str) -> list[tuple[str, str | None]]:
        """What waits for a person, with what stands for now."""
        table = MAPPINGS["conflict"].table
        query = select(table.c.id, table.c.stands)
        query = query.where(table.c.state == "REVIEW", table.c.community == community)
        return [(row["id"], row["stands"]) for row in await self.house.rows(query.order_by(table.c.id))]

    async def _redeem(self, done: dict[str, list[Done]], begin: int) -> None:
        """Each quarter some buy what they can afford: the last of a reward goes to the earlier deed."""
        entry = POINT_ENTRY.table.c
        held = select(entry.member, func.sum(entry.points).label("points")).group_by(entry.member)
        points = {row["member"]: int(row["points"]) for row in await self.house.rows(held)}
        for grid in sorted(self.members):
            for member in self.members[grid]:
                afforded = [
                    one for one in self.rewards[self.grids[grid][0]] if one[2] <= points.get(member, 0)
                ]
                if afforded and self.chance.random() < 0.3:
                    item, code, price = self.chance.choice(afforded)
                    data = {"member": member, "points": price, "reward": code, "item": item}
                    done[grid].append(Done("points.redeem", self.house.ids.uuid7(), data, self._when(begin)))


def _all(table: str) -> Select[Any]:
    return select(MAPPINGS[table].table)


async def played(folder: Path, weeks: int, seed: int, pace: float = SHARE) -> Played:
    """What so many weeks come to."""
    clock, ids = HandClock(FIRST), CountedIds(f"year {seed}")
    async with await Hub.open(settings(folder), clock, ids) as hub:
        year = Year(House(hub, clock, ids), seed, pace)
        await year.begin()
        for number in range(weeks):
            await year.week(number)
        counted = await hub.count(await year.house.desk("district"), Period())
        whole, report = await stats(hub), await past_report(hub)
        assert report is not None
        codes = select(OUTCOME.table.c.code, func.count().label("n")).group_by(OUTCOME.table.c.code)
        told = {row["code"]: int(row["n"]) for row in await year.house.rows(codes)}
        return Played(counted, whole["total"], whole["teams"], told, report, (await hub.verify()).ok)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pace", type=float, default=SHARE, help="1 is that of the published account")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        weeks = round(given.months * WEEKS / 12)
        year = asyncio.run(played(Path(folder), weeks, given.seed, given.pace))
    for name, value in year.counted.figures.items():
        aim = (
            f"  (the account's share: {AIMS[name] * given.pace * weeks / WEEKS:,.0f})" if name in AIMS else ""
        )
        print(f"{name:20} {value}{aim}")
    for team in year.teams:
        print(team)
    print({name: n for name, n in year.report["totals"].items() if n}, dict(sorted(year.told.items())))
    print("verified" if year.proved else "NOT VERIFIED", f"in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
