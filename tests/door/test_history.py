"""The history of each thing: change by change, with rule and outcome; and with author and tablet for those who may."""

from typing import Any

import pytest

from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    GRID,
    HOUR,
    MEMBER,
    MEMBER_2,
    UNIT,
    House,
)

STEPS = """history { totalCount edges { node { change kind at uncertaintyMs arrivedAt settlement office outcome code rule
    sentence(language: EN) device { name } seq by { number } data } } }"""
HIDDEN = ("uncertaintyMs", "sentence", "device", "seq", "by", "data")
PRIVATE = ("5550100", "门牌在后", "带上梯子", "谢谢")


@pytest.fixture(scope="module")
async def ticket(house: House) -> str:
    """Opened with what is private, claimed at the desk, and earlier on a tablet that came later."""
    ticket = await house.ticket(contact={"telephone": "5550100"}, detail="门牌在后")
    saw = await house.rev()
    await house.token("tablet")
    house.clock.go_on()
    early = house.change("ticket.claim", ticket, {"member": MEMBER}, saw=saw, by=MEMBER)
    note = house.change("ticket.note", ticket, {}, saw=saw, private={"salt": "5" * 32, "text": "带上梯子"})
    house.clock.go_on(HOUR)
    await house.do("ticket.claim", ticket, member=MEMBER_2, by=MEMBER_2)
    house.clock.go_on(HOUR)
    upload = {
        "protocol": 1,
        "from": 1,
        "oldest": 1,
        "runs": [{"run": 1, "offsetMs": 0, "uncertaintyMs": 5}],
        "changes": [early, note],
    }
    await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", "tablet", u=upload)
    assert len(await steps(house, ticket)) == 2, "what waits for the night is not decided"
    await house.hub.settle()
    house.clock.go_on(HOUR)
    await house.do("ticket.finish", ticket, member=MEMBER_2)
    await house.do("ticket.close", ticket, rating=5, words="谢谢")
    return ticket


async def steps(house: House, id: str, role: str = "dispatcher", given: str = "") -> list[dict[str, Any]]:
    query = STEPS.replace("history", f"history{given}")
    types = ("Ticket", "Member", "Unit", "Grid", "Community", "Service", "Post", "Conflict", "Device")
    each = " ".join(f"... on {type_} {{ {query} }}" for type_ in types)
    node = (await house.ask(f"query ($id: ID!) {{ node(id: $id) {{ {each} }} }}", role, id=id))["node"]
    return [edge["node"] for edge in node["history"]["edges"]]


async def test_a_ticket_tells_its_whole_course_in_the_order_of_the_deeds(house: House, ticket: str) -> None:
    told = await steps(house, ticket)
    assert [(one["kind"], one["outcome"], one["office"]) for one in told] == [
        ("ticket.open", "APPLIED", "DISPATCHER"),
        ("ticket.claim", "LOST", "LIAISON"),
        ("ticket.note", "APPLIED", "LIAISON"),
        ("ticket.claim", "APPLIED", "DISPATCHER"),
        ("ticket.finish", "APPLIED", "DISPATCHER"),
        ("ticket.close", "APPLIED", "DISPATCHER"),
    ]
    lost = told[1]
    assert (lost["rule"], lost["by"], lost["data"]) == ("first", {"number": "001"}, {"member": MEMBER})
    assert (lost["device"], lost["seq"], told[0]["device"]) == ({"name": "tablet"}, 1, None)
    assert "002" in lost["sentence"]
    assert lost["at"] < told[3]["at"] < lost["arrivedAt"]
    assert lost["settlement"] > told[3]["settlement"]


async def test_what_is_private_is_in_no_history(house: House, ticket: str) -> None:
    for role in ("tablet", "dispatcher", "admin", "reader"):
        told = str(await steps(house, ticket, role))
        assert not any(private in told for private in PRIVATE)


async def test_a_history_names_nobody_to_readers_and_gives_days(house: House, ticket: str) -> None:
    told = await steps(house, ticket, "reader")
    kinds = [one["kind"] for one in await steps(house, ticket)]
    assert sorted(one["kind"] for one in told) == sorted(kinds)
    # Within a day in the order in which it was decided: that tells no moment.
    assert [one["settlement"] for one in told] == sorted(one["settlement"] for one in told)
    for one in told:
        assert {name: one[name] for name in HIDDEN} == dict.fromkeys(HIDDEN)
        assert {one["at"], one["arrivedAt"]} == {"2026-11-22T16:00:00.000Z"}
    assert MEMBER not in str(told)


async def test_what_is_foreign_has_no_history(house: House, ticket: str) -> None:
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Ticket {{ {STEPS} }} }} }}"
    for id in (ticket, "nothing"):
        for role in ("other tablet", "far dispatcher", "unit"):
            assert await house.ask(query, role, id=id) == {"node": None}


async def test_a_history_can_be_narrowed_ordered_and_paged(house: House, ticket: str) -> None:
    kinds = [one["kind"] for one in await steps(house, ticket)]
    by_night = await steps(house, ticket, "admin", "(order: {field: SETTLEMENT, direction: DESC}, first: 3)")
    assert {one["kind"] for one in by_night[:2]} == {"ticket.close", "ticket.finish"}
    claims = await steps(house, ticket, "admin", '(filter: {kinds: ["ticket.claim"], outcomes: [LOST]})')
    assert [one["seq"] for one in claims] == [1]
    found, end = [], None
    while True:
        page = (
            await house.ask(
                """query ($id: ID!, $after: String) { node(id: $id) { ... on Ticket { history(first: 2, after: $after) {
                edges { node { kind } } pageInfo { hasNextPage endCursor } } } } }""",
                "reader",
                id=ticket,
                after=end,
            )
        )["node"]["history"]
        found += [edge["node"]["kind"] for edge in page["edges"]]
        end = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(found) == sorted(kinds)


@pytest.mark.parametrize("id", [MEMBER, UNIT, GRID, COMMUNITY])
async def test_every_thing_has_a_history_from_the_day_it_came(house: House, id: str) -> None:
    (first, *_) = await steps(house, id, "admin")
    assert (first["kind"].partition(".")[2], first["office"]) in {
        ("put", "DISTRICT"),
        ("register", "DISTRICT"),
    }


async def test_many_things_are_found_at_once_in_the_order_of_their_ids(house: House, ticket: str) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    ids = [FAR_GRID, ticket, "nothing", MEMBER, ticket]
    with house.statements() as statements:
        found = (await house.ask(query, "dispatcher", ids=ids))["nodes"]
    assert [one and (one["__typename"], one["id"]) for one in found] == [
        None,
        ("Ticket", ticket),
        None,
        ("Member", MEMBER),
        ("Ticket", ticket),
    ]
    many = [GRID, COMMUNITY, UNIT, MEMBER, MEMBER_2, ticket] * 16
    with house.statements() as more:
        assert len((await house.ask(query, "admin", ids=many))["nodes"]) == len(many)
    assert len(more) < len(statements) + 6
    assert await house.code(query, "admin", ids=["x"] * 101) == "LIMIT"
