"""Every thing from every side: what one thing leads to leads back to it, is counted there, and is what filters find."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.door import readable
from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    GRID,
    GRID_2,
    MEMBER,
    MEMBER_2,
    MEMBER_3,
    UNIT,
    VILLAGE,
    House,
    standing,
)
from tests.door.operations import Drawn
from tests.door.readable import SCHEMA
from tests.door.test_compiled import Ways
from tests.door.test_readable import Peopled


@pytest.fixture(scope="module")
async def peopled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Peopled]:
    with databases.fresh(tmp_path_factory.mktemp("sides")) as url:
        async with standing(url) as house:
            yield Peopled(house, *(await readable.peopled(house)))


async def ids(house: House, name: str, filter: str = "", role: str = "admin") -> list[str]:
    """What a list at the root finds."""
    given = f"(filter: {{ {filter} }}, first: 200)" if filter else "(first: 200)"
    found = (await house.ask(f"{{ {name}{given} {{ totalCount nodes {{ id }} }} }}", role))[name]
    assert found["totalCount"] == len(found["nodes"])
    return [one["id"] for one in found["nodes"]]


async def side(
    house: House, type_: str, id: str, name: str, filter: str = "", role: str = "admin"
) -> list[str] | None:
    """What a thing's own list holds; None where there is no such list for a role."""
    given = f"(filter: {{ {filter} }}, first: 200)" if filter else "(first: 200)"
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {type_} {{ {name}{given} {{ totalCount nodes {{ id }} }} }} }} }}"
    node = (await house.ask(query, role, id=id))["node"]
    if node is None or node[name] is None:
        return None
    assert node[name]["totalCount"] == len(node[name]["nodes"])
    return [one["id"] for one in node[name]["nodes"]]


async def rewards(house: House) -> dict[str, str]:
    found = await house.ask("{ rewards { nodes { id code } } }")
    return {one["code"]: one["id"] for one in found["rewards"]["nodes"]}


async def test_redemptions_are_found_from_the_community_the_reward_and_the_member(peopled: Peopled) -> None:
    house, flask = peopled.house, (await rewards(peopled.house))["flask"]
    everything = await ids(house, "redemptionsConnection")
    assert len(everything) == 2
    assert await side(house, "Community", COMMUNITY, "redemptionsConnection") == everything
    assert await side(house, "Member", MEMBER, "redemptionsConnection") == everything
    assert await side(house, "Member", MEMBER_2, "redemptionsConnection") == []
    (of_flask,) = await side(house, "Reward", flask, "redemptionsConnection") or []
    assert await ids(house, "redemptionsConnection", f'item: "{flask}"') == [of_flask]
    assert await ids(house, "redemptionsConnection", 'forReward: {codes: ["flask"]}') == [of_flask]
    assert await ids(house, "redemptionsConnection", f'ofMember: {{unit: "{UNIT}"}}') == everything
    assert await ids(house, "redemptionsConnection", f'ofMember: {{ids: ["{MEMBER_3}"]}}') == []
    assert await ids(house, "redemptionsConnection", "pointsFrom: 2") == []
    assert await ids(house, "rewards", f'redemptions: {{ids: ["{of_flask}"]}}') == [flask]


async def test_what_one_person_had_for_points_is_for_no_reader(peopled: Peopled) -> None:
    house, flask = peopled.house, (await rewards(peopled.house))["flask"]
    assert await ids(house, "redemptionsConnection", role="reader") == []
    assert await side(house, "Reward", flask, "redemptionsConnection", role="reader") == []
    assert await side(house, "Member", MEMBER, "redemptionsConnection", role="reader") is None
    assert await ids(house, "rewards", "redemptions: {}", "reader") == []
    assert await ids(house, "rewards", f'redemptions: {{member: "{MEMBER}"}}', "reader") == []


PAGES: Any = """query ($id: ID!, $after: String) { node(id: $id) { ... on Community {
    redemptionsConnection(first: 1, after: $after, order: {field: AT}) {
      pageInfo { hasNextPage endCursor } edges { node { id } } } } } }"""


