"""Filters: combined, in ranges and sets, by words that need no spaces between them, and on what is related."""

from typing import Any

import pytest

from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
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
)

TICKETS: dict[str, dict[str, Any]] = {
    "gate": {"title": "小区门口停车难 Parking", "place": "东门", "priority": "HIGH"},
    "lift": {"title": "电梯 100% 坏了", "place": "3 栋", "category": "legal", "detail": "停车场旁"},
    "night": {"title": "夜间停车", "grid": GRID_2, "place": "西门"},
    "shut": {"title": "路灯不亮", "place": "东门旁", "priority": "URGENT"},
    "gone": {"title": "东门改道", "place": "停车场"},
    "far": {"title": "来客停车", "grid": FAR_GRID},
}


@pytest.fixture(scope="module")
async def tickets(house: House) -> dict[str, str]:
    """`gate` is taken by 001 under an alias, `shut` was done by 002 and is closed with a 2, `gone` is cancelled."""
    found = {}
    for name, given in TICKETS.items():
        role = "far dispatcher" if name == "far" else "dispatcher"
        found[name] = await house.ticket(role, **given)
        house.clock.go_on()
    alias = house.ids.uuid7()
    await house.do("member.register", alias, unit=UNIT_2, number="777", name="党员 001 又一")
    await house.do("member.merge", alias, into=MEMBER)
    await house.do("ticket.claim", found["gate"], member=alias)
    await house.do("ticket.claim", found["shut"], member=MEMBER_2)
    house.clock.go_on(2 * HOUR)
    await house.service(MEMBER_2, ticket=found["shut"])
    await house.service(MEMBER_3)
    await house.do("ticket.finish", found["shut"], member=MEMBER_2)
    await house.do("ticket.close", found["shut"], rating=2)
    await house.do("ticket.cancel", found["gone"], reason="不需要了")
    return found


async def found(
    house: House, given: dict[str, Any], tickets: dict[str, str], role: str = "admin"
) -> set[str]:
    """The names of the tickets that a filter finds, asked for both as rows and as a number."""
    query = (
        """query ($filter: TicketFilter) { tickets(filter: $filter) { totalCount edges { node { id } } } }"""
    )
    answer = (await house.ask(query, role, filter=given))["tickets"]
    names = {id: name for name, id in tickets.items()}
    assert answer["totalCount"] == len(answer["edges"])
    return {names[edge["node"]["id"]] for edge in answer["edges"]}


ALL = set(TICKETS)
FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"or": [{"priorities": ["URGENT"]}, {"categories": ["legal"]}]}, {"shut", "lift"}),
    ({"and": [{"grid": GRID}, {"not": {"states": ["CLOSED", "CANCELLED"]}}]}, {"gate", "lift"}),
    ({"grid": GRID, "not": {"or": [{"search": "停车"}, {"states": ["CLOSED"]}]}}, {"lift", "gone"}),
    ({"or": []}, set()),
    ({"and": []}, ALL),
    ({"or": [{}]}, ALL),
    ({"not": {}}, set()),
    ({"not": {"or": []}}, ALL),
    ({"grids": [GRID_2, FAR_GRID]}, {"night", "far"}),
    ({"grids": []}, set()),
    ({"ratingFrom": 1, "ratingUntil": 3}, {"shut"}),
    ({"ratingFrom": 3}, set()),
    # Those that nobody has rated are not rated 2.
    ({"not": {"ratingFrom": 2}}, ALL - {"shut"}),
]


@pytest.mark.parametrize(("given", "names"), FILTERS, ids=[str(given) for given, _ in FILTERS])
async def test_filters_are_combined(
    house: House, tickets: dict[str, str], given: dict[str, Any], names: set[str]
) -> None:
    assert await found(house, given, tickets) == names


WORDS: list[tuple[str, set[str]]] = [
    ("停车", {"gate", "night", "far"}),
    ("停车 门口", {"gate"}),
    ("停车\u3000夜", {"night"}),
    ("parking", {"gate", "night", "shut", "gone"}),
    ("PARKING 难", {"gate"}),
    ("100%", {"lift"}),
    ("%", {"lift"}),
    ("_", set()),
    ("/", set()),
    # A closed ticket is found by its title and not by its place; what was cancelled neither.
    ("东门", {"gate", "gone"}),
    ("路灯", {"shut"}),
    ("停车场", set()),
    ("  ", ALL),
]


@pytest.mark.parametrize(("words", "names"), WORDS)
async def test_words_are_found_without_spaces_and_in_nothing_private(
    house: House, tickets: dict[str, str], words: str, names: set[str]
) -> None:
    assert await found(house, {"search": words}, tickets) == names


