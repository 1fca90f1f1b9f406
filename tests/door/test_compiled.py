"""Every operation both ways: as one statement per root field, and through the resolvers. The same answer, always."""

import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import msgspec
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType

from schema.build import DoorSchema
from schema.fields import Guarded
from tests.databases import Databases
from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    FAR_MEMBER,
    GRID,
    GRID_2,
    HOUR,
    MEMBER,
    MEMBER_2,
    MEMBER_3,
    UNIT,
    UNIT_2,
    VILLAGE,
    House,
    standing,
)
from tests.door.operations import Drawn, Pen

ROLES: Final = (
    "admin",
    "dispatcher",
    "far dispatcher",
    "tablet",
    "other tablet",
    "unit",
    "member",
    "reader",
)
SERIES: Final = 3
DOCUMENTS: Final = int(os.environ.get("DOCUMENTS", "92"))
SEED: Final = int(os.environ.get("SEED", "6"))
COMPARED: Final = 7 * DOCUMENTS
"""How many operations each series compares at least, on each database: thousands in all."""

WORKED_OUT: Final = (
    "Query.mine",
    "Query.division",
    "Query.suggestDispatch",
    "Query.planDispatch",
    "Query.duplicateHints",
    "Query.statistics",
    "Query.nodes",
    "Post.heldBy",
    "Post.vacant",
    "Activity.personTimes",
    "Query.dutiesOwed",
    "Query.honourRoll",
    "Query.evaluationDraft",
    "Query.unitRecord",
    "Query.evaluationCounts",
)
"""What is worked out of many rows at once, not read from them."""

OWN_WAY: Final = (
    *("Ticket.contact", "Whistle.calledFor", "Query.rules", "Query.codes", "Query.now", "Query.pull"),
    *WORKED_OUT,
)
"""What is not compiled: a reading that is logged, what a whistle lets see, the rule book, the protocol, what is worked out."""

WHY_NOT: Final = {
    "an error": "told by the ordinary way",
    "another form": "a cursor of another list, told by the ordinary way where that list is reached",
    "refused": "told by the ordinary way",
    "limits": "told before either way",
    "a verdict's id": "found by two columns",
    "a resolver reads: ranking": "whether ranking is on is read before anybody is ordered by points",
    "deeper than the database reads": "the parser of SQLite has a small stack",
}

FAILS: Final = frozenset({"an error", "another form", "refused", "limits"})
"""There is no answer to compare, and none with cursors to go on from; it fails, and leaves nothing behind."""


@pytest.fixture(scope="module")
async def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    with databases.fresh(tmp_path_factory.mktemp("compiled")) as url:
        async with standing(url) as house:
            await fill(house, random.Random(SEED))
            yield house


async def fill(house: House, chance: random.Random) -> None:
    """A little of everything, at odds with itself."""
    for role in ROLES:
        await house.token(role)
    members = [MEMBER, MEMBER_2, MEMBER_3]
    for index in range(5):
        number, name = ("001", "党员 001 又一") if index == 4 else (f"1{index}", f"党员 “{index}”\n\\")
        unit = UNIT if index % 2 else UNIT_2
        twin = house.ids.uuid7()
        await house.do("member.register", twin, unit=unit, number=number, name=name, grid=GRID)
        members.append(twin)
    await house.do("member.merge", members[3], into=MEMBER)
    for index in range(9):
        house.clock.go_on(chance.randint(0, 5) * HOUR)
        far = index % 4 == 3
        role, grid = ("far dispatcher", FAR_GRID) if far else ("dispatcher", chance.choice([GRID, GRID_2]))
        given: dict[str, Any] = {"contact": {"name": "老王"}} if index % 2 else {"detail": "门牌在后"}
        ticket = await house.ticket(
            role, grid, place="东门", priority=chance.choice(["LOW", "URGENT"]), **given
        )
        mine, other = (FAR_MEMBER, FAR_MEMBER) if far else tuple(chance.sample(members, 2))
        await house.do("ticket.edit", ticket, role, addTags=chance.sample(["a", "b", "law"], 2))
        await house.do("ticket.edit", ticket, role, title=f"定单 {index}\t“{index}”", saw=0)
        await house.do("ticket.note", ticket, role, text='带上"梯子"', by=mine)
        if index % 3 == 0:
            await house.do("ticket.dispatch", ticket, role, to={"member": mine})
        else:
            await house.do("ticket.claim", ticket, role, member=mine, by=mine)
            await house.do("ticket.claim", ticket, role, member=other, saw=0)
            house.clock.go_on(2 * HOUR)
            service = await house.service(
                mine, role, ticket=ticket, by=mine, summary="好了", place={"lat": 1, "lon": 2}
            )
            if index == 5:
                await house.do("service.void", service, role, reason="记错了")
            else:
                await house.do("ticket.finish", ticket, role, member=mine)
                await house.do("ticket.close", ticket, role, rating=5, words="谢谢")
    await house.do("points.redeem", house.ids.uuid7(), member=MEMBER, points=1, reward="毛巾")
    await sessions(house, members[:5])
    await called(house, await house.ticket("dispatcher", GRID))
    await evaluated(house, members)


