"""Promises and escalation: a category promises in working hours; time alone raises, at night; a new due time lowers."""

from typing import Any

import pytest

from sync.shapes import format_time
from tests.sync.hub import Hub
from tests.sync.world import G1, G3, LY, M1, T, community, named, when

PROMISED: dict[str, Any] = {
    "categories": [
        {"code": "parking", "name": named("parking"), "within": 7},
        {"code": "lamp", "name": named("lamp"), "within": 14},
        {"code": "other", "name": named("other")},
    ]
}
"""A working day of the example community is seven hours."""
ORDER: dict[str, Any] = {"grid": G1, "category": "parking", "title": "t"}


def village(**policies: Any) -> Hub:
    hub = Hub()
    hub.district("community.put", LY, "-1/07:00", **community("LY") | PROMISED, policies=policies)
    return hub


def opened(at: str = "08:30", **more: Any) -> Hub:
    hub = village()
    hub.desk("ticket.open", T, at, **ORDER | more)
    return hub


def due(hub: Hub) -> int | None:
    return hub.ticket(T).due_at


# The promise


def test_a_category_promises_in_working_hours_from_when_it_was_opened() -> None:
    assert due(opened("08:30")) == when("17:30")
    assert due(opened("4/15:30")) == when("7/15:30"), "a weekend lies between"
    assert due(opened(category="other")) is None


def test_what_somebody_says_holds_over_what_the_category_promises() -> None:
    hub = opened(due=format_time(when("3/12:00")))
    assert due(hub) == when("3/12:00")
    hub.desk("ticket.edit", T, "09:00", due=None)
    assert due(hub) == when("17:30")
    assert hub.memory.documents["ticket", T].body["due"] is None
    assert hub.memory.documents["ticket", T].body["dueAt"] == format_time(when("17:30"))


def test_another_category_promises_otherwise_counted_from_the_beginning() -> None:
    hub = opened()
    hub.desk("ticket.edit", T, "3/09:00", category="lamp")
    assert due(hub) == when("1/17:30")
    hub.desk("ticket.edit", T, "3/09:10", category="other")
    assert due(hub) is None


def test_what_was_promised_stays_though_the_community_promises_otherwise_now() -> None:
    hub = opened()
    hub.district("community.put", LY, "09:00", **community("LY"))
    hub.desk("ticket.edit", T, "09:10", title="u")
    assert due(hub) == when("17:30")


def test_a_ticket_that_goes_elsewhere_has_that_communitys_promise() -> None:
    hub = opened()
    hub.district("ticket.edit", T, "09:00", grid=G3)
    assert due(hub) is None


def test_reopening_promises_anew() -> None:
    hub = opened()
    hub.desk("ticket.finish", T, "10:00", member=M1)
    hub.desk("ticket.reopen", T, "2/08:30", reason="not done")
    assert due(hub) == when("2/17:30")


def test_a_word_that_was_over_when_it_was_reopened_promises_nothing_any_more() -> None:
    hub = opened(due=format_time(when("1/12:00")))
    hub.desk("ticket.finish", T, "10:00", member=M1)
    hub.desk("ticket.reopen", T, "11:00", reason="not done")
    assert due(hub) == when("1/12:00"), "it is still to come"
    hub.desk("ticket.finish", T, "12:00", member=M1)
    hub.desk("ticket.reopen", T, "2/08:30", reason="not done")
    assert due(hub) == when("2/17:30")


# Escalation


def test_time_raises_at_night_and_only_then() -> None:
    hub = opened()
    hub.night("17:29")
    assert hub.ticket(T).escalation == 0
    hub.desk("ticket.edit", T, "18:00", title="still waiting")
    assert hub.ticket(T).escalation == 0, "an online change raises nothing"
    rev = hub.ticket(T).rev
    hub.night("18:10")
    assert hub.ticket(T).escalation == 1
    assert hub.ticket(T).rev > rev
    assert hub.memory.documents["ticket", T].body["escalation"] == 1


def test_some_working_hours_later_it_is_the_districts_affair() -> None:
    hub = opened()
    hub.night("23:00")
    assert hub.ticket(T).next_at == when("3/10:30"), "16 working hours after the due time"
    hub.night("3/10:29")
    assert hub.ticket(T).escalation == 1
    hub.night("3/10:30")
    assert hub.ticket(T).escalation == 2
    assert hub.ticket(T).next_at is None
    assert "ticket" not in hub.night("9/23:00").written, "nothing more comes of it"


def test_a_community_says_after_how_long_and_may_change_its_mind() -> None:
    hub = village(escalateHours=7)
    hub.desk("ticket.open", T, "08:30", **ORDER)
    hub.night("1/17:29")
    assert hub.ticket(T).escalation == 1
    hub.night("1/17:30")
    assert hub.ticket(T).escalation == 2


def test_a_night_that_comes_late_raises_to_where_it_is() -> None:
    hub = opened()
    hub.night("9/23:00")
    assert hub.ticket(T).escalation == 2


def test_a_new_due_time_lowers_at_once() -> None:
    hub = opened()
    hub.night("9/23:00")
    hub.desk("ticket.edit", T, "9/23:30", due=format_time(when("9/23:10")))
    assert hub.ticket(T).escalation == 1
    hub.desk("ticket.edit", T, "9/23:40", due=format_time(when("10/12:00")))
    assert (hub.ticket(T).escalation, hub.ticket(T).next_at) == (0, when("10/12:00"))
    hub.night("10/12:00")
    assert hub.ticket(T).escalation == 1
    hub.desk("ticket.edit", T, "10/13:00", due=None, category="other")
    assert (hub.ticket(T).escalation, hub.ticket(T).next_at) == (0, None)


@pytest.mark.parametrize("night", [None, "17:40", "23:00"])
def test_a_done_ticket_keeps_what_it_had_come_to_when_it_was_done(night: str | None) -> None:
    """Whichever nights lay between: who did it in time, offline, did it in time."""
    hub = opened()
    a, b = hub.tablet("A"), hub.tablet("B")
    a.does("ticket.finish", T, "17:20", member=M1)
    b.does("ticket.note", T, "17:31", private={"text": "late"})
    b.push("17:35")
    if night is not None:
        hub.night(night)
    a.push("1/08:00")
    hub.night("1/23:00")
    assert (hub.ticket(T).escalation, hub.ticket(T).next_at) == (0, None)
    assert hub.ticket(T).state == "DONE"


def test_what_was_done_late_says_so_and_time_brings_no_more() -> None:
    hub = opened()
    hub.desk("ticket.finish", T, "18:00", member=M1)
    assert hub.ticket(T).escalation == 1
    assert "ticket" not in hub.night("9/23:00").written
    hub.desk("ticket.close", T, "10/09:00")
    assert hub.ticket(T).escalation == 1
    hub.desk("ticket.reopen", T, "10/10:00", reason="again")
    assert hub.ticket(T).escalation == 0


def test_a_cancelled_ticket_is_nobodys_affair_any_more() -> None:
    hub = opened()
    hub.desk("ticket.cancel", T, "09:00", reason="by mistake")
    assert "ticket" not in hub.night("9/23:00").written
    assert hub.ticket(T).escalation == 0


def test_an_order_without_a_promise_is_never_overdue() -> None:
    hub = opened(category="other")
    assert "ticket" not in hub.night("99/23:00").written


def test_a_due_time_at_the_end_of_time_is_a_due_time() -> None:
    hub = opened(due="9999-12-31T23:59:59.999Z")
    hub.night("9/23:00")
    assert hub.ticket(T).escalation == 0