async def test_redemptions_are_read_page_by_page(peopled: Peopled) -> None:
    house, found, after = peopled.house, [], None
    while True:
        page = (await house.ask(PAGES, id=COMMUNITY, after=after))["node"]["redemptionsConnection"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == (await ids(house, "redemptionsConnection"))[::-1]


SIDES: Any = (
    # A thing's own list, and the same asked of the list at the root.
    ("Unit", UNIT, "tickets", "tickets", f'takers: {{unit: "{UNIT}"}}'),
    ("Unit", UNIT, "services", "services", f'doneBy: {{unit: "{UNIT}"}}'),
    ("Unit", UNIT, "whistles", "whistles", f'called: "{UNIT}"'),
    ("Unit", UNIT, "evaluations", "evaluations", f'ofMember: {{unit: "{UNIT}"}}'),
    ("Unit", UNIT, "redemptionsConnection", "redemptionsConnection", f'ofMember: {{unit: "{UNIT}"}}'),
    ("Unit", UNIT, "adjustments", "adjustments", f'ofMember: {{unit: "{UNIT}"}}'),
    ("Member", MEMBER, "posts", "posts", f'holder: "{MEMBER}"'),
    ("Member", MEMBER, "teams", "teams", f'member: "{MEMBER}"'),
    ("Member", MEMBER, "activities", "activities", f'member: "{MEMBER}"'),
    ("Member", MEMBER_2, "activities", "activities", f'member: "{MEMBER_2}"'),
    ("Member", MEMBER, "adjustments", "adjustments", f'member: "{MEMBER}"'),
    ("Community", COMMUNITY, "adjustments", "adjustments", f'community: "{COMMUNITY}"'),
    ("Grid", GRID, "whistles", "whistles", f'forTicket: {{grid: "{GRID}"}}'),
    ("Grid", GRID, "evaluations", "evaluations", f'grid: "{GRID}"'),
)


@pytest.mark.parametrize(("type_", "id", "name", "root", "filter"), SIDES, ids=lambda one: str(one)[:24])
async def test_a_side_is_what_a_filter_of_the_whole_list_finds(
    peopled: Peopled, type_: str, id: str, name: str, root: str, filter: str
) -> None:
    for role in ("admin", "tablet", "other tablet", "dispatcher", "unit", "member"):
        expected = await ids(peopled.house, root, filter, role)
        found = await side(peopled.house, type_, id, name, role=role)
        assert (found or []) == expected, role
        assert expected or role != "admin", "nothing to compare"


async def test_a_units_ledger_and_services_are_as_many_as_are_told_together_by_unit(peopled: Peopled) -> None:
    query = """{ serviceGroups(by: [UNIT]) { count unit { id } } pointGroups(by: [UNIT]) { count unit { id } } }"""
    counted = await peopled.house.ask(query)
    for groups, name in (("serviceGroups", "services"), ("pointGroups", "pointEntries")):
        for one in counted[groups]:
            assert len(await side(peopled.house, "Unit", one["unit"]["id"], name) or []) == one["count"]


async def earned(house: House, type_: str, id: str, role: str = "admin") -> list[str] | None:
    return await side(house, type_, id, "pointEntries", role=role)


LEDGER: Any = """{ pointEntries(first: 200) { nodes { id kind source redemption { id } adjustment { id }
    service { id grid { id } ticket { id } session { id team { id } } } team { id } } } }"""


async def test_the_ledger_is_reached_from_what_it_is_for(peopled: Peopled) -> None:
    """From the grid, the ticket, the session, the team, the redemption and the adjustment; and back."""
    house, world = peopled.house, peopled.world
    entries = (await house.ask(LEDGER))["pointEntries"]["nodes"]
    served = [one for one in entries if one["service"] is not None and one["service"]["ticket"] is not None]
    assert served
    for one in served:
        assert one["id"] in (await earned(house, "Ticket", one["service"]["ticket"]["id"]) or [])
        assert one["id"] in (await earned(house, "Grid", one["service"]["grid"]["id"]) or [])
    of_ticket = await earned(house, "Ticket", world.near) or []
    kinds = {one["id"]: one for one in entries}
    assert len(of_ticket) == 2, "a service and a rating"
    assert [kinds[id]["service"] is None for id in of_ticket].count(True) == 1
    at_sessions = [one for one in entries if one["team"] is not None]
    assert at_sessions
    for one in at_sessions:
        assert one["id"] in (await earned(house, "Team", one["team"]["id"]) or [])
    everywhere = [await earned(house, "Activity", id) or [] for id in peopled.things["Activity"]]
    assert {one["id"] for one in at_sessions} <= {id for many in everywhere for id in many}
    for name, type_ in (("redemption", "Redemption"), ("adjustment", "Adjustment")):
        assert name == "adjustment" or any(one[name] is not None for one in entries)
        for one in (one for one in entries if one[name] is not None):
            assert one["id"] in (await earned(house, type_, one[name]["id"]) or [])


async def test_what_is_earned_in_a_grid_is_told_as_far_as_the_services_and_tickets_are_seen(
    peopled: Peopled,
) -> None:
    house, world = peopled.house, peopled.world
    whole = await earned(house, "Grid", GRID) or []
    assert whole
    assert await earned(house, "Grid", GRID, "dispatcher") == whole
    assert await earned(house, "Grid", GRID, "reader") is None
    assert await earned(house, "Grid", GRID, "other tablet") == []
    assert await earned(house, "Ticket", world.near, "reader") is None
    # A unit sees its members' services there, and no tickets: what a rating brought is of no grid that it knows.
    of_unit = await earned(house, "Grid", GRID, "unit") or []
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on PointEntry { service { id } } } }"
    found = (await house.ask(query, "unit", ids=of_unit))["nodes"]
    assert found
    assert all(one["service"] is not None for one in found)
    assert len(of_unit) < len(whole)


