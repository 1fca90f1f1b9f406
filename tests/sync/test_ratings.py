"""Ratings: one per taker and round, given at closing; a ruling may take them back and give them again."""

from typing import Any

import pytest

from sync.ratings import rating_of
from sync.things import Rating
from tests.sync.hub import Hub, Tablet
from tests.sync.invariants import check
from tests.sync.test_seats import ticket
from tests.sync.world import DAY, M1, M2, OFFSET, T, when


def closed(rating: int | None, round_number: int = 1) -> tuple[Hub, Tablet]:
    hub, a, _ = ticket(seats=2)
    for turn in range(round_number):
        for member in (M1, M2):
            a.does("ticket.start", T, f"{turn}/08:00", member=member)
        a.does("ticket.finish", T, f"{turn}/09:00", member=M1)
        given: dict[str, Any] = {} if rating is None else {"rating": rating}
        a.does("ticket.close", T, f"{turn}/10:00", **given)
        a.push(f"{turn}/18:00")
        hub.night(f"{turn}/23:00")
        a.pull(f"{turn}/23:10")
        if turn + 1 < round_number:
            hub.desk("ticket.reopen", T, f"{turn}/23:20", reason="leaks again")
            a.pull(f"{turn}/23:30")
    check(hub)
    return hub, a


def found(hub: Hub, member: str, round_number: int = 1) -> Rating:
    rating = hub.memory.things["rating"][rating_of(T, round_number, member)]
    assert isinstance(rating, Rating)
    return rating


def test_each_taker_has_a_rating_on_the_local_day_of_the_closing() -> None:
    hub, _ = closed(5)
    for member in (M1, M2):
        rating = found(hub, member)
        assert (rating.stars, rating.category, rating.round) == (5, "parking", 1)
        assert rating.day == (when("10:00") + OFFSET) // DAY
        assert hub.member(member).points == 3


def test_a_closing_without_a_rating_gives_none() -> None:
    hub, _ = closed(None)
    assert "rating" not in hub.memory.things


def test_each_round_is_rated_by_itself() -> None:
    hub, _ = closed(4, round_number=2)
    assert (found(hub, M1, 1).stars, found(hub, M1, 2).stars) == (4, 4)
    assert hub.member(M1).points == 6


def test_a_rating_taken_back_has_no_stars_and_is_kept() -> None:
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    late = b.does("ticket.close", T, "09:00", rating=5)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    conflict = hub.conflict(T, "state", 1)
    hub.desk("conflict.rule", conflict.id, "1/08:00", stands=late, reason="it was done")
    assert (found(hub, M1).stars, hub.member(M1).points) == (5, 3)
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=None, reason="it was not")
    assert (found(hub, M1).stars, hub.member(M1).points, hub.ticket(T).rating) == (0, 0, None)


# The resident's own, by a code on paper


def rates(
    hub: Hub, at: str, rating: int, round_number: int = 1, words: str | None = None, **more: Any
) -> str:
    """What the resident enters; the hub writes it down at once."""
    private = None if words is None else {"words": words}
    given = {"rating": rating, "round": round_number, "private": private, **more}
    return hub.district("ticket.rate", T, at, **given).change.id


def rated(state: str, times: int = 1) -> tuple[Hub, list[str]]:
    """A ticket of M1 in a state, and what the resident enters then: five stars, then one less each time."""
    hub, a, _ = ticket()
    steps = {"ACCEPTED": ["claim"], "DONE": ["claim", "finish"], "CANCELLED": ["cancel"]}[state]
    for number, step in enumerate(steps):
        data: dict[str, Any] = {"reason": "gone"} if step == "cancel" else {"member": M1}
        a.does(f"ticket.{step}", T, f"08:{number:02d}", **data)
    a.push("08:30")
    hub.night("08:40")
    return hub, [rates(hub, f"09:{n:02d}", 5 - n) for n in range(times)]


def written_down_and_rated(close: str | None = None, rate: str | None = None) -> tuple[Hub, str, str]:
    """M1's ticket is closed with five stars; the resident gives one."""
    hub, a, _ = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    a.does("ticket.finish", T, "08:10", member=M1)
    closing = a.does(
        "ticket.close", T, "08:20", private=None if close is None else {"words": close}, rating=5
    )
    a.push("08:30")
    hub.night("08:40")
    return hub, closing, rates(hub, "09:00", 1, words=rate)