async def evaluated(house: House, members: list[str]) -> None:
    """Evaluations of several periods, one of an alias, one that comes after the closing, one that is contested."""
    for index, period in enumerate(("2026-11", "2026-Q4", "2026", "2026-09")):
        found = {"member": members[index], "community": COMMUNITY, "period": period, "grade": "QUALIFIED"}
        await house.do("evaluation.submit", house.ids.uuid7(), **found, words="“常来”\n", by=MEMBER_2)
        if index < 2:
            again = {**found, "grade": "EXCELLENT"}
            await house.do("evaluation.submit", house.ids.uuid7(), **again, saw=0)


async def sessions(house: House, members: list[str]) -> None:
    """Teams with members who left again, and activities with sign-ins, by services too."""
    for code in ("green", "guard"):
        team, activity = house.ids.uuid7(), house.ids.uuid7()
        name = {"zh": f"先锋队 “{code}”", "en": f"Vanguard {code}"}
        await house.do("team.put", team, code=code, name=name, community=COMMUNITY, theme=code)
        for member in members:
            await house.do("team.join", team, member=member)
        await house.do("team.leave", team, member=MEMBER)
        times = {"start": "2026-11-23T01:00:00.000Z", "end": "2026-11-23T03:00:00.000Z"}
        whole = {"community": COMMUNITY, "title": f"清洁日\n{code}", "team": team, "grid": GRID, **times}
        await house.do("activity.open", activity, **whole, by=MEMBER)
        await house.do("activity.join", activity, member=MEMBER_2)
        await house.service(MEMBER_3, activity=activity)


async def called(house: House, ticket: str) -> None:
    """Whistles: one answered and met about, one that joined it."""
    whole = {"ticket": ticket, "lead": UNIT, "departments": [UNIT_2], "deadline": "2026-11-25T01:00:00.000Z"}
    whistle = house.ids.uuid7()
    await house.do("whistle.blow", whistle, **whole, by=MEMBER)
    await house.do("whistle.blow", house.ids.uuid7(), **{**whole, "lead": UNIT_2})
    await house.do("whistle.answer", whistle, department=UNIT, answer="COMING", part="“tows”\n", by=MEMBER_2)
    met = {"met": "2026-11-24T01:00:00.000Z", "present": [UNIT, UNIT_2], "record": "周一\t动工"}
    await house.do("whistle.meet", whistle, **met, by=MEMBER)


async def ids_of(house: House) -> list[str]:
    found = await house.ask("""{ tickets { edges { node { id conflicts { id } } } } services { edges { node { id } } }
        pointEntries { edges { node { id redemption { id } rule { id } } } } devices { id } verdicts(limit: 3) { id }
        members(filter: {withAliases: true}) { edges { node { id } } }
        teams { edges { node { id } } } activities { edges { node { id } } } whistles { edges { node { id } } }
        evaluations { edges { node { id } } } }""")
    ids = sorted({one for one in _strings(found, "id") if one})
    return [*ids, GRID, FAR_GRID, UNIT, COMMUNITY, VILLAGE, "nothing", "0:1"]