async def test_what_was_done_at_a_teams_sessions_is_found_from_the_team(peopled: Peopled) -> None:
    house = peopled.house
    query = "{ teams { nodes { id services { nodes { session { team { id } } } } activities { nodes { services { totalCount } } } } } }"
    teams = (await house.ask(query))["teams"]["nodes"]
    for team in teams:
        assert {one["session"]["team"]["id"] for one in team["services"]["nodes"]} <= {team["id"]}
        of_sessions = sum(one["services"]["totalCount"] for one in team["activities"]["nodes"])
        assert len(team["services"]["nodes"]) == of_sessions
    assert any(team["services"]["nodes"] for team in teams)


async def test_who_holds_what_is_for_no_reader(peopled: Peopled) -> None:
    for name in ("posts", "teams", "activities", "adjustments", "pointEntries"):
        assert await side(peopled.house, "Member", MEMBER, name, role="reader") is None
    assert await side(peopled.house, "Unit", UNIT, "pointEntries", role="reader") is None


async def test_the_tablets_of_a_grid_are_those_that_say_so(peopled: Peopled) -> None:
    house = peopled.house
    devices = (await house.ask("{ devices { id grids { id } } }"))["devices"]
    for grid in (GRID, GRID_2):
        carried = {one["id"] for one in devices if grid in [its["id"] for its in one["grids"]]}
        assert carried
        assert {*(await side(house, "Grid", grid, "devicesConnection") or [])} == carried
    assert await side(house, "Grid", GRID, "devicesConnection", role="unit") is None
    assert await side(house, "Grid", GRID_2, "devicesConnection", role="tablet") == []


LISTS: Any = (
    ("communitiesConnection", "Community"),
    ("grids", "Grid"),
    ("unitsConnection", "Unit"),
    ("members", "Member"),
    ("teams", "Team"),
    ("tickets", "Ticket"),
    ("activities", "Activity"),
    ("rewards", "Reward"),
    ("settlementsConnection", "Settlement"),
)


@pytest.mark.parametrize(("root", "type_"), LISTS)
async def test_all_sides_of_many_things_are_the_same_both_ways(
    peopled: Peopled, root: str, type_: str
) -> None:
    """Every list that a thing has, of several at once: as one statement, and by the resolvers."""
    declared: Any = SCHEMA.type_map[type_]
    sides = [
        f"{name}(first: 2) {{ totalCount nodes {{ {IDENTITY.get(name, 'id')} }} pageInfo {{ hasNextPage }} }}"
        for name, one in declared.fields.items()
        if "first" in one.args and "after" in one.args
    ]
    ways = Ways(peopled.house)
    for role in ("admin", "dispatcher", "tablet", "unit", "member", "reader"):
        for start in range(0, len(sides), 6):
            some = " ".join(sides[start : start + 6])
            await ways.both(Drawn(f"{{ {root}(first: 4) {{ nodes {{ {some} }} }} }}", {}), role)
    assert ways.told["compiled"] > len(sides) // 6, ways.told


