"""Ordered service at the door: suggestions with their reasons in both languages, a plan, hints, and for whom they are."""

from typing import Any

import pytest

from tests.door.house import COMMUNITY, FAR_MEMBER, MEMBER, MEMBER_2, MEMBER_3, UNIT, House

SUGGEST = """query ($ticket: ID!) { suggestDispatch(ticket: $ticket, limit: 20) { fit member { id } unit { id } post { id }
    reasons { code points zh: sentence en: sentence(language: EN) } } }"""
PLAN = """query ($community: ID!) { planDispatch(community: $community) { ticket { id } saw
    suggestion { fit member { id } reasons { code } } } }"""
COMMUNITY_SAYS = """query ($id: ID!) { node(id: $id) { ... on Community {
    categories { code name needs within } skills { code name } units { code resources } } } }"""
HINTS = (
    "query ($ticket: ID!) { duplicateHints(ticket: $ticket) { ticket { id } percent samePlace daysApart } }"
)


@pytest.fixture(scope="module")
async def tickets(house: House) -> tuple[str, str]:
    return await house.ticket(place="小区东门"), await house.ticket(place="小区 东门", title="门口堵")


async def test_suggestions_say_why_in_both_languages(house: House, tickets: tuple[str, str]) -> None:
    found: list[dict[str, Any]] = (await house.ask(SUGGEST, "dispatcher", ticket=tickets[0]))[
        "suggestDispatch"
    ]
    first = found[0]
    assert first["unit"] is None
    assert first["fit"] == sum(reason["points"] for reason in first["reasons"])
    assert [one["fit"] for one in found] == sorted((one["fit"] for one in found), reverse=True)
    said = {reason["code"]: (reason["zh"], reason["en"]) for reason in first["reasons"]}
    assert said["GRID"] == ("就在本网格", "reports to this grid")
    assert said["RESTED"] == ("近30天没有服务过", "has not served in the last 30 days")
    assert {one["unit"]["id"] for one in found if one["unit"]} >= {UNIT}
    assert MEMBER in {one["member"]["id"] for one in found if one["member"]}


async def test_a_post_that_is_for_a_ticket_is_suggested_by_its_name(house: House) -> None:
    post, ticket = house.ids.uuid7(), await house.ticket(category="legal")
    name = {"zh": "法律岗", "en": "Legal desk"}
    whole = {"code": "law", "name": name, "community": COMMUNITY, "seats": 1, "from": "2026-01-01"}
    found = await house.ask(COMMUNITY_SAYS, "admin", id=COMMUNITY)
    needs = {one["code"]: one["needs"] for one in found["node"]["categories"]}
    assert needs["legal"] == ["law"], "the service list says what is needed"
    assert [unit["resources"] for unit in found["node"]["units"]] == [["会议室"], []]
    await house.do("post.put", post, **whole, skills=["law"])
    await house.do("post.take", post, member=MEMBER)
    suggested = (await house.ask(SUGGEST, "dispatcher", ticket=ticket))["suggestDispatch"]
    (one,) = [one for one in suggested if one["post"]]
    assert one["post"] == {"id": post}
    said = {reason["code"]: (reason["zh"], reason["en"]) for reason in one["reasons"]}
    assert said["FOR_IT"] == ("此岗正是为法律而设", "the post is for what is needed: Law")
    assert said["HELD"] == ("1名任岗人有空", "1 of its holders are free")
    mine = next(one for one in suggested if one["member"] and one["member"]["id"] == MEMBER)
    told = {reason["code"]: (reason["zh"], reason["en"]) for reason in mine["reasons"]}
    assert told["POST"] == ("任“法律岗”，正对此事", "holds the post “Legal desk”, which is for this")
    await house.do("ticket.cancel", ticket, reason="试")


async def test_a_plan_names_the_rev_on_which_it_is_taken_up(house: House, tickets: tuple[str, str]) -> None:
    plan = (await house.ask(PLAN, "dispatcher", community=COMMUNITY))["planDispatch"]
    assert {one["ticket"]["id"] for one in plan} == set(tickets)
    one = plan[0]
    given = {"saw": one["saw"], "to": {"member": one["suggestion"]["member"]["id"]}}
    done = await house.do("ticket.dispatch", one["ticket"]["id"], **given)
    assert done["verdict"]["code"] == "APPLIED"