def test_a_resident_rates_what_is_done_and_the_points_follow_without_a_closing() -> None:
    hub, (told,) = rated("DONE")
    assert (hub.code(told), hub.ticket(T).state, hub.ticket(T).rating) == ("APPLIED", "DONE", 5)
    assert (found(hub, M1).stars, hub.member(M1).points) == (5, 3)
    assert found(hub, M1).day == (when("09:00") + OFFSET) // DAY
    hub.desk("ticket.close", T, "10:00")
    assert (hub.ticket(T).rating, hub.member(M1).points) == (5, 3)
    check(hub)


def test_the_residents_own_stands_over_what_was_written_down_at_the_closing() -> None:
    hub, closing, told = written_down_and_rated("fine", "late")
    assert (hub.ticket(T).rating, hub.ticket(T).words, hub.member(M1).points) == (1, "late", 0)
    assert hub.code(told) == "APPLIED"
    verdict = hub.verdict(closing)
    assert (str(verdict.outcome), verdict.code, verdict.rule) == ("MERGED", "RATED_BY_RESIDENT", "resident")
    assert verdict.stands == {"rating": 1, "change": told}
    conflict = hub.conflict(T, "rating", 1)
    assert (conflict.rule, conflict.state, conflict.stands) == ("resident", "SETTLED", told)
    assert [one.value for one in conflict.candidates] == [5, 1]
    check(hub)


def test_a_closing_that_comes_after_it_closes_and_its_rating_does_not_stand() -> None:
    """Also where the tablet had closed it before, unheard of."""
    hub, a, _ = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    a.does("ticket.finish", T, "08:10", member=M1)
    told = a.does("ticket.close", T, "08:20", private={"words": "fine"}, rating=5)
    early = rates(hub, "09:00", 1)
    assert (hub.code(early), hub.ticket(T).state, hub.ticket(T).rating) == ("APPLIED", "OPEN", 1)
    assert "rating" not in hub.memory.things, "nobody is known to have done anything"
    a.push("18:00")
    hub.night()
    assert (hub.ticket(T).state, hub.ticket(T).rating, hub.ticket(T).words) == ("CLOSED", 1, None)
    assert (hub.code(told), found(hub, M1).stars, hub.member(M1).points) == ("RATED_BY_RESIDENT", 1, 0)
    same = hub.desk("ticket.reopen", T, "1/08:00", reason="again").change.id
    assert hub.code(same) == "APPLIED"
    assert (hub.ticket(T).rating, "rating" in hub.ticket(T).versions) == (None, False)
    check(hub)


def test_a_closing_that_says_the_same_is_as_it_was() -> None:
    hub, _ = rated("DONE")
    told = hub.desk("ticket.close", T, "10:00", rating=5).change.id
    assert (hub.code(told), hub.conflicts()) == ("APPLIED", [])


def test_the_first_of_the_residents_own_stands() -> None:
    hub, (first, second) = rated("DONE", 2)
    assert (hub.code(first), hub.code(second)) == ("APPLIED", "RATED_BEFORE")
    assert (hub.ticket(T).rating, hub.member(M1).points) == (5, 3)


def test_a_rating_of_an_earlier_round_is_kept_as_a_note_and_one_of_none_is_refused() -> None:
    hub, _ = rated("DONE")
    hub.desk("ticket.reopen", T, "10:00", reason="leaks again")
    earlier, ahead = rates(hub, "11:00", 1), rates(hub, "11:10", 1, 3)
    assert (hub.code(earlier), hub.code(ahead)) == ("EARLIER_ROUND", "NOT_POSSIBLE")
    assert [note.kind for note in hub.ticket(T).notes] == ["ticket.reopen", "ticket.rate"]
    assert (hub.ticket(T).rating, found(hub, M1).stars, hub.member(M1).points) == (None, 5, 3)
    cancelled, (told,) = rated("CANCELLED")
    assert cancelled.code(told) == "NOT_POSSIBLE"


