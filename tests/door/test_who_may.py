"""Who may read what: by role, by row, by field; and that what is foreign looks like what is not there."""

from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.reading import READING
from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    FAR_MEMBER,
    FAR_UNIT,
    GRID,
    GRID_2,
    MEMBER,
    MEMBER_2,
    MEMBER_3,
    UNIT,
    UNIT_2,
    VILLAGE,
    House,
)
from tests.door.world import CONTACT, World, furnished

ROLES = ("tablet", "other tablet", "far tablet", "dispatcher", "far dispatcher", "unit", "admin", "reader")


@pytest.fixture(scope="module")
async def world(house: House) -> World:
    world = await furnished(house)
    for role in ROLES:
        await house.token(role)
    return world


CALLED = {"tablet": 1, "other tablet": 1, "dispatcher": 1, "unit": 1, "admin": 1, "reader": 1}
NODES: list[tuple[str, str, set[str]]] = [
    ("community", COMMUNITY, {"tablet", "other tablet", "dispatcher", "unit", "admin", "reader"}),
    ("village", VILLAGE, {"far tablet", "far dispatcher", "admin", "reader"}),
    ("grid", GRID, {"tablet", "other tablet", "dispatcher", "unit", "admin", "reader"}),
    ("far grid", FAR_GRID, {"far tablet", "far dispatcher", "admin", "reader"}),
    ("unit", UNIT, {"tablet", "other tablet", "dispatcher", "unit", "admin", "reader"}),
    ("other unit", UNIT_2, {"tablet", "other tablet", "dispatcher", "admin", "reader"}),
    ("far unit", FAR_UNIT, {"far tablet", "far dispatcher", "admin", "reader"}),
    ("member", MEMBER, {"tablet", "other tablet", "dispatcher", "unit", "admin", "reader"}),
    ("member of another unit", MEMBER_3, {"tablet", "other tablet", "dispatcher", "admin", "reader"}),
    ("far member", FAR_MEMBER, {"far tablet", "far dispatcher", "admin", "reader"}),
    ("ticket", "near", {"tablet", "dispatcher", "admin", "reader"}),
    ("far ticket", "far", {"far tablet", "far dispatcher", "admin", "reader"}),
    ("service", "service", {"tablet", "dispatcher", "unit", "admin", "reader"}),
    ("entry", "entry", {"tablet", "dispatcher", "unit", "admin", "reader"}),
    ("device", "device", {"tablet", "dispatcher", "admin"}),
    ("duty", "duty", {"tablet", "other tablet", "dispatcher", "unit", "admin", "reader"}),
    ("reward", "reward", {"tablet", "other tablet", "dispatcher", "unit", "admin", "reader"}),
    *(
        (thing, thing, {"tablet", "other tablet", "dispatcher", "admin", "reader"})
        for thing in ("post", "team", "activity")
    ),
    ("whistle", "whistle", {*CALLED}),
    ("evaluation", "evaluation", {"tablet", "other tablet", "dispatcher", "unit", "admin"}),
    ("adjustment", "adjustment", {"tablet", "dispatcher", "unit", "admin"}),
    ("recount", "recount", {"tablet", "other tablet", "dispatcher", "admin", "reader"}),
    (
        "expiry",
        "expiry",
        {"tablet", "other tablet", "far tablet", "dispatcher", "far dispatcher", "unit", "admin", "reader"},
    ),
]


@pytest.mark.parametrize(("what", "id", "may"), NODES, ids=[what for what, _, _ in NODES])
async def test_a_row_is_seen_by_those_it_belongs_to_and_is_nothing_to_others(
    house: House, world: World, what: str, id: str, may: set[str]
) -> None:
    seen = set()
    for role in ROLES:
        answer = await house.post(
            "query ($id: ID!) { node(id: $id) { id } }", role, id=getattr(world, id, id)
        )
        assert "errors" not in answer
        if answer["data"]["node"] is not None:
            seen.add(role)
    assert seen == may, what


