"""Tickets: opened once, moved through their life in rounds, noted and erased."""

import pytest

from sync.state import Erase
from tests.sync.hub import Hub, Tablet
from tests.sync.test_seats import ticket
from tests.sync.world import CG, G1, G2, G3, LY, M1, M2, U1, U2, S, T, ident, when


def finished(tablet: Tablet, at: str = "09:00", member: str = M1) -> str:
    return tablet.does("ticket.finish", T, at, member=member)


def test_the_same_id_is_opened_once() -> None:
    hub, _, b = ticket()
    again = b.does("ticket.open", T, "08:00", grid=G1, category="parking", title="other")
    b.push("18:00")
    hub.night()
    assert hub.code(again) == "OPENED_BEFORE"
    assert hub.ticket(T).title == "t"


def test_a_ticket_is_opened_in_a_grid_of_its_author() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    change = a.does("ticket.open", T, "08:00", grid=G2, category="parking", title="t")
    a.push("18:00")
    hub.night()
    assert hub.code(change) == "OUT_OF_SCOPE"
    assert "ticket" not in hub.memory.things


def test_cancelled_in_the_office_and_finished_in_the_village_is_done_and_in_review() -> None:
    """Line 7."""
    hub, a, _ = ticket()
    cancelled = hub.desk("ticket.cancel", T, "08:00", reason="not needed").change.id
    assert hub.ticket(T).closed == when("08:00")
    change = finished(a)
    a.push("18:00")
    hub.night()
    done = hub.ticket(T)
    assert (done.state, done.done, done.closed) == ("DONE", when("09:00"), None)
    assert (hub.code(change), hub.verdict(change).outcome) == ("DONE_AFTER_CANCEL", "REVIEW")
    assert hub.code(cancelled) == "DONE_ANYWAY"
    conflict = hub.conflict(T, "state", 1)
    assert (conflict.state, conflict.stands, conflict.before) == ("REVIEW", change, "CANCELLED")


def test_a_finish_in_the_inbox_makes_an_online_cancellation_join_the_night() -> None:
    """Line 9, the same for a finish and a cancellation."""
    hub, a, _ = ticket()
    finished(a)
    a.push("10:00")
    cancelled = hub.desk("ticket.cancel", T, "11:00", reason="not needed").change.id
    assert cancelled not in hub.memory.outcomes
    hub.night()
    assert hub.ticket(T).state == "DONE"
    assert hub.code(cancelled) == "KEPT_AS_NOTE"


def test_a_late_decline_moves_nothing_after_done() -> None:
    """Line 7."""
    hub, a, b = ticket()
    a.does("ticket.claim", T, "08:00", member=M1)
    a.push("08:10")
    hub.night("08:20")
    late = b.does("ticket.decline", T, "08:30", member=M1)
    a.pull("08:40")
    finished(a)
    a.push("18:00")
    hub.night("18:30")
    b.push("1/09:00")
    hub.night("1/23:00")
    assert (hub.ticket(T).state, hub.takers(T), hub.code(late)) == ("DONE", [M1], "MOVED_ON")


def test_a_finish_of_last_week_does_not_close_the_round_that_was_opened_since() -> None:
    """Line 7."""
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    finished(a)
    last_week = b.does("ticket.finish", T, "10:00", member=M2)
    b.serves(S, M2, "09:00", "10:00", ticket=T, at="10:01")
    a.push("18:00")
    hub.night()
    hub.desk("ticket.reopen", T, "1/09:00", reason="leaks again")
    b.push("7/18:00")
    hub.night("7/23:00")
    opened = hub.ticket(T)
    assert (opened.state, opened.round, opened.takers, opened.done) == ("OPEN", 2, [], None)
    assert hub.code(last_week) == "EARLIER_ROUND"
    assert [note.kind for note in opened.notes] == ["ticket.finish", "ticket.reopen"]
    assert hub.service(S).state == "COUNTED"
    assert hub.conflict(T, "state", 2).stands is not None