def test_nobody_but_the_page_of_the_code_and_the_district_rates_so() -> None:
    hub, a, _ = ticket()
    told = [a.does("ticket.rate", T, "08:00", rating=5, round=1)]
    a.push("08:10")
    hub.night("08:20")
    told.append(hub.desk("ticket.rate", T, "09:00", rating=5, round=1).change.id)
    assert [hub.code(one) for one in told] == ["FORBIDDEN"] * 2


def test_words_that_were_erased_unseen_do_not_come_back() -> None:
    hub, _ = rated("ACCEPTED")
    hub, _, _ = ticket()
    hub.desk("ticket.redact", T, "08:00", fields=["words"])
    told = rates(hub, "09:00", 4, words="Mrs Li", saw=0)
    assert (hub.code(told), hub.ticket(T).rating, hub.ticket(T).words) == ("APPLIED", 4, None)


def test_the_residents_own_stands_also_over_a_closing_that_a_person_ruled_to_stand() -> None:
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    late = b.does("ticket.close", T, "09:00", rating=5)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    hub.desk("conflict.rule", hub.conflict(T, "state", 1).id, "1/08:00", stands=late, reason="it was done")
    told = rates(hub, "1/09:00", 2)
    assert (hub.code(told), hub.ticket(T).rating, hub.member(M1).points) == ("APPLIED", 2, 0)
    assert hub.code(late) == "RULED_FOR"
    assert hub.conflict(T, "rating", 1).stands == told


def test_a_ruling_on_the_state_leaves_what_the_resident_gave() -> None:
    """Closed after all, or only done: their own counts as long as the work is done."""
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    late = b.does("ticket.close", T, "09:00", rating=5)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    rates(hub, "1/07:00", 4)
    conflict = hub.conflict(T, "state", 1)
    hub.desk("conflict.rule", conflict.id, "1/08:00", stands=late, reason="it was done")
    assert (found(hub, M1).stars, hub.member(M1).points, hub.ticket(T).rating) == (4, 3, 4)
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=None, reason="it was not")
    assert (found(hub, M1).stars, hub.member(M1).points, hub.ticket(T).rating) == (0, 0, 4)
    check(hub)


@pytest.mark.parametrize("by_resident", [False, True])
def test_a_ruling_on_a_seat_after_the_closing_gives_the_rating_to_whoever_sat(by_resident: bool) -> None:
    hub, a, b = ticket()
    lost = a.does("ticket.claim", T, "09:10", member=M1)
    won = b.does("ticket.claim", T, "08:50", member=M2)
    for name, at in (("start", "09:00"), ("finish", "10:00")):
        b.does(f"ticket.{name}", T, at, member=M2)
    if not by_resident:
        b.does("ticket.close", T, "11:00", rating=5)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    if by_resident:
        rates(hub, "1/07:00", 5)
    before = found(hub, M2)
    assert (hub.takers(T), before.stars, hub.member(M2).points) == ([M2], 5, 3)
    conflict = hub.conflict(T, "takers", 1)
    hub.desk("conflict.rule", conflict.id, "3/08:00", stands=lost, reason="M1 did the work")
    assert hub.takers(T) == [M1]
    assert [(found(hub, member).stars, hub.member(member).points) for member in (M1, M2)] == [(5, 3), (0, 0)]
    assert found(hub, M1).day == before.day
    hub.desk("conflict.rule", conflict.id, "3/09:00", stands=won, reason="M2 did after all")
    assert [(found(hub, member).stars, hub.member(member).points) for member in (M1, M2)] == [(0, 0), (5, 3)]
    check(hub)


def test_a_ruling_on_a_rating_of_an_earlier_round_leaves_the_present_one_alone() -> None:
    hub, closing, _ = written_down_and_rated("fine", "late")
    hub.desk("ticket.reopen", T, "10:00", reason="it came back")
    conflict = hub.conflict(T, "rating", 1)
    ruled = hub.desk("conflict.rule", conflict.id, "1/08:00", stands=closing, reason="heard both")
    assert hub.code(ruled.change.id) == "APPLIED"
    assert (hub.ticket(T).rating, hub.ticket(T).state, hub.ticket(T).round) == (None, "OPEN", 2)
    check(hub)
