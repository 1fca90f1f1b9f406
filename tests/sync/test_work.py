"""The workbench: conflicts gather, copies are edited, people are read as their root."""

from sync.kinds.kind import Office
from sync.settle import decide
from sync.state import State
from sync.things import Candidate, Conflict, Ticket
from sync.work import Work, conflict_of, derived_id
from tests.sync.hub import Hub
from tests.sync.test_seats import ticket
from tests.sync.world import LY, M1, M2, T, ident, when


def bench(hub: Hub, *batch: str) -> Work:
    accepted = [hub.office_change("ticket.claim", T, "09:00", member=member) for member in batch]
    return Work(hub.memory.gathered(accepted), accepted, when("23:00"), decide)


def test_derived_ids_follow_from_what_they_are_made_of() -> None:
    assert derived_id("a", 1) == derived_id("a", "1")
    assert derived_id("a", 1) != derived_id("a", 2)
    assert conflict_of(T, "state", 1) != conflict_of(T, "state", 2)


def test_a_thing_is_copied_once_before_it_is_changed() -> None:
    hub, _, _ = ticket()
    work = bench(hub, M1)
    found = work.get(Ticket, T)
    assert found is not None
    edited = work.edit(found)
    edited.title = "new"
    assert found.title == "t"
    assert work.get(Ticket, T) is edited
    assert work.edit(edited) is edited


def candidate(change: str, deed: int) -> Candidate:
    return Candidate(change, "a", 1, "ticket.edit", None, Office.LIAISON, deed, 0)


def gather(work: Work, standing: list[Candidate], coming: Candidate, **more: bool) -> Conflict:
    return work.conflict(
        rule="latest",
        thing="ticket",
        entity=T,
        field_name="title",
        community=LY,
        grid=None,
        standing=standing,
        coming=coming,
        stands=coming.change,
        **more,
    )


def test_one_conflict_gathers_all_candidates_once_in_the_order_of_deeds() -> None:
    hub, _, _ = ticket()
    work = bench(hub, M1)
    first = gather(work, [candidate("b", 2)], candidate("c", 3))
    again = gather(work, [candidate("b", 2)], candidate("a", 1))
    assert again is first
    assert [one.change for one in again.candidates] == ["a", "b", "c"]
    assert (again.state, again.stands, again.opened) == ("SETTLED", "a", 3)


def test_a_close_call_stays_one_and_a_review_stays_until_it_is_ruled() -> None:
    hub, _, _ = ticket()
    work = bench(hub, M1)
    conflict = gather(work, [], candidate("a", 1), close_call=True)
    assert (conflict.close_call, conflict.state) == (True, "REVIEW")
    gather(work, [], candidate("b", 2))
    assert (conflict.close_call, conflict.state) == (True, "REVIEW")
    conflict.state = "RULED"
    gather(work, [], candidate("c", 3))
    assert conflict.state == "REVIEW"


def test_reviewing_a_conflict_that_is_not_there_says_so() -> None:
    hub, _, _ = ticket()
    work = bench(hub, M1)
    assert not work.review_conflict(T, "title")
    gather(work, [], candidate("a", 1))
    assert work.review_conflict(T, "title")


def test_names_and_times_in_sentences_are_what_people_know() -> None:
    hub, _, _ = ticket()
    hub.desk("member.merge", M2, "08:00", into=M1)
    work = bench(hub, M2)
    assert work.name_of(M2) == "member 1"
    assert work.local_time(when("09:10"), LY) == "2026-11-23 09:10"
    assert work.local_time(when("09:10"), "") == "2026-11-23 01:10"
    assert [member.id for member in work.kin(M1)] == [M1, M2]


def test_what_was_told_last_is_of_this_settlement_or_of_before() -> None:
    hub, a, _ = ticket()
    opened = str(a.changes[0]["id"])
    work = Work(State(outcomes=dict(hub.memory.outcomes)), [], 0, decide)
    told = work.last_told(opened)
    assert told is not None
    assert told.code == "APPLIED"
    assert work.last_told(ident("unheard of")) is None
