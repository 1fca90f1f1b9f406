"""A member's own page at the door: the code, the page, the contact of a ticket that was taken, and a request."""

from typing import Any

import pytest

from tests.door.house import FAR_MEMBER, MEMBER, MEMBER_2, House

CONTACT = {"name": "老王", "telephone": "13800000000"}
TICKETS = "{ tickets { edges { node { title detail words contact { name telephone } takers { member { number } } } } } }"
CODE = "mutation ($member: ID!) { memberCode(member: $member) { code expiresAt } }"
OPEN = "mutation ($code: String!) { openPage(code: $code) { token member expiresAt } }"


@pytest.fixture(scope="module")
async def ticket(house: House) -> str:
    """A ticket that the member of the page has taken, and beside it one that nobody has."""
    ticket = await house.ticket(contact=CONTACT, detail="门牌在后")
    await house.ticket(contact=CONTACT)
    await house.do("ticket.claim", ticket, member=MEMBER)
    code = (await house.ask(CODE, "dispatcher", member=MEMBER))["memberCode"]
    page = (await house.ask(OPEN, None, code=code["code"]))["openPage"]
    assert page["member"] == MEMBER
    house.tokens["member"] = page["token"]
    return ticket


async def test_who_took_a_ticket_reads_its_contact_and_no_other(house: House, ticket: str) -> None:
    found = (await house.ask(TICKETS, "member"))["tickets"]["edges"]
    assert [edge["node"] for edge in found] == [
        {
            "title": "停车难",
            "detail": "门牌在后",
            "words": None,
            "contact": CONTACT,
            "takers": [{"member": {"number": "001"}}],
        }
    ]


async def test_a_member_sees_themselves_with_their_telephone_and_nobody_else(
    house: House, ticket: str
) -> None:
    found = await house.ask("{ members { edges { node { number phone } } } }", "member")
    assert [edge["node"] for edge in found["members"]["edges"]] == [{"number": "001", "phone": "5550001"}]


async def test_everything_kept_about_a_member_is_shown_on_their_page_alone(house: House, ticket: str) -> None:
    mine: dict[str, Any] = (await house.ask("{ mine }", "member"))["mine"]
    assert [one["number"] for one in mine["registrations"]] == ["001"]
    assert [one["ticket"] for one in mine["tickets"]] == [ticket]
    assert {one["member"] for one in mine["contactsRead"]} <= {MEMBER}
    for role in ("dispatcher", "admin", "unit", "reader", "tablet"):
        assert await house.code("{ mine }", role) == "FORBIDDEN"


async def test_a_request_for_correction_goes_to_the_desk_whose_answer_the_member_reads(
    house: House, ticket: str
) -> None:
    asked = await house.do("member.request", MEMBER, "member", reason="我的电话不对")
    assert asked["verdict"]["code"] == "ASKED"
    query = """{ conflicts(rule: "correction") { id rev state reason candidates { change value } } }"""
    (waiting,) = (await house.ask(query, "dispatcher"))["conflicts"]
    assert (waiting["state"], waiting["candidates"][0]["value"]) == ("REVIEW", {"reason": "我的电话不对"})
    assert (await house.ask(query, "far dispatcher"))["conflicts"] == []
    stands = waiting["candidates"][0]["change"]
    await house.do("conflict.rule", waiting["id"], saw=waiting["rev"], stands=stands, reason="已改")
    (answered,) = (await house.ask(query, "member"))["conflicts"]
    assert (answered["state"], answered["reason"]) == ("RULED", "已改")


async def test_a_member_may_ask_for_nobody_else_and_do_nothing_else(house: House, ticket: str) -> None:
    foreign = await house.do("member.request", MEMBER_2, "member", reason="r")
    assert foreign["__typename"] == "NotFound"
    cancel = 'mutation { ticketCancel(input: {id: "x", saw: 0, entity: "x", reason: "x"}) { __typename } }'
    assert await house.code(cancel, "member") == "FORBIDDEN"


async def test_a_code_is_the_desks_to_give_for_its_own_members(house: House, ticket: str) -> None:
    assert (await house.ask(CODE, "dispatcher", member=FAR_MEMBER))["memberCode"] is None
    for role in ("member", "unit", "reader", "tablet"):
        assert await house.code(CODE, role, member=MEMBER) == "FORBIDDEN"
    assert await house.code(OPEN, None, code="WRONG") == "CODE_INVALID"