SHARED = {
    "tablet": 1,
    "other tablet": 1,
    "far tablet": 0,
    "dispatcher": 1,
    "far dispatcher": 0,
    "unit": 0,
    "admin": 1,
    "reader": 1,
}
LISTS = {
    "tickets": {
        "tablet": 1,
        "other tablet": 0,
        "far tablet": 1,
        "dispatcher": 1,
        "far dispatcher": 1,
        "unit": 0,
        "admin": 2,
        "reader": 2,
    },
    "services": {
        "tablet": 1,
        "other tablet": 0,
        "far tablet": 1,
        "dispatcher": 1,
        "far dispatcher": 1,
        "unit": 1,
        "admin": 2,
        "reader": 2,
    },
    "members": {
        "tablet": 3,
        "other tablet": 3,
        "far tablet": 1,
        "dispatcher": 3,
        "far dispatcher": 1,
        "unit": 2,
        "admin": 4,
        "reader": 4,
    },
    "pointEntries": {
        "tablet": 3,
        "other tablet": 0,
        "far tablet": 1,
        "dispatcher": 3,
        "far dispatcher": 1,
        "unit": 3,
        "admin": 4,
        "reader": 4,
    },
    "adjustments": {
        "tablet": 1,
        "other tablet": 0,
        "far tablet": 0,
        "dispatcher": 1,
        "far dispatcher": 0,
        "unit": 1,
        "admin": 1,
        "reader": 0,
    },
    "redemptionsConnection": {
        "tablet": 1,
        "other tablet": 0,
        "far tablet": 0,
        "dispatcher": 1,
        "far dispatcher": 0,
        "unit": 1,
        "admin": 1,
        "reader": 0,
    },
    "posts": SHARED,
    "teams": SHARED,
    "whistles": {"far tablet": 0, "far dispatcher": 0, **CALLED},
    "activities": SHARED,
    "rewards": {
        "tablet": 1,
        "other tablet": 1,
        "far tablet": 0,
        "dispatcher": 1,
        "far dispatcher": 0,
        "unit": 1,
        "admin": 1,
        "reader": 1,
    },
    "evaluations": {
        "tablet": 1,
        "other tablet": 1,
        "far tablet": 0,
        "dispatcher": 1,
        "far dispatcher": 0,
        "unit": 1,
        "admin": 1,
        "reader": 0,
    },
    "duties": {
        "tablet": 1,
        "other tablet": 1,
        "far tablet": 0,
        "dispatcher": 1,
        "far dispatcher": 0,
        "unit": 1,
        "admin": 1,
        "reader": 1,
    },
    "grids": {
        "tablet": 2,
        "other tablet": 2,
        "far tablet": 1,
        "dispatcher": 2,
        "far dispatcher": 1,
        "unit": 2,
        "admin": 3,
        "reader": 3,
    },
}


@pytest.mark.parametrize("name", LISTS)
async def test_lists_and_their_counts_hold_what_the_caller_may_see(
    house: House, world: World, name: str
) -> None:
    for role, expected in LISTS[name].items():
        found = (await house.ask(f"{{ {name} {{ totalCount edges {{ node {{ id }} }} }} }}", role))[name]
        assert (found["totalCount"], len(found["edges"])) == (expected, expected), role


async def test_a_filter_by_what_is_foreign_finds_nothing(house: House, world: World) -> None:
    for given in ({"community": COMMUNITY}, {"grid": GRID}, {"taker": MEMBER}):
        found = await house.ask(
            "query ($filter: TicketFilter) { tickets(filter: $filter) { totalCount } }",
            "far dispatcher",
            filter=given,
        )
        assert found["tickets"]["totalCount"] == 0


async def test_a_relation_to_what_is_foreign_is_null(house: House, world: World) -> None:
    """The unit sees its member's service, and not the ticket, which is the community's."""
    found = await house.ask("{ services { edges { node { ticket { id } member { number } } } } }", "unit")
    assert found["services"]["edges"][0]["node"] == {"ticket": None, "member": {"number": "001"}}