def test_a_new_round_begins_with_nothing_of_the_one_before() -> None:
    hub, _, _ = ticket()
    hub.desk("ticket.dispatch", T, "08:00", member=M1)
    hub.desk("ticket.claim", T, "08:10", member=M1)
    hub.desk("ticket.finish", T, "08:20", member=M1)
    hub.desk("ticket.close", T, "08:30", rating=4, private={"words": "well done"})
    hub.desk("ticket.reopen", T, "09:00", reason="leaks again")
    opened = hub.ticket(T)
    assert (opened.state, opened.round, opened.takers) == ("OPEN", 2, [])
    assert (opened.reserved, opened.rating, opened.words) == (None, None, None)
    assert (opened.done, opened.closed) == (None, None)


def test_work_done_twice_is_a_note() -> None:
    hub, a, b = ticket()
    first, second = finished(a, "09:00"), finished(b, "09:30", M2)
    a.push("18:00")
    b.push("18:01")
    hub.night()
    assert (hub.code(first), hub.code(second)) == ("APPLIED", "ALREADY_DONE")
    assert [note.id for note in hub.ticket(T).notes] == [second]


def test_a_cancellation_says_why_in_the_notes() -> None:
    hub, _, _ = ticket()
    hub.desk("ticket.cancel", T, "08:00", reason="moved away")
    (note,) = hub.ticket(T).notes
    assert (note.kind, note.reason, note.at) == ("ticket.cancel", "moved away", when("08:00"))


def test_a_closing_goes_to_review_where_nothing_is_done() -> None:
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    unaware = b.does("ticket.close", T, "09:00", rating=5)
    a.push("18:00")
    b.push("18:01")
    hub.night()
    assert (hub.code(unaware), hub.ticket(T).state) == ("NOT_DONE_YET", "IN_PROGRESS")
    assert hub.conflict(T, "state", 1).state == "REVIEW"


def test_a_closing_brings_rating_and_words() -> None:
    hub, a, _ = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    finished(a)
    a.does("ticket.close", T, "10:00", rating=4, private={"words": "thanks"})
    a.push("18:00")
    hub.night()
    closed = hub.ticket(T)
    assert (closed.state, closed.rating, closed.words, closed.closed) == (
        "CLOSED",
        4,
        "thanks",
        when("10:00"),
    )


def test_concurrent_dispatches_gather_in_one_conflict() -> None:
    hub, _, _ = ticket()
    before = hub.memory.rev
    first = hub.desk("ticket.dispatch", T, "08:00", member=M1).change.id
    again = hub.desk("ticket.dispatch", T, "08:05", saw=before, member=M1).change.id
    other = hub.desk("ticket.dispatch", T, "08:10", saw=before, unit=U2).change.id
    assert hub.ticket(T).reserved == {"unit": U2}
    conflict = hub.conflict(T, "reserved", 1)
    assert [candidate.value for candidate in conflict.candidates] == [{"member": M1}, {"unit": U2}]
    assert (conflict.stands, [c.change for c in conflict.candidates]) == (other, [again, other])
    assert hub.code(first) == "APPLIED"


@pytest.mark.parametrize(
    "data", [{"post": ident("post")}, {"unit": ident("no unit")}, {"member": ident("nobody")}]
)
def test_a_dispatch_to_what_does_not_exist_is_refused(data: dict[str, str]) -> None:
    hub, _, _ = ticket()
    assert hub.code(hub.desk("ticket.dispatch", T, "08:00", **data).change.id) == "NOT_FOUND"


def test_a_superseded_dispatch_names_no_member_in_its_conflict_when_it_names_a_unit() -> None:
    hub, a, _ = ticket()
    before = hub.memory.rev
    finished(a)
    a.push("10:00")
    hub.night("10:10")
    change = hub.desk("ticket.dispatch", T, "11:00", saw=before, unit=U1).change.id
    assert hub.code(change) == "MOVED_ON"
    assert hub.conflict(T, "state", 1).candidates[-1].member is None


