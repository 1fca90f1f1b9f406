"""Due times at the door: what holds is shown, filtered, ordered and counted; a night says what is overdue."""

from typing import Any

import pytest

from sync.shapes import format_time
from tests.door.house import COMMUNITY, HOUR, MEMBER, MINUTE, House

TICKETS = """query ($filter: TicketFilter, $order: [TicketOrder!]) { tickets(filter: $filter, order: $order) {
    edges { node { id due dueAt escalation } } } }"""
ORDER = [{"field": "DUE"}]


@pytest.fixture(scope="module")
async def tickets(house: House) -> list[str]:
    """One overdue long since, one since this morning, one due tomorrow, one never; after a night."""
    dues = [house.clock.now() + hours * HOUR for hours in (-7 * 24, -1, 24)]
    found = [await house.ticket(due=format_time(due)) for due in dues] + [await house.ticket()]
    house.clock.go_on(MINUTE)
    await house.hub.settle()
    return found


async def asked(house: House, **variables: Any) -> list[dict[str, Any]]:
    found = (await house.ask(TICKETS, "dispatcher", **variables))["tickets"]["edges"]
    return [one["node"] for one in found]


async def test_tickets_are_had_by_how_far_they_are_overdue(house: House, tickets: list[str]) -> None:
    late = await asked(house, filter={"escalationAtLeast": 1}, order=ORDER)
    assert [(one["id"], one["escalation"]) for one in late] == [(tickets[0], 2), (tickets[1], 1)]
    assert [one["id"] for one in await asked(house, filter={"escalationAtLeast": 2})] == tickets[:1]


async def test_tickets_are_in_the_order_of_what_holds(house: House, tickets: list[str]) -> None:
    found = await asked(house, order=ORDER)
    assert [one["id"] for one in found] == [tickets[3], *tickets[:3]], "those without come first"
    assert all(one["dueAt"] == one["due"] for one in found)
    until = format_time(house.clock.now())
    assert {one["id"] for one in await asked(house, filter={"dueUntil": until})} == set(tickets[:2])


async def test_what_is_overdue_and_what_was_done_late_is_counted(house: House, tickets: list[str]) -> None:
    query = """query ($filter: StatisticsFilter) { statistics(filter: $filter) {
        figures { name value records { totalCount } } } }"""
    given = {"community": COMMUNITY}
    figures = (await house.ask(query, "admin", filter=given))["statistics"]["figures"]
    counts = {one["name"]: (one["value"], one["records"]["totalCount"]) for one in figures}
    assert (counts["overdue"], counts["deedsLate"]) == ((2, 2), (0, 0))
    await house.do("ticket.finish", tickets[1], member=MEMBER)
    figures = (await house.ask(query, "admin", filter=given))["statistics"]["figures"]
    counts = {one["name"]: (one["value"], one["records"]["totalCount"]) for one in figures}
    assert (counts["overdue"], counts["deedsLate"]) == ((1, 1), (1, 1))


async def test_a_community_says_its_calendar_and_its_promises(house: House) -> None:
    query = (
        """{ communities { code holidays workdays categories { code within } policies { escalateHours } } }"""
    )
    found = (await house.ask(query, "reader"))["communities"][1]
    assert (found["code"], found["holidays"], found["workdays"]) == ("LY", ["2026-12-31"], ["2027-01-02"])
    assert {one["code"]: one["within"] for one in found["categories"]} == {"parking": None, "legal": 21}
    assert found["policies"] == {"escalateHours": 16}


async def test_a_pause_shows_with_its_reason_to_those_who_work_and_a_resumption_ends_it(
    house: House, tickets: list[str]
) -> None:
    shown = """query ($paused: Boolean) { tickets(filter: { paused: $paused }) { edges { node { id escalation
        pause { kind reason until by { id } } pauses { kind } } } } }"""
    answer = await house.do("ticket.pause", tickets[0], reason="等配件", by=MEMBER)
    assert answer["verdict"]["code"] == "APPLIED"
    (one,) = [
        edge["node"] for edge in (await house.ask(shown, "dispatcher", paused=True))["tickets"]["edges"]
    ]
    pause = {"kind": "ticket.pause", "reason": "等配件", "until": None, "by": {"id": MEMBER}}
    assert (one["id"], one["pause"], one["escalation"]) == (tickets[0], pause, 0)
    read = (await house.ask(shown, "reader", paused=True))["tickets"]["edges"][0]["node"]["pause"]
    assert read == {"kind": "ticket.pause", "reason": None, "until": None, "by": None}
    assert len((await house.ask(shown, "dispatcher", paused=False))["tickets"]["edges"]) == 3
    resumed = await house.do("ticket.resume", tickets[0])
    assert resumed["verdict"]["code"] == "APPLIED"
    assert (await house.ask(shown, "dispatcher", paused=True))["tickets"]["edges"] == []
    nobody = await house.do("ticket.pause", house.ids.uuid7(), reason="x")
    assert nobody["__typename"] == "NotFound"
    ended = await house.ticket()
    await house.do("ticket.finish", ended, member=MEMBER)
    done = await house.do("ticket.pause", ended, reason="x")
    assert (done["__typename"], done["verdict"]["code"]) == ("Rejected", "NOT_POSSIBLE")
