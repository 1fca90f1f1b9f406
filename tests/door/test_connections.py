"""Communities, units, conflicts, settlements, verdicts and tablets as lists with pages, filters and orders, from every side."""

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
    MINUTE,
    UNIT,
    VILLAGE,
    House,
)

LISTS = {
    "communitiesConnection": ("communities", "code", "code"),
    "unitsConnection": ("units", "code", "code"),
    "conflictsConnection": ("conflicts", "id", None),
    "settlementsConnection": ("settlements(limit: 500)", "number", "-number"),
    "verdictsConnection": ("verdicts(limit: 500)", "id", None),
    "devicesConnection": ("devices", "name", "name"),
}
ROLES = ("admin", "dispatcher", "far dispatcher", "tablet", "reader", "unit")


@pytest.fixture(scope="module", autouse=True)
async def days(house: House) -> dict[str, str]:
    """Two tickets that two tablets take at once, a title that two desks write, a post, a duty; and a night."""
    found = {"first": await house.ticket(), "second": await house.ticket(grid=GRID_2)}
    await house.ticket("far dispatcher", FAR_GRID)
    saw = await house.rev()
    await house.do("ticket.edit", found["first"], title="甲")
    await house.do("ticket.edit", found["first"], title="乙", saw=saw)
    name = {"zh": "帮办岗", "en": "Help desk"}
    post = house.ids.uuid7()
    whole = {"code": "help", "name": name, "community": COMMUNITY, "grid": GRID, "seats": 1}
    await house.do("post.put", post, **whole, **{"from": "2026-01-01"})
    await house.do("post.take", post, member=MEMBER)
    await house.do("duty.record", house.ids.uuid7(), unit=UNIT, community=COMMUNITY, kind="TALK")
    for role in ("tablet", "second tablet", "other tablet", "far tablet"):
        await house.token(role)
    for seq, (role, member) in enumerate((("tablet", MEMBER), ("second tablet", MEMBER_2))):
        house.clock.go_on(MINUTE)
        claim = house.change("ticket.claim", found["first"], {"member": member}, saw=saw)
        upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [], "changes": [claim]}
        await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", role, u=upload)
        assert seq < 2
    await house.hub.settle()
    house.clock.go_on(HOUR)
    await house.do("ticket.claim", found["second"], member=MEMBER_3)
    return found


async def page(house: House, name: str, field: str, role: str, arguments: str = "") -> Any:
    given = f"({arguments})" if arguments else ""
    query = f"{{ {name}{given} {{ totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ {field} }} }} }} }}"
    return (await house.ask(query, role))[name]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", LISTS)
async def test_a_list_has_the_rows_that_the_plain_one_has(house: House, name: str, role: str) -> None:
    plain, field, _ = LISTS[name]
    listed = await house.post(f"{{ {plain} {{ {field} }} }}", role)
    paged = await house.post(
        f"{{ {name}(first: 200) {{ totalCount edges {{ node {{ {field} }} }} }} }}", role
    )
    if "errors" in listed:
        assert [one["extensions"]["code"] for one in paged["errors"]] == ["FORBIDDEN"]
        return
    (rows,), (found,) = listed["data"].values(), paged["data"].values()
    assert [edge["node"] for edge in found["edges"]] == rows or sorted(map(str, rows)) == sorted(
        str(edge["node"]) for edge in found["edges"]
    )
    assert found["totalCount"] == len(rows)


@pytest.mark.parametrize("name", LISTS)
async def test_it_is_read_page_by_page_from_either_end(house: House, name: str) -> None:
    _, field, _ = LISTS[name]
    whole = await page(house, name, field, "admin", "first: 200")
    rows = [edge["node"][field] for edge in whole["edges"]]
    assert len(rows) == whole["totalCount"] > 1
    for size, end, cursor, more in (
        ("first", "after", "endCursor", "hasNextPage"),
        ("last", "before", "startCursor", "hasPreviousPage"),
    ):
        found: list[Any] = []
        at = ""
        while True:
            one = await page(house, name, field, "admin", f"{size}: 2{at}")
            few = [edge["node"][field] for edge in one["edges"]]
            found = [*found, *few] if size == "first" else [*few, *found]
            if not one["pageInfo"][more]:
                break
            at = f', {end}: "{one["pageInfo"][cursor]}"'
        assert found == rows