def _strings(found: Any, *names: str) -> Iterator[str]:
    if isinstance(found, list):
        for one in found:
            yield from _strings(one, *names)
    elif isinstance(found, dict):
        for name, one in found.items():
            if name in names and isinstance(one, str):
                yield one
            yield from _strings(one, *names)


class Ways:
    """Both ways to one answer."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.door = house.app.state.graphql.door
        self.told: Counter[str] = Counter()

    async def compiled(self, drawn: Drawn, role: str) -> bytes | None:
        token = await self.house.token(role)
        found = await self.door.answers.answer(drawn.query, drawn.variables, None, self.door.blank(), token)
        return None if found is None else bytes(found.body)

    async def ordinary(self, drawn: Drawn, role: str) -> Any:
        context = await self.door.context(f"Bearer {await self.house.token(role)}")
        return await self.door.schema.execute(drawn.query, drawn.variables, context)

    async def both(self, drawn: Drawn, role: str) -> Any:
        """The answer, which is the same; the data of the ordinary way."""
        self.door.answers.left.clear()
        body = await self.compiled(drawn, role)
        where = f"{role}: {drawn.query}\n{json.dumps(drawn.variables, ensure_ascii=False)}"
        if body is None:
            (why,) = self.door.answers.left or ("limits",)
            assert why in WHY_NOT or why.endswith(OWN_WAY), f"not compiled, because {why}\n{where}"
            self.told[why] += 1
            data = (await self.ordinary(drawn, role)).data
            return None if why in FAILS else data
        result = await self.ordinary(drawn, role)
        assert not result.errors, f"{where}\n{result.errors}"
        expected = msgspec.json.encode(result.data)
        found = msgspec.json.encode(msgspec.json.decode(body))
        assert found == expected, f"{where}\n{found.decode()}\n{expected.decode()}"
        self.told["compiled"] += 1
        return result.data


@pytest.mark.parametrize("series", range(SERIES))
async def test_random_operations_are_answered_the_same_both_ways(house: House, series: int) -> None:
    ways = Ways(house)
    chance = random.Random(f"{SEED}.{series}")
    ids = await ids_of(house)
    pen = Pen(ways.door.schema._schema, chance, ids)
    for _ in range(DOCUMENTS):
        drawn = pen.draw()
        for role in ROLES:
            data = await ways.both(drawn, role)
            pen.cursors = [*_strings(data, "cursor", "startCursor", "endCursor")][:20]
            if any(name.startswith("cursor") for name in drawn.variables):
                await ways.both(pen.again(drawn), role)
    errors = sum(ways.told[why] for why in ("refused", "an error", "limits"))
    assert ways.told["compiled"] > 0.8 * (ways.told.total() - errors), ways.told
    assert ways.told["compiled"] >= COMPARED, ways.told


def test_what_is_not_compiled_is_named() -> None:
    """A new field comes from its row by a shape, or is named here with the reason."""
    schema = DoorSchema()._schema
    reached = {"Query"}
    left: set[str] = set()
    waiting = ["Query"]
    while waiting:
        type_: Any = schema.type_map[waiting.pop()]
        for name, declared in type_.fields.items():
            if f"{type_.name}.{name}" in OWN_WAY:
                continue
            guarded: Guarded = declared.extensions["strawberry-definition"]
            named: Any = schema.type_map[_named(declared.type)]
            lists = {"edges", "totalCount"} <= set(getattr(named, "fields", ()))
            asks = type_.name == "Query" or lists or named.name.endswith("Group")
            within = type_.name.endswith(("Connection", "Edge")) or type_.name == "PageInfo"
            if guarded.shape is None and not asks and not within:
                left.add(f"{type_.name}.{name}")
            inner = named if isinstance(named, GraphQLObjectType | GraphQLInterfaceType) else None
            new = [] if inner is None else [inner.name, *_possible(schema, inner)]
            waiting += [one for one in new if one not in reached]
            reached.update(new)
    assert left == set()


def _named(type_: Any) -> str:
    while hasattr(type_, "of_type"):
        type_ = type_.of_type
    return str(type_.name)


def _possible(schema: Any, type_: Any) -> list[str]:
    if not isinstance(type_, GraphQLInterfaceType):
        return []
    return [one.name for one in schema.get_possible_types(type_)]
