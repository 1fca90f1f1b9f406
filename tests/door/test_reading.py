"""What can be asked: things by id, from every side, in pages, under filters, in orders."""

from typing import Any

import pytest

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
    VILLAGE,
    House,
)


@pytest.fixture(scope="module")
async def tickets(house: House) -> list[str]:
    """Six tickets, a minute apart: the third urgent, the fourth claimed and done, the last in LY-2."""
    opened = []
    for number in range(6):
        opened.append(
            await house.ticket(
                title=f"定单 {number}",
                grid=GRID_2 if number == 5 else GRID,
                priority="URGENT" if number == 2 else "NORMAL",
                category="legal" if number == 4 else "parking",
            )
        )
        house.clock.go_on()
    await house.do("ticket.claim", opened[3], member=MEMBER)
    await house.do("ticket.edit", opened[1], addTags=["夜间", 'a "quoted" tag'])
    house.clock.go_on(HOUR)
    await house.service(MEMBER, ticket=opened[3], summary="办好了", place={"lat": 30267, "lon": 120153})
    await house.do("ticket.finish", opened[3], member=MEMBER)
    return opened


def nodes(connection: dict[str, Any]) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]


async def test_a_ticket_is_seen_from_every_side(house: House, tickets: list[str]) -> None:
    found = await house.ask(
        """query ($id: ID!) { node(id: $id) { __typename id ... on Ticket {
            title state round category tags openedAt doneAt closedAt seats priority
            grid { code community { code } } community { code }
            takers { since change member { number unit { code name(language: EN) } grid { code } } }
            services { totalCount edges { node { state start end onDuty category summary place { lat lon }
              member { number } ticket { id } pointEntries { totalCount } } } } } } }""",
        "dispatcher",
        id=tickets[3],
    )
    ticket = found["node"]
    assert ticket["__typename"] == "Ticket"
    assert (ticket["state"], ticket["title"]) == ("DONE", "定单 3")
    assert ticket["grid"] == {"code": "LY-1", "community": {"code": "LY"}}
    assert ticket["takers"][0]["member"]["unit"] == {"code": "U1", "name": "Bureau One"}
    (service,) = nodes(ticket["services"])
    assert service["member"]["number"] == "001"
    assert service["place"] == {"lat": 30267, "lon": 120153}
    assert service["ticket"]["id"] == tickets[3]


async def test_the_way_back_leads_from_grid_and_member_to_the_ticket(
    house: House, tickets: list[str]
) -> None:
    found = await house.ask(
        """query ($grid: ID!, $member: ID!) {
            grid: node(id: $grid) { ... on Grid { tickets(filter: {states: [DONE]}) { edges { node { id } } } } }
            member: node(id: $member) { ... on Member { tickets { edges { node { id } } }
              services { totalCount } pointEntries { totalCount edges { node { points rule { code }
                service { ticket { id } } member { number } day } } } points } } }""",
        grid=GRID,
        member=MEMBER,
    )
    assert nodes(found["grid"]["tickets"]) == [{"id": tickets[3]}]
    assert nodes(found["member"]["tickets"]) == [{"id": tickets[3]}]
    assert found["member"]["services"]["totalCount"] == 1
    assert found["member"]["points"] == 3
    (entry,) = nodes(found["member"]["pointEntries"])
    assert entry["service"]["ticket"]["id"] == tickets[3]
    assert (entry["points"], entry["rule"]["code"], entry["day"]) == (3, "once", "2026-11-23")