# Notes and erasure


def test_notes_only_grow_and_stand_in_the_order_of_deeds() -> None:
    hub, a, b = ticket()
    late = a.does("ticket.note", T, "09:00", by=M1, private={"text": "rang"})
    early = b.does("ticket.note", T, "08:00", private={"text": "nobody there"})
    a.push("18:00")
    hub.night()
    b.push("1/09:00")
    hub.night("1/23:00")
    assert [(note.id, note.text) for note in hub.ticket(T).notes] == [(early, "nobody there"), (late, "rang")]


def test_what_is_redacted_is_gone_from_ticket_and_log() -> None:
    hub, a, b = ticket()
    a.does("ticket.edit", T, "08:00", private={"detail": "d", "contact": {"name": "n"}})
    a.does("ticket.note", T, "08:10", private={"text": "said her name"})
    a.push("08:30")
    hub.night("08:40")
    unaware = b.does("ticket.edit", T, "09:10", private={"detail": "once more"})
    noted = b.does("ticket.note", T, "09:20", private={"text": "said it again"})
    accepted = hub.office_change("ticket.redact", T, "09:00", fields=["notes", "detail", "contact", "detail"])
    settled = hub.settle([accepted], "09:00")
    assert settled.erased == [Erase(T, ("contact", "detail", "text"), until=accepted.order)]
    redacted = hub.ticket(T)
    assert (redacted.detail, redacted.contact, redacted.notes[0].text) == (None, None, None)
    b.push("18:00")
    settled = hub.night()
    assert (hub.code(unaware), hub.code(noted)) == ("REDACTED", "REDACTED")
    assert hub.ticket(T).detail is None
    assert [note.text for note in hub.ticket(T).notes] == [None, None]
    assert settled.erased == [
        Erase(T, ("detail",), change=unaware),
        Erase(T, ("text",), change=noted),
    ]


def test_an_edit_done_before_an_erasure_and_uploaded_after_it_is_erased_as_well() -> None:
    hub, _, b = ticket()
    early = b.does("ticket.edit", T, "08:00", title="new", private={"detail": "d"})
    hub.desk("ticket.redact", T, "09:00", fields=["detail"])
    b.push("18:00")
    hub.night()
    assert (hub.code(early), hub.ticket(T).detail, hub.ticket(T).title) == ("MERGED", None, "new")


def test_who_has_seen_the_erasure_may_write_anew() -> None:
    hub, a, _ = ticket()
    hub.desk("ticket.redact", T, "09:00", fields=["detail", "words"])
    a.pull("09:10")
    change = a.does("ticket.edit", T, "09:20", private={"detail": "gate code changed"})
    a.push("18:00")
    hub.night()
    assert (hub.code(change), hub.ticket(T).detail) == ("APPLIED", "gate code changed")


# Moving to another grid


def test_a_ticket_moved_to_another_grid_remembers_where_it_was() -> None:
    hub, a, _ = ticket()
    hub.desk("ticket.edit", T, "08:00", grid=G2)
    moved = hub.ticket(T)
    assert (moved.grid, [grid for grid, _ in moved.grids]) == (G2, [G1, G2])
    change = a.does("ticket.note", T, "09:00", private={"text": "done what I could"})
    a.push("18:00")
    hub.night()
    assert hub.code(change) == "APPLIED"


def test_a_ticket_goes_to_another_community_by_the_district_alone() -> None:
    hub, a, _ = ticket()
    refused = a.does("ticket.edit", T, "08:00", grid=G3)
    a.push("09:00")
    hub.night("09:10")
    assert hub.code(refused) == "OUT_OF_SCOPE"
    assert hub.code(hub.desk("ticket.edit", T, "09:20", grid=G3).change.id) == "OUT_OF_SCOPE"
    assert hub.ticket(T).community == LY
    hub.district("ticket.edit", T, "09:30", grid=G3)
    assert (hub.ticket(T).grid, hub.ticket(T).community) == (G3, CG)