FILTERS: list[tuple[str, str, str, set[Any]]] = [
    ("communitiesConnection", "filter: {kinds: [VILLAGE]}", "code", {"CG"}),
    ("communitiesConnection", 'filter: {grids: {codes: ["LY-1"]}}', "code", {"LY"}),
    ("communitiesConnection", 'filter: {not: {units: {codes: ["U9"]}}}', "code", {"LY"}),
    ("unitsConnection", f'filter: {{community: "{VILLAGE}"}}', "code", {"U9"}),
    ("unitsConnection", 'filter: {members: {number: "003"}}', "code", {"U2"}),
    ("unitsConnection", "filter: {duties: {kinds: [TALK]}}", "code", {"U1"}),
    ("unitsConnection", 'filter: {or: [{codes: ["U1"]}, {codes: ["U9"]}]}', "code", {"U1", "U9"}),
    ("conflictsConnection", 'filter: {rules: ["first"]}', "field", {"takers"}),
    ("conflictsConnection", 'filter: {names: ["title"]}', "rule", {"latest"}),
    ("conflictsConnection", 'filter: {inGrid: {codes: ["LY-2"]}}', "field", set()),
    (
        "conflictsConnection",
        'filter: {inGrid: {codes: ["LY-1"]}, closeCall: false, rules: ["latest"]}',
        "field",
        {"title"},
    ),
    ("settlementsConnection", "filter: {kinds: [NIGHT]}", "kind", {"NIGHT"}),
    ("settlementsConnection", "filter: {numberUntil: 3}", "number", {1, 2}),
    ("settlementsConnection", 'filter: {atUntil: "2020-01-01T00:00:00.000Z"}', "number", set()),
    ("verdictsConnection", "filter: {outcomes: [LOST]}", "code", {"SEAT_TAKEN"}),
    (
        "verdictsConnection",
        'filter: {kinds: ["ticket.claim"], not: {outcomes: [APPLIED]}}',
        "outcome",
        {"LOST"},
    ),
    ("verdictsConnection", "filter: {settledUntil: 1}", "id", set()),
    ("devicesConnection", "filter: {revoked: true}", "name", set()),
    (
        "devicesConnection",
        'filter: {pushedFrom: "2026-01-01T00:00:00.000Z"}',
        "name",
        {"tablet", "second tablet"},
    ),
    (
        "devicesConnection",
        "filter: {revoked: false, renewed: false, cloned: false}",
        "name",
        {"tablet", "second tablet", "other tablet", "far tablet"},
    ),
]


@pytest.mark.parametrize(("name", "arguments", "field", "expected"), FILTERS)
async def test_filters_find_what_they_say(
    house: House, name: str, arguments: str, field: str, expected: set[Any]
) -> None:
    found = await page(house, name, field, "admin", arguments)
    assert {edge["node"][field] for edge in found["edges"]} == expected
    assert found["totalCount"] == len(found["edges"])


RELATIONS: list[tuple[str, str, str, set[Any]]] = [
    ("grids", 'filter: {posts: {codes: ["help"]}}', "code", {"LY-1"}),
    ("grids", 'filter: {members: {number: "901"}}', "code", {"CG-1"}),
    ("grids", 'filter: {tickets: {takers: {number: "003"}}}', "code", {"LY-2"}),
    ("grids", "filter: {inCommunity: {kinds: [VILLAGE]}}", "code", {"CG-1"}),
    ("members", 'filter: {posts: {codes: ["help"]}}', "number", {"001"}),
    ("members", 'filter: {ofUnit: {codes: ["U2"]}}', "number", {"003"}),
    ("members", 'filter: {inGrid: {codes: ["CG-1"]}}', "number", {"901"}),
    ("posts", 'filter: {holders: {ofUnit: {codes: ["U1"]}}}', "code", {"help"}),
    ("posts", 'filter: {holders: {ofUnit: {codes: ["U2"]}}}', "code", set()),
    ("posts", 'filter: {inGrid: {codes: ["LY-2"]}}', "code", set()),
    ("tickets", 'filter: {inGrid: {inCommunity: {codes: ["CG"]}}}', "state", {"OPEN"}),
    ("tickets", 'filter: {inGrid: {posts: {codes: ["help"]}}}', "title", {"乙"}),
    ("duties", 'filter: {ofUnit: {members: {number: "002"}}}', "kind", {"TALK"}),
    ("duties", 'filter: {not: {ofUnit: {codes: ["U1"]}}}', "kind", set()),
    ("activities", 'filter: {inGrid: {codes: ["LY-1"]}}', "title", set()),
    ("services", 'filter: {inGrid: {codes: ["LY-1"]}, at: {inGrid: {codes: ["LY-1"]}}}', "state", set()),
]


@pytest.mark.parametrize(("name", "arguments", "field", "expected"), RELATIONS)
async def test_what_is_related_can_be_filtered_through_grid_unit_and_post(
    house: House, name: str, arguments: str, field: str, expected: set[Any]
) -> None:
    found = await page(house, name, field, "admin", arguments)
    assert {edge["node"][field] for edge in found["edges"]} == expected


async def test_what_is_related_counts_as_far_as_one_may_see_it(house: House) -> None:
    """A unit sees no posts: none of its members holds one, as far as it can tell."""
    query = 'filter: {posts: {codes: ["help"]}}'
    assert (await page(house, "members", "number", "dispatcher", query))["totalCount"] == 1
    assert (await page(house, "members", "number", "unit", query))["totalCount"] == 0
    far = 'filter: {grids: {codes: ["LY-1"]}}'
    assert (await page(house, "communitiesConnection", "code", "far dispatcher", far))["totalCount"] == 0