async def test_pages_follow_one_another_forwards_and_backwards(house: House, tickets: list[str]) -> None:
    query = """query ($first: Int, $after: String, $last: Int, $before: String, $community: ID) {
        tickets(first: $first, after: $after, last: $last, before: $before,
                filter: {community: $community}, order: {field: OPENED_AT}) {
          totalCount edges { cursor node { id } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    seen, after = [], None
    while True:
        page = (await house.ask(query, community=COMMUNITY, first=4, after=after))["tickets"]
        assert page["totalCount"] == 6
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        seen += [node["id"] for node in nodes(page)]
        after = page["pageInfo"]["endCursor"]
        assert after == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == tickets
    last = (await house.ask(query, community=COMMUNITY, last=2))["tickets"]
    assert [node["id"] for node in nodes(last)] == tickets[4:]
    assert last["pageInfo"]["hasPreviousPage"] is True
    before = (await house.ask(query, community=COMMUNITY, last=3, before=last["pageInfo"]["startCursor"]))[
        "tickets"
    ]
    assert [node["id"] for node in nodes(before)] == tickets[1:4]
    assert before["pageInfo"]["hasNextPage"] is True
    nothing = (await house.ask(query, community=COMMUNITY, first=0))["tickets"]
    assert (nothing["edges"], nothing["pageInfo"]["hasNextPage"]) == ([], True)


async def test_a_page_stays_right_while_rows_come(house: House, tickets: list[str]) -> None:
    query = """query ($grid: ID, $after: String) { tickets(first: 2, after: $after, filter: {grid: $grid},
        order: [{field: OPENED_AT, direction: DESC}]) { edges { node { id } } pageInfo { endCursor } } }"""
    first = (await house.ask(query, grid=GRID))["tickets"]
    newest = await house.ticket()
    second = (await house.ask(query, grid=GRID, after=first["pageInfo"]["endCursor"]))["tickets"]
    assert [one["id"] for one in nodes(first) + nodes(second)] == [tickets[i] for i in (4, 3, 2, 1)]
    await house.do("ticket.edit", newest, grid=GRID_2, category="legal", priority="LOW")
    await house.do("ticket.cancel", newest, reason="重复")


FILTERS = [
    ({"grid": GRID, "states": ["OPEN"]}, [0, 1, 2, 4]),
    ({"grid": GRID, "states": ["OPEN", "DONE"]}, [0, 1, 2, 3, 4]),
    ({"priorities": ["URGENT"]}, [2]),
    ({"grid": GRID, "categories": ["legal"]}, [4]),
    ({"taker": MEMBER}, [3]),
    ({"taker": MEMBER_2}, []),
    ({"tag": "夜间"}, [1]),
    ({"tag": "日间"}, []),
    ({"tag": '"'}, []),
    ({"grid": GRID, "openedFrom": "2026-11-23T01:33:00.000Z"}, [2, 3, 4]),
    ({"grid": GRID, "openedUntil": "2026-11-23T01:33:00.000Z"}, [0, 1]),
    ({"grid": GRID, "doneFrom": "2026-11-23T01:33:00.000Z"}, [3]),
    ({"grid": FAR_GRID}, []),
    ({"community": VILLAGE}, []),
    ({"community": None, "priorities": ["URGENT"]}, [2]),
    ({"states": [], "grid": GRID}, []),
]


@pytest.mark.parametrize(("given", "expected"), FILTERS)
async def test_a_filter_keeps_what_it_says(
    house: House, tickets: list[str], given: dict[str, Any], expected: list[int]
) -> None:
    query = """query ($filter: TicketFilter) { tickets(filter: $filter, order: {field: OPENED_AT}) {
        totalCount edges { node { id } } } }"""
    found = (await house.ask(query, filter=given))["tickets"]
    assert [node["id"] for node in nodes(found)] == [tickets[index] for index in expected]
    assert found["totalCount"] == len(expected)


ORDERS = [
    ([{"field": "PRIORITY", "direction": "DESC"}, {"field": "OPENED_AT"}], [2, 0, 1, 3, 4]),
    ([{"field": "STATE"}, {"field": "OPENED_AT", "direction": "DESC"}], [4, 2, 1, 0, 3]),
    ([{"field": "CATEGORY"}, {"field": "OPENED_AT"}], [4, 0, 1, 2, 3]),
    ([{"field": "DUE"}, {"field": "OPENED_AT"}], [0, 1, 2, 3, 4]),
    ({"field": "OPENED_AT", "direction": "DESC"}, [4, 3, 2, 1, 0]),
]


@pytest.mark.parametrize(("order", "expected"), ORDERS)
async def test_orders_hold_over_several_fields_and_pages(
    house: House, tickets: list[str], order: Any, expected: list[int]
) -> None:
    query = """query ($grid: ID, $order: [TicketOrder!], $after: String) {
        tickets(first: 2, after: $after, filter: {grid: $grid}, order: $order) {
          edges { node { id } } pageInfo { endCursor hasNextPage } } }"""
    seen, after, more = [], None, True
    while more:
        page = (await house.ask(query, grid=GRID, order=order, after=after))["tickets"]
        seen += [node["id"] for node in nodes(page)]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == [tickets[index] for index in expected]


async def test_nested_lists_are_cut_for_each_parent(house: House, tickets: list[str]) -> None:
    found = await house.ask(
        """{ communities { code grids { totalCount edges { node { code
            members(first: 1, order: {field: NUMBER, direction: DESC}) { totalCount
              pageInfo { hasNextPage } edges { node { number } } } } } } } }"""
    )
    by_code = {one["code"]: one["grids"] for one in found["communities"]}
    assert (by_code["LY"]["totalCount"], by_code["CG"]["totalCount"]) == (2, 1)
    one, two = nodes(by_code["LY"])
    assert one["members"] == {
        "totalCount": 2,
        "pageInfo": {"hasNextPage": True},
        "edges": [{"node": {"number": "002"}}],
    }
    assert nodes(two["members"]) == [{"number": "003"}]


async def test_members_are_found_by_unit_number_and_skill(house: House) -> None:
    query = """query ($filter: MemberFilter) { members(filter: $filter) { edges { node { number name skills
        standing phone community { code } aliasOf { id } aliases { id } registeredAt } } } }"""
    by_skill = nodes((await house.ask(query, filter={"skill": "first-aid"}))["members"])
    assert [one["number"] for one in by_skill] == ["001"]
    by_number = nodes((await house.ask(query, filter={"unit": UNIT, "number": "002"}))["members"])
    assert by_number[0]["skills"] == ["law"]
    everybody = nodes((await house.ask(query))["members"])
    assert [one["number"] for one in everybody] == ["001", "002", "003", "901"]


async def test_an_alias_is_read_as_the_member(house: House) -> None:
    alias = house.ids.uuid7()
    await house.do("member.register", alias, unit=UNIT, number="002", name="党员 002")
    await house.service(alias)
    query = """query ($id: ID!) { node(id: $id) { ... on Member { id aliasOf { id } aliases { id } points
        services { totalCount edges { node { member { id } } } } pointEntries { totalCount } } }
        members { totalCount } all: members(filter: {withAliases: true}) { totalCount }
        theirs: services(filter: {member: $id}) { totalCount } }"""
    found = await house.ask(query, id=MEMBER_2)
    assert found["node"]["aliases"] == [{"id": alias}]
    assert nodes(found["node"]["services"]) == [{"member": {"id": MEMBER_2}}]
    assert (found["node"]["points"], found["node"]["pointEntries"]["totalCount"]) == (3, 1)
    assert (found["members"]["totalCount"], found["all"]["totalCount"]) == (4, 5)
    assert found["theirs"]["totalCount"] == 1
    of_alias = await house.ask(query, id=alias)
    assert of_alias["node"]["aliasOf"] == {"id": MEMBER_2}
    assert of_alias["node"]["services"]["totalCount"] == 1


async def test_the_plain_lists_answer(house: House, tickets: list[str]) -> None:
    await house.token("tablet")
    found = await house.ask(
        """{ units { code resources community { code } members { totalCount } }
            communities { code kind name utcOffset workingHours { days from until } policies { rankIndividuals
              contactDays } categories { code name(language: EN) icon } skills { code name } units { code }
              pointRules { code } services { totalCount } tickets { totalCount } pointEntries { totalCount }
              members { totalCount } }
            pointRules { code name per points from until community { code } dailyCap hours categories atLeast rev }
            settlements(limit: 2) { number kind now at version firstRev lastRev digest previous
              counts { outcome count } report }
            devices { id name appVersion community { code } grids { code } enrolledAt lastPushAt lastPullAt
              receivedThrough renews { id } clonedAt revokedAt rev }
            verdicts(limit: 3) { id change seq device { id } kind entity outcome code rule sentence stands }
            conflicts { id } now }"""
    )
    assert [one["code"] for one in found["units"]] == ["U1", "U2", "U9"]
    assert found["communities"][1]["categories"][1] == {"code": "legal", "name": "Legal aid", "icon": "law"}
    assert found["communities"][1]["workingHours"][0]["from"] == "08:30"
    assert [one["code"] for one in found["pointRules"]] == ["once", "rated"]
    assert found["pointRules"][1]["atLeast"] == 4
    first, second = found["settlements"]
    assert first["number"] == second["number"] + 1
    assert first["previous"] == second["digest"]
    (device,) = found["devices"]
    assert (device["name"], device["grids"]) == ("tablet", [{"code": "LY-1"}])
    assert len(found["verdicts"]) == 3


async def test_lists_are_narrowed_by_their_arguments(house: House, tickets: list[str]) -> None:
    found = await house.ask(
        """query ($community: ID!, $entity: ID!) { units(community: $community) { code }
            pointRules(community: $community) { code }
            settlements(kinds: [IMPORT]) { number } verdicts(entity: $entity, outcomes: [APPLIED]) { kind }
            conflicts(states: [REVIEW], rule: "first", community: $community, entity: $entity) { id } }""",
        community=COMMUNITY,
        entity=tickets[3],
    )
    assert [one["code"] for one in found["units"]] == ["U1", "U2"]
    assert [one["code"] for one in found["pointRules"]] == ["rated"]
    assert found["settlements"] == [{"number": 1}]
    assert [one["kind"] for one in found["verdicts"]] == ["ticket.finish", "ticket.claim", "ticket.open"]
    assert found["conflicts"] == []


async def test_node_finds_whatever_has_an_id(house: House, tickets: list[str]) -> None:
    query = "query ($id: ID!) { node(id: $id) { __typename id } }"
    await house.token("tablet")
    known = await house.ask(
        """{ pointRules { id } pointEntries { edges { node { id } } } verdicts(limit: 1) { id } devices { id }
            services { edges { node { id } } } }"""
    )
    ids = {
        "Community": COMMUNITY,
        "Grid": GRID,
        "Unit": UNIT,
        "Member": MEMBER_3,
        "Ticket": tickets[0],
        "PointRule": known["pointRules"][0]["id"],
        "PointEntry": known["pointEntries"]["edges"][0]["node"]["id"],
        "Service": known["services"]["edges"][0]["node"]["id"],
        "Verdict": known["verdicts"][0]["id"],
        "Device": known["devices"][0]["id"],
    }
    for name, id in ids.items():
        assert (await house.ask(query, id=id))["node"] == {"__typename": name, "id": id}
    for nothing in ("", "x", ":", "a:b", f"{MEMBER}:1", house.ids.uuid7(), "x:" + "9" * 30):
        assert (await house.ask(query, id=nothing))["node"] is None


BAD_PAGES = [
    ("first: -1", "BAD_USER_INPUT"),
    ("first: 1, last: 1", "BAD_USER_INPUT"),
    ("first: 201", "LIMIT"),
    ('first: 1, after: "?"', "BAD_CURSOR"),
    ('first: 1, after: "WzFd"', "BAD_CURSOR"),
    ('first: 1, after: "W10"', "BAD_CURSOR"),
    ('first: 1, after: "WyJhIiwiYiJd"', "BAD_CURSOR"),
    ('last: 1, before: "e30"', "BAD_CURSOR"),
    ('first: 1, after: "WzExNTI5MjE1MDQ2MDY4NDY5NzYsIngiXQ"', "BAD_CURSOR"),
]


@pytest.mark.parametrize(("page", "code"), BAD_PAGES)
async def test_a_page_that_makes_no_sense_is_refused_with_a_code(house: House, page: str, code: str) -> None:
    assert await house.code(f"{{ tickets({page}) {{ edges {{ cursor }} }} }}") == code


@pytest.mark.parametrize("by", ["STATE", "PRIORITY", "REV", "OPENED_AT"])
async def test_a_cursor_of_another_list_is_no_failure_of_ours(house: House, by: str) -> None:
    """A moment where a small number is ordered by: PostgreSQL would not compare them."""
    after = "WzE3OTU1MTYyNjAwMDAsIngiXQ"
    query = """query ($after: String, $order: [TicketOrder!]) {
        tickets(after: $after, order: $order) { pageInfo { hasPreviousPage } } }"""
    found = await house.ask(query, after=after, order=[{"field": by}])
    assert found["tickets"]["pageInfo"] == {"hasPreviousPage": True}


async def test_rules_and_now_need_no_token(house: House) -> None:
    found = await house.ask(
        "{ now rules(language: EN) { thing field rule sentence reason private by transitions { kind state to seen unseen } } }",
        None,
    )
    assert found["now"] == "2026-11-23T" + found["now"][11:]
    (life,) = [one for one in found["rules"] if (one["thing"], one["field"]) == ("ticket", "state")]
    claims = [one for one in life["transitions"] if one["kind"] == "ticket.claim" and one["state"] == "OPEN"]
    assert claims[0]["to"] == "ACCEPTED"
    zh = await house.ask("{ rules { sentence } }", None)
    assert zh["rules"][0]["sentence"] != found["rules"][0]["sentence"]


async def test_far_members_are_members_too(house: House) -> None:
    found = await house.ask(
        "query ($id: ID!) { node(id: $id) { ... on Member { number grid { code } } } }", id=FAR_MEMBER
    )
    assert found["node"] == {"number": "901", "grid": {"code": "CG-1"}}