async def test_a_filter_reaches_what_is_related(house: House, tickets: dict[str, str]) -> None:
    assert await found(house, {"takers": {"number": "001"}}, tickets) == {"gate"}
    assert await found(house, {"takers": {"skill": "law"}}, tickets) == {"gate", "shut"}
    assert await found(house, {"not": {"takers": {"unit": UNIT}}}, tickets) == ALL - {"gate", "shut"}
    assert await found(house, {"services": {"doneBy": {"number": "002"}}}, tickets) == {"shut"}
    assert await found(house, {"services": {"doneBy": {"number": "003"}}}, tickets) == set()
    query = """query ($members: MemberFilter, $services: ServiceFilter) {
        members(filter: $members) { edges { node { number } } } services(filter: $services) { totalCount } }"""

    async def numbers(given: dict[str, Any]) -> set[str]:
        edges = (await house.ask(query, members=given))["members"]["edges"]
        return {edge["node"]["number"] for edge in edges}

    assert await numbers({"tickets": {"search": "停车"}}) == {"001"}
    assert await numbers({"tickets": {"states": ["CLOSED"]}, "services": {"onDuty": True}}) == {"002"}
    assert await numbers({"search": "又一"}) == set()
    assert await numbers({"search": "又一", "withAliases": True}) == {"777"}
    for given, count in (({"doneFor": {"search": "路灯"}}, 1), ({"not": {"doneFor": {}}}, 1)):
        assert (await house.ask(query, services=given))["services"]["totalCount"] == count
    # The service of 003 has no category, and so is not of this one.
    unlike = {"not": {"categories": ["parking"]}}
    assert (await house.ask(query, services=unlike))["services"]["totalCount"] == 1


async def test_what_is_related_and_foreign_narrows_as_if_it_were_not_there(
    house: House, tickets: dict[str, str]
) -> None:
    """A unit sees what its members did, and not the tickets that it was done for."""
    query = "query ($filter: ServiceFilter) { services(filter: $filter) { totalCount } }"

    async def count(given: dict[str, Any], role: str) -> int:
        return int((await house.ask(query, role, filter=given))["services"]["totalCount"])

    assert (await count({}, "unit"), await count({"doneFor": {}}, "unit")) == (1, 0)
    assert await count({"doneFor": {"search": "路灯"}}, "unit") == 0
    assert await count({"not": {"doneFor": {"search": "路灯"}}}, "unit") == 1
    assert await count({"doneFor": {"search": "路灯"}}, "tablet") == 1
    members = "query ($filter: MemberFilter) { members(filter: $filter) { totalCount } }"
    given = {"tickets": {"grids": [GRID]}}
    for role, expected in (("dispatcher", 2), ("other tablet", 0), ("far dispatcher", 0)):
        answer = await house.ask(members, role, filter=given)
        assert answer["members"]["totalCount"] == expected, role


HOLDING = """query ($id: ID!) { posts(filter: {holder: $id}) { totalCount } teams(filter: {member: $id}) { totalCount }
    activities(filter: {member: $id}) { totalCount } related: posts(filter: {holders: {ids: [$id]}}) { totalCount }
    members(filter: {posts: {codes: ["written"]}, ids: [$id]}) { totalCount } }"""


async def test_who_wrote_down_that_another_holds_a_place_is_not_found_by_it(house: House) -> None:
    """They had been: a filter by who holds a post, is in a team or signed in was one by author as well."""
    post, team, activity = (house.ids.uuid7() for _ in range(3))
    name = {"zh": "记名岗", "en": "Written"}
    whole = {"code": "written", "name": name, "community": COMMUNITY}
    await house.do("post.put", post, **whole, seats=1, **{"from": "2026-01-01"})
    await house.do("team.put", team, **whole)
    times = {"start": "2026-11-23T01:00:00.000Z", "end": "2026-11-23T02:00:00.000Z"}
    await house.do("activity.open", activity, community=COMMUNITY, title="清洁日", **times)
    for kind, thing in (("post.take", post), ("team.join", team), ("activity.join", activity)):
        await house.do(kind, thing, member=MEMBER, by=MEMBER_2)
    # To readers, who are not told who it is, no filter tells it either.
    for role, there in (("reader", 0), ("dispatcher", 1)):
        for member, count in ((MEMBER, there), (MEMBER_2, 0)):
            found = await house.ask(HOLDING, role, id=member)
            assert {one["totalCount"] for one in found.values()} == {count}, role


async def test_readers_narrow_the_ledger_by_nobody_in_whatever_dress(house: House) -> None:
    query = "query ($filter: PointEntryFilter) { pointEntries(filter: $filter) { totalCount } }"
    for given in ({"not": {"member": MEMBER}}, {"or": [{"and": [{"source": "x"}]}]}):
        assert await house.code(query, "reader", filter=given) == "FORBIDDEN"
        assert "pointEntries" in await house.ask(query, "admin", filter=given)
    assert "pointEntries" in await house.ask(query, "reader", filter={"not": {"pointsUntil": 0}})


async def test_a_filter_has_limits(house: House) -> None:
    query = "query ($filter: TicketFilter) { tickets(filter: $filter) { totalCount } }"
    deep: dict[str, Any] = {"search": "停车"}
    for _ in range(5):
        deep = {"not": deep}
    many = {"or": [{"search": "a"}] * 26}
    for given in (deep, many, {"search": "a b c d e f g h i"}):
        assert await house.code(query, filter=given) == "LIMIT"
    assert await house.ask(query, filter=deep["not"])
    assert await house.ask(query, filter={"or": [{"search": "a"}] * 24})


async def test_a_list_is_ordered_by_several_things(house: House, tickets: dict[str, str]) -> None:
    query = """query ($order: [TicketOrder!]) { tickets(order: $order) { edges { node { id priority category } } } }"""
    order = [{"field": "PRIORITY", "direction": "DESC"}, {"field": "CATEGORY"}, {"field": "OPENED_AT"}]
    names = {id: name for name, id in tickets.items()}
    edges = (await house.ask(query, order=order))["tickets"]["edges"]
    found = [names[edge["node"]["id"]] for edge in edges]
    assert found == ["shut", "gate", "lift", "night", "gone", "far"]
    assert VILLAGE not in str(edges)