IDENTITY: Any = {"history": "change", "settlementsConnection": "number"}


GROUPS: Any = """query ($by: [TicketGroupBy!]!, $first: Int!, $skip: Int!, $largest: Boolean!) {
  ticketGroups(by: $by, first: $first, skip: $skip, largestFirst: $largest) { count grid { id } category state }
  communitiesConnection { nodes { ticketGroups(by: $by, first: $first, skip: $skip, largestFirst: $largest) {
    count grid { id } category state } } } }"""


@pytest.mark.parametrize("largest", [False, True])
async def test_groups_are_had_page_by_page(peopled: Peopled, largest: bool) -> None:
    """None twice and none left out; both ways."""
    by, ways = ["GRID", "CATEGORY", "STATE"], Ways(peopled.house)

    async def page(first: int, skip: int) -> Any:
        asked = {"by": by, "first": first, "skip": skip, "largest": largest}
        found = await ways.both(Drawn(GROUPS, asked), "admin")
        return [
            found["ticketGroups"],
            *(one["ticketGroups"] for one in found["communitiesConnection"]["nodes"]),
        ]

    whole = await page(200, 0)
    assert len(whole[0]) > 3
    parts = [await page(2, skip) for skip in range(0, len(whole[0]) + 2, 2)]
    for place, groups in enumerate(whole):
        assert [one for part in parts for one in part[place]] == groups
    assert await page(200, len(whole[0])) == [[] for _ in whole]
    assert (await page(1, 0))[0] == whole[0][:1]
    assert ways.told.total() == ways.told["compiled"]


async def test_more_groups_than_a_page_has_and_fewer_than_none_are_told_so(peopled: Peopled) -> None:
    house = peopled.house
    answer = await house.post("{ ticketGroups(by: [GRID], first: 201) { count } }")
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "LIMIT"
    assert "`skip`" in error["message"]
    assert await house.code("{ ticketGroups(by: [GRID], skip: -1) { count } }") == "BAD_USER_INPUT"
    assert (await house.ask("{ ticketGroups(by: [], skip: 1) { count } }"))["ticketGroups"] == []


NAMED: Any = (
    ("unitsConnection", "一局", ["U1"]),
    ("unitsConnection", "bureau", ["U1", "U2", "U9"]),
    ("unitsConnection", "u2", ["U2"]),
    ("unitsConnection", "%", []),
    ("communitiesConnection", "茶 village", []),
    ("communitiesConnection", "CHAGU", ["CG"]),
    ("communitiesConnection", "乐", ["LY"]),
    ("grids", "二格", ["LY-2"]),
    ("teams", "先锋队", ["green", "guard"]),
    ("posts", "flask", ["guard"]),
    ("rewards", "毛 towel", ["towel"]),
)


@pytest.mark.parametrize(("name", "words", "codes"), NAMED)
async def test_things_are_found_by_their_names(
    peopled: Peopled, name: str, words: str, codes: list[str]
) -> None:
    ways = Ways(peopled.house)
    drawn = Drawn(f'{{ {name}(filter: {{ search: "{words}" }}) {{ totalCount nodes {{ code }} }} }}', {})
    for role in ("admin", "reader"):
        found = (await ways.both(drawn, role))[name]
        assert [one["code"] for one in found["nodes"]] == codes
    assert ways.told["compiled"] == 2


async def test_sessions_are_found_by_their_words(peopled: Peopled) -> None:
    found = await peopled.house.ask('{ activities(filter: {search: "巡查 广场"}) { nodes { title place } } }')
    assert found["activities"]["nodes"] == [{"title": "巡查", "place": "广场"}]


async def test_things_are_ordered_by_their_names(peopled: Peopled) -> None:
    ways = Ways(peopled.house)
    for field, language in (("NAME", "ZH"), ("NAME_EN", "EN")):
        for direction in ("ASC", "DESC"):
            query = f"""{{ unitsConnection(order: {{field: {field}, direction: {direction}}}) {{
                edges {{ cursor node {{ name(language: {language}) }} }} }} }}"""
            found = (await ways.both(Drawn(query, {}), "admin"))["unitsConnection"]["edges"]
            names = [edge["node"]["name"] for edge in found]
            assert names == sorted(names, reverse=direction == "DESC")
            after = query.replace("order:", f'after: "{found[0]["cursor"]}", order:')
            rest = (await ways.both(Drawn(after, {}), "admin"))["unitsConnection"]["edges"]
            assert [edge["node"]["name"] for edge in rest] == names[1:]
    assert ways.told.total() == ways.told["compiled"]


