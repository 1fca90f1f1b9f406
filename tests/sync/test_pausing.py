"""Pauses: with a reason, to a known end or not; what is kept only grows, and moves the due time by the working time."""

from itertools import permutations

import pytest

from sync.shapes import format_time
from tests.sync.test_due import ORDER, due, opened, village
from tests.sync.world import M1, T, when


def test_a_pause_shows_with_its_reason_and_by_whom() -> None:
    hub = opened()
    a = hub.tablet("A")
    change = a.does("ticket.pause", T, "09:30", by=M1, reason="No parts until Friday.")
    a.push("10:00")
    hub.night("11:00")
    body = hub.memory.documents["ticket", T].body
    assert body["pause"] == {
        "change": change,
        "kind": "ticket.pause",
        "at": format_time(when("09:30")),
        "by": M1,
        "reason": "No parts until Friday.",
        "until": None,
    }
    assert body["pauses"] == [body["pause"]]
    hub.desk("ticket.resume", T, "12:00")
    body = hub.memory.documents["ticket", T].body
    assert body["pause"] is None
    assert [one["kind"] for one in body["pauses"]] == ["ticket.pause", "ticket.resume"]


def test_the_working_time_paused_moves_the_due_time() -> None:
    hub = opened()
    hub.desk("ticket.pause", T, "09:30", reason="rain")
    assert due(hub) == when("17:30"), "how far it moves is not known yet"
    hub.desk("ticket.resume", T, "15:00")
    assert due(hub) == when("1/12:00"), "three and a half working hours; the noon counts for nothing"


def test_a_paused_ticket_is_nobodys_affair_until_it_is_resumed() -> None:
    hub = opened()
    hub.night("23:00")
    assert hub.ticket(T).escalation == 1
    hub.desk("ticket.pause", T, "1/08:30", reason="rain")
    assert (hub.ticket(T).escalation, hub.ticket(T).next_at) == (0, None)
    assert "ticket" not in hub.night("9/23:00").written
    hub.desk("ticket.resume", T, "10/08:30")
    assert hub.ticket(T).escalation == 0
    hub.night("10/09:00")
    assert hub.ticket(T).escalation == 1


def test_a_pause_with_an_end_ends_by_itself() -> None:
    hub = opened()
    hub.desk("ticket.pause", T, "09:30", reason="rain", until=format_time(when("1/09:30")))
    assert due(hub) == when("1/17:30"), "a working day"
    assert "ticket" not in hub.night("23:00").written
    night = hub.night("1/10:00")
    assert "ticket" in night.written
    assert hub.ticket(T).paused is None
    assert hub.memory.documents["ticket", T].body["pause"] is None


def test_what_is_done_first_and_last_counts_whoever_uploads_first() -> None:
    """Two tablets pause, a third resumes; the nights fall in every order."""
    found = set()
    for order in permutations("ABC"):
        hub = opened()
        tablets = {name: hub.tablet(name) for name in "ABC"}
        tablets["A"].does("ticket.pause", T, "09:00", reason="rain")
        tablets["B"].does("ticket.resume", T, "10:00")
        tablets["C"].does("ticket.pause", T, "11:00", reason="no parts")
        for hour, name in enumerate(order, start=18):
            tablets[name].push(f"{hour}:00")
            hub.night(f"{hour}:30")
        hub.night("23:00")
        ticket = hub.ticket(T)
        assert ticket.paused is not None
        found.add((ticket.paused.reason, ticket.due_at, len(ticket.pauses)))
    assert found == {("no parts", when("1/09:30"), 3)}


@pytest.mark.parametrize("first", ["A", "B"])
def test_a_pause_before_the_work_was_done_counts_however_late_it_comes(first: str) -> None:
    hub = opened()
    a, b = hub.tablet("A"), hub.tablet("B")
    pause = a.does("ticket.pause", T, "09:00", reason="rain")
    b.does("ticket.finish", T, "1/08:30", member=M1)
    for day, tablet in enumerate((a, b) if first == "A" else (b, a), start=2):
        tablet.push(f"{day}/09:00")
        hub.night(f"{day}/23:00")
    ticket = hub.ticket(T)
    assert (ticket.state, ticket.paused, ticket.escalation) == ("DONE", None, 0)
    assert ticket.due_at == when("1/17:00"), "it was paused for six and a half hours"
    assert hub.code(pause) == ("APPLIED" if first == "A" else "KEPT_AS_NOTE")


def test_a_pause_of_an_earlier_round_does_not_pause_the_next() -> None:
    hub = opened()
    a = hub.tablet("A")
    late = a.does("ticket.pause", T, "09:00", reason="rain")
    hub.desk("ticket.finish", T, "10:00", member=M1)
    hub.desk("ticket.reopen", T, "11:00", reason="again")
    a.push("18:00")
    hub.night("18:30")
    assert hub.code(late) == "EARLIER_ROUND"
    assert hub.ticket(T).paused is None
    assert [note.kind for note in hub.ticket(T).notes] == ["ticket.reopen", "ticket.pause"][::-1]


def test_an_order_without_a_promise_is_paused_all_the_same() -> None:
    hub = village()
    hub.desk("ticket.open", T, "08:30", **ORDER | {"category": "other"})
    hub.desk("ticket.pause", T, "09:00", reason="rain")
    assert hub.ticket(T).paused is not None
    hub.desk("ticket.resume", T, "10:00")
    assert due(hub) is None


def test_a_pause_to_the_end_of_time_moves_no_further_than_the_horizon() -> None:
    hub = opened()
    hub.desk("ticket.pause", T, "09:00", reason="rain", until="9999-12-31T23:59:59.999Z")
    assert hub.memory.documents["ticket", T].body["pause"] is not None
    hub.desk("ticket.resume", T, "10:00")
    assert due(hub) == when("1/09:30")


def test_resuming_what_is_not_paused_is_told_so_and_kept() -> None:
    hub = opened()
    assert hub.code(hub.desk("ticket.resume", T, "09:00").change.id) == "NOT_PAUSED"
    assert len(hub.ticket(T).pauses) == 1