async def test_each_side_has_its_own(house: House) -> None:
    query = """{ communities { code unitsConnection { totalCount } conflictsConnection { totalCount }
        devicesConnection(order: {field: LAST_PUSH_AT, direction: DESC}, first: 1) { totalCount edges { node { name } } }
        conflictGroups(by: [RULE]) { rule count } grids { edges { node { code posts { totalCount } activities { totalCount }
        conflictsConnection { totalCount } } } } } }"""
    found = {one["code"]: one for one in (await house.ask(query))["communities"]}
    assert (found["LY"]["unitsConnection"], found["CG"]["unitsConnection"]) == (
        {"totalCount": 2},
        {"totalCount": 1},
    )
    assert found["LY"]["devicesConnection"]["edges"] == [{"node": {"name": "second tablet"}}]
    assert (
        found["LY"]["devicesConnection"]["totalCount"],
        found["CG"]["devicesConnection"]["totalCount"],
    ) == (3, 1)
    counted = found["LY"]["conflictsConnection"]["totalCount"]
    assert counted == sum(one["count"] for one in found["LY"]["conflictGroups"]) == 2
    grids = {edge["node"]["code"]: edge["node"] for edge in found["LY"]["grids"]["edges"]}
    assert grids["LY-1"]["posts"] == {"totalCount": 1}
    assert grids["LY-1"]["conflictsConnection"]["totalCount"] == counted


async def test_verdicts_hang_on_the_night_and_on_the_tablet_that_they_came_from(house: House) -> None:
    query = """{ settlementsConnection(filter: {kinds: [NIGHT]}) { edges { node { counts { outcome count }
        verdicts { totalCount edges { node { outcome device { name } } } } } } }
        devicesConnection(filter: {pushedFrom: "2026-01-01T00:00:00.000Z"}) { edges { node { name
        verdicts { totalCount edges { node { code } } } } } } }"""
    found = await house.ask(query)
    (night,) = [edge["node"] for edge in found["settlementsConnection"]["edges"]]
    assert night["verdicts"]["totalCount"] == sum(one["count"] for one in night["counts"]) == 2
    told = {edge["node"]["device"]["name"]: edge["node"]["outcome"] for edge in night["verdicts"]["edges"]}
    assert told == {"tablet": "APPLIED", "second tablet": "LOST"}
    for edge in found["devicesConnection"]["edges"]:
        assert edge["node"]["verdicts"]["totalCount"] == 1
    hidden = "{ settlementsConnection(first: 2) { edges { node { verdicts { totalCount } } } } }"
    edges = (await house.ask(hidden, "reader"))["settlementsConnection"]["edges"]
    assert [edge["node"]["verdicts"] for edge in edges] == [None, None]


async def test_services_are_ordered_by_their_own_states(house: House) -> None:
    """They had been ordered by those of tickets, of which none is theirs: by nothing."""
    voided = await house.service(MEMBER)
    house.clock.go_on(HOUR)
    await house.service(MEMBER_2)
    await house.do("service.void", voided, reason="记错了")
    query = (
        "{ services(order: [{field: STATE, direction: DESC}, {field: START}]) { edges { node { state } } } }"
    )
    states = [edge["node"]["state"] for edge in (await house.ask(query))["services"]["edges"]]
    assert states == sorted(states, reverse=True)
    assert len(set(states)) == 2


@pytest.mark.parametrize("role", ["admin", "dispatcher", "far dispatcher"])
@pytest.mark.parametrize("name", LISTS)
async def test_the_nodes_of_a_page_are_those_of_its_edges(house: House, name: str, role: str) -> None:
    one = "number" if name == "settlementsConnection" else "id"
    page = f"nodes {{ {one} }} edges {{ node {{ {one} }} }} pageInfo {{ hasNextPage }}"
    left = house.app.state.graphql.door.answers.left
    left.clear()
    found = (await house.ask(f"{{ found: {name}(first: 3) {{ {page} }} }}", role))["found"]
    assert found["nodes"] == [edge["node"] for edge in found["edges"]]
    short = await house.ask(f"{{ found: {name}(first: 3) {{ nodes {{ {one} }} }} }}", role)
    assert short["found"] == {"nodes": found["nodes"]}
    assert not left, "it is read by one statement"


async def test_the_nodes_of_a_page_cost_what_its_edges_cost(house: House) -> None:
    costs = []
    for way in ("nodes { id title }", "edges { node { id title } }"):
        answer = await house.post(f"{{ tickets(first: 40) {{ {way} }} }}", "dispatcher")
        costs.append(answer["extensions"]["cost"]["requested"])
    nodes, edges = costs
    assert edges > nodes > 2 * 40