SETTLED: Any = """{ conflictsConnection { nodes { id rev settlement { number firstRev lastRev } } }
  verdictsConnection { nodes { id settlement { number } } }
  settlementsConnection(first: 200) { nodes { number verdicts { nodes { id } } conflictsConnection { nodes { id } }
    pointEntries(first: 200) { totalCount } } } pointEntries { totalCount } }"""


async def test_a_settlement_leads_to_what_it_decided_and_back(peopled: Peopled) -> None:
    ways = Ways(peopled.house)
    for role in ("tablet", "reader", "unit", "member"):
        await ways.both(
            Drawn(SETTLED.replace("verdictsConnection { nodes { id settlement { number } } }", ""), {}), role
        )
    found = await ways.both(Drawn(SETTLED, {}), "admin")
    nights = {one["number"]: one for one in found["settlementsConnection"]["nodes"]}
    conflicts = found["conflictsConnection"]["nodes"]
    assert conflicts
    for one in conflicts:
        wrote = one["settlement"]
        assert wrote["firstRev"] <= one["rev"] <= wrote["lastRev"]
        assert {"id": one["id"]} in nights[wrote["number"]]["conflictsConnection"]["nodes"]
    assert sum(len(one["conflictsConnection"]["nodes"]) for one in nights.values()) == len(conflicts)
    verdicts = found["verdictsConnection"]["nodes"]
    assert verdicts
    for one in verdicts:
        assert {"id": one["id"]} in nights[one["settlement"]["number"]]["verdicts"]["nodes"]
    assert (
        sum(one["pointEntries"]["totalCount"] for one in nights.values())
        == found["pointEntries"]["totalCount"]
    )
    assert ways.told.total() == ways.told["compiled"]


async def told_alike(house: House, role: str, query: str, foreign: str) -> None:
    """What is foreign is answered as what there is not."""
    nowhere = "0193a000-0000-7000-8000-0000000000ff"
    answers = [await house.post(query.replace("$ID", id), role) for id in (foreign, nowhere)]
    assert answers[0]["data"] == answers[1]["data"], query
    assert not any(one.get("errors") for one in answers)


async def test_where_a_member_served_elsewhere_is_not_found_out_by_a_filter(peopled: Peopled) -> None:
    """Last of all: a far village's ticket, taken by a member, and what the village found of them."""
    house = peopled.house
    await house.token("member")
    ticket = await house.ticket("far dispatcher", FAR_GRID)
    await house.do("ticket.claim", ticket, "admin", member=MEMBER)
    given = {"member": MEMBER, "community": VILLAGE, "period": "2026-10", "grade": "QUALIFIED"}
    found = await house.do("evaluation.submit", house.ids.uuid7(), "admin", **given)
    assert found["__typename"] == "EvaluationChanged", found
    mine = await ids(house, "tickets", role="member")
    assert ticket in mine, "it is the member's ticket all the same"
    (evaluation,) = await ids(house, "evaluations", 'periods: ["2026-10"]')
    assert evaluation in await ids(house, "evaluations", role="unit"), "and the unit's to know"
    for form in ('grid: "$ID"', 'grids: ["$ID"]', 'not: {grid: "$ID"}', 'not: {grids: ["$ID"]}'):
        query = f"{{ tickets(filter: {{ {form} }}) {{ totalCount nodes {{ id }} }} }}"
        await told_alike(house, "member", query, FAR_GRID)
    await told_alike(house, "member", '{ tickets(filter: {community: "$ID"}) { totalCount } }', VILLAGE)
    for role in ("unit", "member"):
        await told_alike(house, role, '{ evaluations(filter: {grid: "$ID"}) { totalCount } }', FAR_GRID)
        await told_alike(house, role, '{ evaluations(filter: {community: "$ID"}) { totalCount } }', VILLAGE)