EVALUATION = """query ($id: ID!) { node(id: $id) { ... on Evaluation { grade words state period closedAt
    member { id } by { id } community { evaluations { totalCount } } } } }"""


async def test_the_words_of_an_evaluation_are_for_the_desk_the_grid_the_unit_and_the_member(
    house: House, world: World
) -> None:
    for role, words in {
        "dispatcher": "常来",
        "admin": "常来",
        "unit": "常来",
        "tablet": "常来",
        "other tablet": None,
    }.items():
        found = (await house.ask(EVALUATION, role, id=world.evaluation))["node"]
        assert (found["grade"], found["words"], found["state"]) == ("QUALIFIED", words, "OPEN"), role
        assert (found["member"], found["closedAt"]) == ({"id": MEMBER}, None)
        assert found["community"]["evaluations"]["totalCount"] == 1
    assert (await house.ask(EVALUATION, "reader", id=world.evaluation))["node"] is None
    page = await house.hub.member_code(MEMBER)
    house.tokens["member"] = (await house.hub.open_page(page.code)).token
    mine = (await house.ask(EVALUATION, "member", id=world.evaluation))["node"]
    assert (mine["grade"], mine["words"]) == ("QUALIFIED", "常来")
    kept = (await house.ask("{ mine }", "member"))["mine"]["evaluations"]
    assert [(one["grade"], one["words"]) for one in kept] == [("QUALIFIED", "常来")]


async def test_nobody_is_sought_by_their_grade_while_ranking_is_off(house: House, world: World) -> None:
    query = "query ($filter: EvaluationFilter) { evaluations(filter: $filter) { totalCount } }"
    for role in ("dispatcher", "admin", "unit", "reader"):
        answer = await house.post(query, role, filter={"grades": ["QUALIFIED"]})
        assert answer["errors"][0]["extensions"]["code"] == "RANKING_OFF", role
    orders = '{ __type(name: "EvaluationOrderField") { enumValues { name } } }'
    names = [one["name"] for one in (await house.ask(orders, "dispatcher"))["__type"]["enumValues"]]
    assert names == ["PERIOD", "DECIDED_AT", "REV"], "and nobody is ordered by it at all"


TICKET_FIELDS = """title place openedAt detail words rating contact { name telephone doorstep } opener { number }
    notes { text by { number } at kind } takers { since member { number } }"""


async def seen_ticket(house: House, world: World, role: str) -> Any:
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Ticket {{ {TICKET_FIELDS} }} }} }}"
    return (await house.ask(query, role, id=world.near))["node"]


@pytest.mark.parametrize("role", ["tablet", "dispatcher"])
async def test_contact_and_words_are_for_the_grid_and_its_desk(house: House, world: World, role: str) -> None:
    ticket = await seen_ticket(house, world, role)
    assert ticket["contact"] == CONTACT
    assert (ticket["detail"], ticket["words"]) == ("门牌在后", "谢谢")
    assert ticket["notes"][0]["text"] == "带上梯子"
    assert ticket["notes"][0]["by"] == {"number": "001"}


async def test_the_district_reads_words_and_no_contact(house: House, world: World) -> None:
    ticket = await seen_ticket(house, world, "admin")
    assert ticket["contact"] is None
    assert ticket["detail"] == "门牌在后"


