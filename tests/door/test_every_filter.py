"""Every list's filter: whole filters combined, rows by their ids, what is new; and what each kind of thing has of its own."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from graphql import GraphQLInputObjectType

from tests.databases import Databases
from tests.door import readable
from tests.door.house import COMMUNITY, GRID, HOUR, MEMBER, MEMBER_2, MEMBER_3, UNIT, House, standing
from tests.door.readable import SCHEMA
from tests.door.test_readable import Peopled

COMMON: Final = {"and", "or", "not", "ids", "revFrom"}
WITHOUT: Final = {
    "StatisticsFilter": COMMON,  # no list: of what figures are asked
    "SettlementFilter": {"ids"},  # settlements are numbered
}
LISTS: Final = {
    "teams": "TeamFilter",
    "whistles": "WhistleFilter",
    "rewards": "RewardFilter",
    "evaluations": "EvaluationFilter",
    "adjustments": "AdjustmentFilter",
    "redemptionsConnection": "RedemptionFilter",
    "pointEntries": "PointEntryFilter",
    "verdictsConnection": "VerdictFilter",
    "activities": "ActivityFilter",
    "devicesConnection": "DeviceFilter",
    "duties": "DutyFilter",
    "posts": "PostFilter",
}


@pytest.fixture(scope="module")
async def peopled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Peopled]:
    with databases.fresh(tmp_path_factory.mktemp("filters")) as url:
        async with standing(url) as house:
            yield Peopled(house, *(await readable.peopled(house)))


def test_every_filter_is_combined_and_narrows_by_ids_and_by_what_is_new() -> None:
    filters = {
        name: set(one.fields)
        for name, one in SCHEMA.type_map.items()
        if isinstance(one, GraphQLInputObjectType) and name.endswith("Filter")
    }
    lacking = {name: COMMON - fields for name, fields in filters.items() if not fields >= COMMON}
    assert lacking == WITHOUT


async def ids(house: House, name: str, given: dict[str, Any] | None, role: str = "admin") -> list[str]:
    query = f"query ($given: {LISTS[name]}) {{ {name}(filter: $given, first: 200) {{ totalCount nodes {{ id }} }} }}"
    found = (await house.ask(query, role, given=given))[name]
    assert found["totalCount"] == len(found["nodes"])
    return [one["id"] for one in found["nodes"]]


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_narrowed_by_ids_and_by_whole_filters(peopled: Peopled, name: str) -> None:
    house, everything = peopled.house, await ids(peopled.house, name, None)
    one, *others = everything
    assert await ids(house, name, {"ids": [one, "nothing", "0:1", ""]}) == [one]
    assert await ids(house, name, {"ids": []}) == []
    assert await ids(house, name, {"not": {"ids": [one]}}) == others
    assert await ids(house, name, {"or": [{"ids": [one]}, {"not": {"ids": [one]}}]}) == everything
    assert await ids(house, name, {"and": [{"ids": [one]}, {"not": {"ids": [one]}}]}) == []


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_tells_what_is_new_since_a_rev(peopled: Peopled, name: str) -> None:
    """By the rev of each row; of what has none, by that of the settlement which wrote it."""
    house, everything = peopled.house, await ids(peopled.house, name, None)
    rev = await house.rev()
    assert await ids(house, name, {"revFrom": 0}) == everything
    assert await ids(house, name, {"revFrom": rev + 1}) == []


NEW: Final = """query ($since: Long!, $ticket: ID!) {
  pointEntries(filter: {revFrom: $since}) { nodes { points } }
  verdictsConnection(filter: {revFrom: $since}) { nodes { kind } }
  node(id: $ticket) { ... on Ticket { history(filter: {revFrom: $since}) { nodes { kind change } } } } }"""


async def test_what_settlements_wrote_is_new_from_their_last_rev_on(peopled: Peopled) -> None:
    house = peopled.house
    ticket = await house.ticket()
    before = await house.rev()
    await house.do("ticket.claim", ticket, member=MEMBER)
    await house.service(MEMBER, ticket=ticket)
    after = await house.rev()
    found = await house.ask(NEW, since=before + 1, ticket=ticket)
    assert len(found["pointEntries"]["nodes"]) == 1
    kinds = [one["kind"] for one in found["verdictsConnection"]["nodes"]]
    assert kinds == ["service.record", "ticket.claim"]
    (claim,) = found["node"]["history"]["nodes"]
    assert claim["kind"] == "ticket.claim"
    last = await house.ask(NEW, since=after, ticket=ticket)
    assert [one["kind"] for one in last["verdictsConnection"]["nodes"]] == ["service.record"]
    opened = await house.ask(NEW, since=before, ticket=ticket)
    assert [one["kind"] for one in opened["node"]["history"]["nodes"]] == ["ticket.open", "ticket.claim"]
    query = """query ($ticket: ID!, $ids: [ID!]!) { node(id: $ticket) { ... on Ticket {
        history(filter: {ids: $ids}) { nodes { change } } other: history(filter: {not: {ids: $ids}}) { totalCount } } } }"""
    by_id = (await house.ask(query, ticket=ticket, ids=[claim["change"]]))["node"]
    assert by_id == {"history": {"nodes": [{"change": claim["change"]}]}, "other": {"totalCount": 1}}


CODES: Final = "query ($filter: PostFilter) { posts(filter: $filter) { nodes { code } } }"
POSTS: Final = """query ($filter: PostFilter, $on: Date!) {
    posts(filter: $filter) { totalCount nodes { code vacant(on: $on) } } }"""


async def test_posts_are_found_by_a_free_seat_a_skill_and_a_day(house: House) -> None:
    """As `vacant` counts: a seat is held to the end of the day on which it was left, and of the term it was taken in."""
    name = {"zh": "岗", "en": "Post"}
    posts = {}
    for code, more in {
        "one": {"seats": 1, "skills": ["law"], "from": "2026-01-01"},
        "two": {"seats": 2, "skills": ["first-aid", "law"], "from": "2026-01-01", "until": "2026-11-30"},
        "new": {"seats": 1, "from": "2026-12-01"},
    }.items():
        posts[code] = house.ids.uuid7()
        await house.do("post.put", posts[code], code=code, name=name, community=COMMUNITY, **more)
    await house.do("post.take", posts["one"], member=MEMBER)
    for member in (MEMBER_2, MEMBER_3):
        await house.do("post.take", posts["two"], member=member)
    house.clock.go_on(24 * 3_600_000)
    await house.do("post.leave", posts["one"], member=MEMBER)

    async def codes(**given: Any) -> set[str]:
        asked = {**given, "ids": [*posts.values()]}
        on = given.get("vacantOn", "2026-11-23")
        answers = [await house.ask(POSTS, role, filter=asked, on=on) for role in ("admin", "reader")]
        found = answers[0]["posts"]
        assert answers[1]["posts"] == found
        # Without `vacant`, which is counted here, the whole is one statement.
        compiled = (await house.ask(CODES, filter=asked))["posts"]["nodes"]
        assert compiled == [{"code": one["code"]} for one in found["nodes"]]
        assert found["totalCount"] == len(found["nodes"])
        if "vacantOn" in given:
            assert all(one["vacant"] > 0 for one in found["nodes"])
        return {one["code"] for one in found["nodes"]}

    assert await codes(vacantOn="2026-11-22") == {"one", "two", "new"}
    assert await codes(vacantOn="2026-11-23") == {"new"}
    assert await codes(vacantOn="2026-11-24") == {"new"}
    assert await codes(vacantOn="2026-11-25") == {"one", "new"}
    assert await codes(vacantOn="2026-11-25", on="2026-11-25") == {"one"}
    # The term in which both seats were taken ends.
    assert await codes(vacantOn="2026-12-01") == {"one", "two", "new"}
    assert await codes(**{"not": {"vacantOn": "2026-11-25"}}) == {"two"}
    assert await codes(skill="law") == {"one", "two"}
    assert await codes(skill="first-aid") == {"two"}
    assert await codes(skill="la") == set()
    assert await codes(on="2026-11-30") == {"one", "two"}
    assert await codes(on="2026-12-01") == {"one", "new"}


async def test_what_is_related_narrows_teams_whistles_evaluations_and_adjustments(peopled: Peopled) -> None:
    house, world = peopled.house, peopled.world
    assert world.team in await ids(house, "teams", {"members": {"ids": [MEMBER]}})
    assert world.team not in await ids(house, "teams", {"members": {"ids": [MEMBER_3]}})
    assert world.team not in await ids(house, "teams", {"activities": {}})
    assert len(await ids(house, "teams", {"activities": {"dayFrom": "2026-11-23"}})) == 2
    assert await ids(house, "whistles", {"forTicket": {"ids": [world.near]}}) == [world.whistle]
    assert await ids(house, "whistles", {"forTicket": {"grids": []}}) == []
    assert await ids(house, "adjustments", {"ofMember": {"number": "002"}}) == []
    assert world.adjustment in await ids(house, "adjustments", {"ofMember": {"unit": UNIT}})
    theirs = await ids(house, "evaluations", {"ofMember": {"number": "002"}})
    assert theirs
    assert world.evaluation not in theirs
    assert world.evaluation in await ids(house, "evaluations", {"inGrid": {"ids": [GRID]}})
    assert len(await ids(house, "rewards", {"pointsFrom": 1, "pointsUntil": 2})) == 2
    assert await ids(house, "rewards", {"pointsUntil": 1}) == []


async def test_what_is_foreign_narrows_nothing_of_these_either(peopled: Peopled) -> None:
    """A unit sees the whistles to which it was called, and no ticket, team or session; nor another's member."""
    house = peopled.house
    assert await ids(house, "whistles", {}, "unit") != []
    assert await ids(house, "whistles", {"forTicket": {}}, "unit") == []
    assert await ids(house, "adjustments", {"ofMember": {"ids": [MEMBER_3]}}, "unit") == []
    of_teams = await ids(house, "activities", {"services": {"doneBy": {"ids": [MEMBER_3]}}})
    house.clock.go_on(2 * HOUR)
    await house.service(MEMBER, activity=of_teams[0])
    everything = await ids(house, "pointEntries", {}, "unit")
    teams = await ids(house, "teams", {"activities": {"ids": of_teams}})
    assert sum([len(await ids(house, "pointEntries", {"team": one, "member": MEMBER})) for one in teams]) == 1
    for team in teams:
        assert await ids(house, "pointEntries", {"team": team}, "unit") == []
        assert await ids(house, "pointEntries", {"not": {"team": team}}, "unit") == everything
    assert await ids(house, "verdictsConnection", {"revFrom": 0}, "tablet") != await ids(
        house, "verdictsConnection", {"revFrom": 0}, "admin"
    )


async def test_grades_are_sought_in_no_dress_where_ranking_is_off(house: House) -> None:
    query = "query ($filter: EvaluationFilter) { evaluations(filter: $filter) { totalCount } }"
    by_grade = {"grades": ["EXCELLENT"]}
    for given in (by_grade, {"not": by_grade}, {"or": [{"and": [by_grade]}]}):
        assert await house.code(query, filter=given) == "RANKING_OFF"