RESERVED = """query ($id: ID!) { node(id: $id) { ... on Ticket { state reserved { member { id } unit { id } post
    several { member { id } unit { id } post } } } } }"""
ALSO = """query ($community: ID!) { planDispatch(community: $community) { saw step ticket { id }
    suggestion { member { id } } also { member { id } } } }"""


async def test_an_order_for_two_is_dispatched_to_both_at_once(house: House, tickets: tuple[str, str]) -> None:
    ticket = await house.ticket(title="搬柜子", seats=2)
    plan = (await house.ask(ALSO, "dispatcher", community=COMMUNITY))["planDispatch"]
    first, second = [one for one in plan if one["ticket"]["id"] == ticket]
    assert (first["step"], second["step"], second["also"]) == ("ticketDispatch", "ticketClaim", [])
    assert first["also"] == [second["suggestion"]]
    who, too = first["suggestion"]["member"]["id"], second["suggestion"]["member"]["id"]
    given = {"several": [{"member": who}, {"member": too}]}
    done = await house.do("ticket.dispatch", ticket, to=given)
    assert done["verdict"]["code"] == "APPLIED"
    empty = {"member": None, "unit": None, "post": None}
    for role in ("dispatcher", "reader"):
        found = (await house.ask(RESERVED, role, id=ticket))["node"]
        assert found["state"] == "DISPATCHED"
        assert found["reserved"]["several"] == [{**empty, "member": {"id": one}} for one in (who, too)]
    others = {MEMBER, MEMBER_2, MEMBER_3} - {who, too}
    kept = await house.do("ticket.claim", ticket, member=others.pop())
    assert (kept["__typename"], kept["verdict"]["code"]) == ("Rejected", "RESERVED")
    for member in (too, who):
        assert (await house.do("ticket.claim", ticket, member=member))["verdict"]["code"] == "APPLIED"
    await house.do("ticket.cancel", ticket, reason="试")


async def test_who_of_several_is_not_there_is_named_by_the_place(house: House) -> None:
    ticket = await house.ticket(seats=2)
    nobody = await house.do(
        "ticket.dispatch", ticket, to={"several": [{"unit": UNIT}, {"member": FAR_MEMBER}]}
    )
    assert (nobody["__typename"], nobody["path"]) == ("NotFound", "input.to.several[1].member")
    alone = await house.do("ticket.dispatch", ticket, to={"several": [{"unit": UNIT}]})
    assert (alone["__typename"], alone["path"]) == ("InvalidInput", "input.to.several")
    still = (await house.ask(RESERVED, "dispatcher", id=ticket))["node"]
    assert still == {"state": "OPEN", "reserved": None}
    await house.do("ticket.dispatch", ticket, to={"unit": UNIT})
    found = (await house.ask(RESERVED, "dispatcher", id=ticket))["node"]["reserved"]
    assert (found["unit"], found["several"]) == ({"id": UNIT}, [])
    await house.do("ticket.cancel", ticket, reason="试")


async def test_the_same_order_twice_is_hinted_at(house: House, tickets: tuple[str, str]) -> None:
    (hint,) = (await house.ask(HINTS, "dispatcher", ticket=tickets[0]))["duplicateHints"]
    assert hint == {"ticket": {"id": tickets[1]}, "percent": 100, "samePlace": True, "daysApart": 0}


async def test_only_the_desk_of_the_community_asks(house: House, tickets: tuple[str, str]) -> None:
    asked = (
        (SUGGEST, {"ticket": tickets[0]}),
        (PLAN, {"community": COMMUNITY}),
        (HINTS, {"ticket": tickets[0]}),
    )
    for query, given in asked:
        (answer,) = (await house.ask(query, "far dispatcher", **given)).values()
        assert answer is None
        for role in ("tablet", "unit", "reader"):
            assert await house.code(query, role, **given) == "FORBIDDEN"