async def test_a_reader_gets_nothing_private_and_days_for_moments(house: House, world: World) -> None:
    ticket = await seen_ticket(house, world, "reader")
    assert (ticket["contact"], ticket["detail"], ticket["words"], ticket["opener"]) == (None,) * 4
    assert (ticket["notes"][0]["text"], ticket["notes"][0]["by"]) == (None, None)
    local_midnight = "2026-11-22T16:00:00.000Z"
    assert {ticket["openedAt"], ticket["notes"][0]["at"], ticket["takers"][0]["since"]} == {local_midnight}
    found = await house.ask(
        """{ services { edges { node { start end recordedAt summary place { lat } by { id } reason
             pointEntries { totalCount } } } }
            pointEntries { edges { node { at day member { id } source service { id } redemption { id } points } } }
            members { edges { node { registeredAt phone points pointEntries { totalCount } } } }
            settlements { at now report } conflicts { openedAt } }""",
        "reader",
    )
    for edge in found["services"]["edges"]:
        assert {edge["node"][name] for name in ("start", "end", "recordedAt")} == {local_midnight}
        assert {edge["node"][name] for name in ("summary", "place", "by", "pointEntries")} == {None}
    for edge in found["pointEntries"]["edges"]:
        assert edge["node"]["at"] == local_midnight
        assert {edge["node"][name] for name in ("member", "source", "service", "redemption")} == {None}
    for edge in found["members"]["edges"]:
        assert edge["node"]["registeredAt"] == local_midnight
        assert (edge["node"]["phone"], edge["node"]["pointEntries"]) == (None, None)
    for one in found["settlements"]:
        assert (one["at"], one["now"], one["report"]) == (local_midnight, local_midnight, None)


async def test_no_cursor_or_bound_tells_a_reader_more_than_the_day(house: House, world: World) -> None:
    query = """query ($from: DateTime) { tickets(filter: {openedFrom: $from}) { totalCount edges { cursor } }
        services(order: {field: START}) { edges { cursor } } }"""
    late = await house.ask(query, "reader", **{"from": "2026-11-23T15:59:59.999Z"})
    assert late["tickets"]["totalCount"] == 2
    assert (await house.ask(query, "admin", **{"from": "2026-11-23T15:59:59.999Z"}))["tickets"][
        "totalCount"
    ] == 0
    next_day = await house.ask(query, "reader", **{"from": "2026-11-23T16:00:00.000Z"})
    assert next_day["tickets"]["totalCount"] == 0
    import base64  # noqa: PLC0415 - only here does a test look into a cursor
    import json  # noqa: PLC0415

    for edge in late["tickets"]["edges"] + late["services"]["edges"]:
        day, _ = json.loads(base64.urlsafe_b64decode(edge["cursor"] + "=="))
        assert day == 20780


async def test_telephones_are_for_the_grids_tablet_the_desk_and_the_unit(house: House, world: World) -> None:
    query = "{ members(order: {field: NUMBER}) { edges { node { phone } } } }"
    phones = {
        role: [edge["node"]["phone"] for edge in (await house.ask(query, role))["members"]["edges"]]
        for role in ROLES
    }
    assert phones["tablet"] == ["5550001", "5550002", None]
    assert phones["other tablet"] == [None, None, "5550003"]
    assert phones["dispatcher"] == ["5550001", "5550002", "5550003"]
    assert phones["unit"] == ["5550001", "5550002"]
    assert phones["admin"][3] == "5550901"
    assert set(phones["reader"]) == {None}


async def test_check_in_places_are_for_the_grid_and_its_desk(house: House, world: World) -> None:
    query = "query ($id: ID!) { node(id: $id) { ... on Service { place { lat lon } summary } } }"
    for role in ("tablet", "dispatcher", "unit", "admin", "reader"):
        place = (await house.ask(query, role, id=world.service))["node"]["place"]
        assert (place is not None) is (role in {"tablet", "dispatcher"}), role


async def test_each_reading_of_a_contact_is_logged_and_no_other(house: House, world: World) -> None:
    async def logged() -> list[Any]:
        async with house.hub.read() as connection:
            rows = await connection.execute(select(READING.c.ticket, READING.c.token, READING.c.device))
            return list(rows)

    before = len(await logged())
    await house.ask("{ tickets { edges { node { title } } } }", "dispatcher")
    for role in ("admin", "reader", "unit", "far dispatcher"):
        await house.ask(
            "query ($grid: ID) { tickets(filter: {grid: $grid}) { edges { node { contact { name } } } } }",
            role,
            grid=GRID,
        )
    assert len(await logged()) == before
    twice = "{ a: tickets { edges { node { contact { name } } } } b: tickets { edges { node { contact { name } } } } }"
    for role in ("dispatcher", "tablet"):
        house.clock.go_on(1000)
        await house.ask(twice, role)
    (desk, tablet) = (await logged())[before:]
    assert desk.ticket == tablet.ticket == world.near
    assert (desk.device, tablet.device) == (None, world.device)
    assert desk.token != tablet.token
    query = """query ($ticket: ID, $community: ID, $limit: Int!) {
        readings(ticket: $ticket, community: $community, limit: $limit) {
            ticket { id } device { id } token key member { id } community { code } at } }"""
    told = (await house.ask(query, "admin", ticket=world.near, limit=2))["readings"]
    assert [one["device"] for one in told] == [{"id": world.device}, None]
    assert {one["ticket"]["id"] for one in told} == {world.near}
    assert [(one["token"], one["key"]) for one in told] == [(tablet.token, None), (desk.token, None)]
    for other in ({"ticket": world.far}, {"community": VILLAGE}):
        assert (await house.ask(query, "admin", limit=9, **other))["readings"] == []


ORDER_BY_POINTS = """query ($filter: MemberFilter) {
    members(filter: $filter, order: {field: POINTS, direction: DESC}) { edges { node { number } } } }"""


async def test_nobody_is_ranked_where_ranking_is_off(house: House, world: World) -> None:
    for role in ("admin", "dispatcher", "reader", "tablet", "unit"):
        assert await house.code(ORDER_BY_POINTS, role) == "RANKING_OFF"
        assert await house.code(ORDER_BY_POINTS, role, filter={"community": COMMUNITY}) == "RANKING_OFF"
    nested = "{ grids { edges { node { members(order: {field: POINTS}) { totalCount } } } } }"
    assert (await house.post(nested, "admin"))["errors"][0]["extensions"]["code"] == "RANKING_OFF"


async def test_where_a_community_has_switched_ranking_on_it_may_be_asked_for(
    house: House, world: World
) -> None:
    for role in ("admin", "far dispatcher", "reader"):
        found = await house.ask(ORDER_BY_POINTS, role, filter={"community": VILLAGE})
        assert found["members"]["edges"][0]["node"]["number"] == "901"
    points = "query ($filter: MemberFilter) { members(filter: $filter) { edges { node { points } } } }"
    shown = await house.ask(points, "reader", filter={"community": VILLAGE})
    assert shown["members"]["edges"][0]["node"]["points"] == 3
    hidden = await house.ask(points, "reader", filter={"community": COMMUNITY})
    assert {edge["node"]["points"] for edge in hidden["members"]["edges"]} == {None}


FORBIDDEN = [
    ("{ verdicts { id } }", {"unit", "reader"}),
    ("{ devices { id } }", {"unit", "reader"}),
    ("{ readings { id } }", {*ROLES} - {"admin"}),
    ('{ pointEntries(filter: {member: "x"}) { totalCount } }', {"reader"}),
    ('{ pointEntries(filter: {source: "x"}) { totalCount } }', {"reader"}),
    ("{ pull(next: 1) { more } }", {"dispatcher", "far dispatcher", "unit", "admin", "reader"}),
    ("mutation { renew { epoch } }", {"dispatcher", "far dispatcher", "unit", "admin", "reader"}),
    (
        'mutation { ticketCancel(input: {id: "x", saw: 0, entity: "x", reason: "x"}) { __typename } }',
        {"tablet", "other tablet", "far tablet", "unit", "reader"},
    ),
    (
        "mutation { push(upload: {protocol: 1, from: 1, oldest: 1, runs: [], changes: []}) { epoch } }",
        {"dispatcher", "far dispatcher", "unit", "admin", "reader"},
    ),
]


@pytest.mark.parametrize(("query", "who"), FORBIDDEN)
async def test_what_a_role_may_not_call_is_refused(
    house: House, world: World, query: str, who: set[str]
) -> None:
    refused = set()
    for role in ROLES:
        errors = (await house.post(query, role)).get("errors", [])
        if any(error["extensions"]["code"] == "FORBIDDEN" for error in errors):
            refused.add(role)
    assert refused == who


WITH_TOKEN_ONLY = [
    "{ tickets { totalCount } }",
    "{ communities { code } }",
    '{ node(id: "x") { id } }',
    "{ settlements { number } }",
    "{ pull(next: 1) { more } }",
    "mutation { renew { device } }",
    "mutation { push(upload: {protocol: 1, from: 1, oldest: 1, runs: [], changes: []}) { epoch } }",
    'mutation { ticketCancel(input: {id: "x", saw: 0, entity: "x", reason: "x"}) { __typename } }',
]


@pytest.mark.parametrize("query", WITH_TOKEN_ONLY)
async def test_without_a_good_token_only_what_is_open_answers(house: House, query: str) -> None:
    assert await house.code(query, None) == "UNAUTHENTICATED"
    for header in ("Bearer nonsense", "Bearer ", "Basic abc", "Bearer \xe9", "nonsense"):
        answer = await house.http.post(
            "/graphql", json={"query": query}, headers=[(b"Authorization", header.encode("latin-1"))]
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_tablet_sees_its_own_verdicts_only(house: House, world: World) -> None:
    upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [], "changes": []}
    upload["changes"] = [house.change("ticket.edit", world.near, {"title": "改"})]
    await house.ask(
        "mutation ($u: UploadInput!) { push(upload: $u) { receivedThrough } }", "tablet", u=upload
    )
    await house.hub.settle()
    query = "{ verdicts { id device { name } kind } }"
    (own,) = (await house.ask(query, "tablet"))["verdicts"]
    assert own == {"id": f"{world.device}:1", "device": {"name": "tablet"}, "kind": "ticket.edit"}
    assert (await house.ask(query, "other tablet"))["verdicts"] == []
    one = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await house.ask(one, "tablet", id=own["id"]))["node"] == {"id": own["id"]}
    assert (await house.ask(one, "other tablet", id=own["id"]))["node"] is None
    assert (await house.ask(one, "far dispatcher", id=own["id"]))["node"] is None
    assert own["id"] in {v["id"] for v in (await house.ask(query, "dispatcher"))["verdicts"]}


async def test_conflicts_name_no_person_to_a_reader(house: House, world: World) -> None:
    ticket = await house.ticket(grid=GRID)
    saw = await house.rev()
    for role, seq, member in (("tablet", 2, MEMBER), ("second tablet", 1, MEMBER_2)):
        house.clock.go_on()
        claim = house.change("ticket.claim", ticket, {"member": member}, saw=saw)
        upload = {"protocol": 1, "from": seq, "oldest": seq, "runs": [], "changes": [claim]}
        await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", role, u=upload)
    await house.hub.settle()
    query = """query ($id: ID!) { conflicts(entity: $id) { rule kind thing field state closeCall stands before
        subject { __typename } grid { code } community { code } openedAt reason ruling
        candidates { change kind office at uncertaintyMs device { name } seq by { id } member { number } value } } }"""
    (full,) = (await house.ask(query, "dispatcher", id=ticket))["conflicts"]
    assert (full["rule"], full["thing"], full["subject"]) == ("first", "ticket", {"__typename": "Ticket"})
    assert [one["member"]["number"] for one in full["candidates"]] == ["001", "002"]
    assert full["candidates"][0]["device"] == {"name": "tablet"}
    (bare,) = (await house.ask(query, "reader", id=ticket))["conflicts"]
    for candidate in bare["candidates"]:
        hidden = ("device", "seq", "by", "member", "value", "uncertaintyMs")
        assert {candidate[name] for name in hidden} == {None}
    assert (await house.ask(query, "other tablet", id=ticket))["conflicts"] == []
    assert (await house.ask(query, "unit", id=ticket))["conflicts"] == []
    assert GRID_2 not in str(full)
