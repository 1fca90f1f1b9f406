"""Seats: who did it first has it, whoever found a network first; what is confirmed is never displaced."""

import pytest

from sync.kinds.kind import Office
from tests.sync.hub import Hub, Tablet
from tests.sync.world import G1, LY, M1, M2, M3, M6, U2, S, T, ident


def ticket(seats: int = 1) -> tuple[Hub, Tablet, Tablet]:
    """An open ticket that two tablets hold."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    a.does("ticket.open", T, "07:00", grid=G1, category="parking", title="t", seats=seats)
    a.sync("07:10")
    hub.night("07:20")
    a.pull("07:30")
    b.pull("07:30")
    return hub, a, b


def test_a_claim_made_earlier_wins_even_if_uploaded_later() -> None:
    """Line 1."""
    hub, a, b = ticket()
    lost = a.does("ticket.claim", T, "09:10", member=M1)
    service = a.serves(S, M1, "09:15", "10:15", ticket=T)
    won = b.does("ticket.claim", T, "08:50", member=M2)
    a.push("18:00")
    b.push("19:00")
    hub.night()
    assert hub.takers(T) == [M2]
    assert hub.code(won) == "APPLIED"
    verdict = hub.verdict(lost)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("LOST", "SEAT_TAKEN", "first")
    assert verdict.sentence["en"].startswith("member 2 took it at 2026-11-23 08:50")
    assert verdict.stands == {"member": M2, "since": "2026-11-23T00:50:00.000Z", "change": won}
    assert hub.code(service) == "APPLIED"
    assert hub.service(S).state == "COUNTED"
    assert hub.member(M1).points == 2
    (conflict,) = hub.conflicts()
    assert (conflict.rule, conflict.field, conflict.state, conflict.stands) == (
        "first",
        "takers",
        "SETTLED",
        won,
    )
    assert [candidate.change for candidate in conflict.candidates] == [won, lost]


def test_an_older_claim_of_another_night_does_not_displace_a_confirmed_one() -> None:
    hub, a, b = ticket()
    confirmed = a.does("ticket.claim", T, "09:10", member=M1)
    late = b.does("ticket.claim", T, "08:50", member=M2)
    a.push("18:00")
    hub.night()
    b.push("1/09:00")
    hub.night("1/23:00")
    assert hub.takers(T) == [M1]
    assert hub.code(confirmed) == "APPLIED"
    assert hub.code(late) == "SEAT_TAKEN"
    assert hub.conflict(T, "takers", 1).stands == confirmed


def test_a_claim_confirmed_online_stands_against_an_earlier_one_uploaded_later() -> None:
    """Line 9: online at 10:00; offline at 09:00, uploaded at 18:00."""
    hub, a, _ = ticket()
    offline = a.does("ticket.claim", T, "09:00", member=M1)
    a.serves(S, M1, "09:05", "10:05", ticket=T)
    online = hub.desk("ticket.claim", T, "10:00", member=M2)
    assert hub.code(online.change.id) == "APPLIED"
    a.push("18:00")
    hub.night()
    assert hub.takers(T) == [M2]
    assert hub.code(offline) == "SEAT_TAKEN"
    assert hub.member(M1).points == 2


def test_an_online_claim_joins_the_night_when_an_earlier_one_is_in_the_inbox() -> None:
    """Line 9, the other way round."""
    hub, a, _ = ticket()
    offline = a.does("ticket.claim", T, "09:00", member=M1)
    a.push("09:30")
    online = hub.desk("ticket.claim", T, "10:00", member=M2)
    assert online.change.id not in hub.memory.outcomes
    hub.night()
    assert hub.takers(T) == [M1]
    assert (hub.code(offline), hub.code(online.change.id)) == ("APPLIED", "SEAT_TAKEN")


def test_two_seats_are_two_members_and_the_third_hears_who_came_last_before_them() -> None:
    hub, a, b = ticket(seats=2)
    a.does("ticket.claim", T, "08:00", member=M1)
    second = b.does("ticket.claim", T, "08:30", member=M2)
    third = a.does("ticket.claim", T, "09:00", member=M3)
    a.push("18:00")
    b.push("18:01")
    hub.night()
    assert hub.takers(T) == [M1, M2]
    assert (hub.verdict(third).stands or {})["change"] == second
    assert len(hub.conflict(T, "takers", 1).candidates) == 3


def test_who_has_seen_that_no_seat_is_free_is_refused() -> None:
    hub, a, b = ticket()
    a.does("ticket.claim", T, "08:00", member=M1)
    a.push("08:30")
    hub.night("08:40")
    b.pull("08:45")
    change = b.does("ticket.claim", T, "09:00", member=M2)
    b.push("18:00")
    hub.night()
    assert hub.code(change) == "SEATS_FULL"
    assert hub.conflicts() == []


def test_a_start_without_a_seat_changes_nothing_and_takes_a_free_one() -> None:
    hub, a, b = ticket()
    a.does("ticket.claim", T, "08:00", member=M1)
    late = b.does("ticket.start", T, "08:30", member=M2)
    a.push("18:00")
    b.push("18:01")
    hub.night()
    assert hub.code(late) == "NO_SEAT"
    assert (hub.ticket(T).state, hub.takers(T)) == ("ACCEPTED", [M1])
    a.pull("1/07:00")
    a.does("ticket.decline", T, "1/08:00", member=M1)
    a.does("ticket.start", T, "1/09:00", member=M2)
    a.push("1/18:00")
    hub.night("1/23:00")
    assert (hub.ticket(T).state, hub.takers(T)) == ("IN_PROGRESS", [M2])


def test_a_member_has_one_seat_under_whichever_id() -> None:
    hub, a, b = ticket(seats=2)
    b.does("member.register", M6, "07:40", unit=U2, number="003", name="member 3", saw=0)
    alias = "0193aaaa-0000-7000-8000-00000000000a"
    b.does("member.register", alias, "07:45", unit=U2, number="003", name="member 3")
    a.does("ticket.claim", T, "08:00", member=M3)
    again = b.does("ticket.claim", T, "08:30", member=alias)
    a.push("18:00")
    b.push("18:01")
    hub.night()
    assert hub.member(alias).alias_of == M3
    assert hub.takers(T) == [M3]
    assert hub.code(again) == "ALREADY_TAKER"


def test_a_taker_starts_what_they_claimed_and_starting_again_changes_nothing() -> None:
    hub, a, _ = ticket()
    a.does("ticket.claim", T, "08:00", member=M1)
    started = [a.does("ticket.start", T, at, member=M1) for at in ("08:30", "08:40")]
    a.push("18:00")
    hub.night()
    assert [hub.code(change) for change in started] == ["APPLIED", "APPLIED"]
    assert hub.ticket(T).state == "IN_PROGRESS"


def test_claims_closer_than_their_clocks_are_a_close_call_for_a_person() -> None:
    hub, a, b = ticket()
    won = a.does("ticket.claim", T, "09:00:00", member=M1)
    b.restart()
    lost = b.does("ticket.claim", T, "09:00:01", member=M2)
    a.push("18:00")
    b.stick("18:01")
    hub.night()
    conflict = hub.conflict(T, "takers", 1)
    assert (conflict.close_call, conflict.state, conflict.stands) == (True, "REVIEW", won)
    assert (hub.code(won), hub.code(lost)) == ("APPLIED", "SEAT_TAKEN")


def test_a_seat_confirmed_before_is_no_close_call() -> None:
    hub, a, b = ticket()
    a.does("ticket.claim", T, "09:00:00", member=M1)
    b.restart()
    b.does("ticket.claim", T, "09:00:01", member=M2)
    a.push("18:00")
    hub.night("18:30")
    b.stick("19:00")
    hub.night()
    assert not hub.conflict(T, "takers", 1).close_call


def test_a_dispatch_reserves_a_ticket_against_claimers_who_have_seen_it() -> None:
    hub, a, b = ticket()
    unaware = a.does("ticket.claim", T, "08:30", member=M1)
    hub.desk("ticket.dispatch", T, "08:00", member=M2)
    b.pull("08:10")
    aware = b.does("ticket.claim", T, "08:20", member=M6)
    a.push("18:00")
    b.push("18:01")
    hub.night()
    assert (hub.code(aware), hub.code(unaware)) == ("RESERVED", "APPLIED")
    assert hub.takers(T) == [M1]


def test_a_dispatch_to_a_unit_is_for_its_members() -> None:
    hub, a, _ = ticket(seats=2)
    hub.desk("ticket.dispatch", T, "08:00", unit=U2)
    a.pull("08:10")
    foreign = a.does("ticket.claim", T, "08:20", member=M1)
    own = a.does("ticket.claim", T, "08:30", member=M3)
    a.push("18:00")
    hub.night()
    assert (hub.code(foreign), hub.code(own)) == ("RESERVED", "APPLIED")


def test_a_dispatch_to_several_is_for_each_of_them_and_for_nobody_else() -> None:
    hub, a, _ = ticket(seats=3)
    hub.desk("ticket.dispatch", T, "08:00", several=[{"member": M1}, {"unit": U2}, {"member": M6}])
    a.pull("08:10")
    foreign = a.does("ticket.claim", T, "08:20", member=M2)
    theirs = [
        a.does("ticket.claim", T, at, member=one) for at, one in (("08:30", M6), ("08:40", M3), ("08:50", M1))
    ]
    a.push("18:00")
    hub.night()
    assert hub.code(foreign) == "RESERVED"
    assert [hub.code(one) for one in theirs] == ["APPLIED"] * 3
    assert hub.takers(T) == [M6, M3, M1]


def test_what_one_of_several_gives_back_is_still_the_others() -> None:
    hub, a, b = ticket(seats=2)
    hub.desk("ticket.dispatch", T, "08:00", several=[{"member": M1}, {"member": M2}, {"unit": U2}])
    a.pull("08:10")
    a.does("ticket.decline", T, "08:20", member=M2)
    a.push("08:30")
    hub.night("08:40")
    assert (hub.ticket(T).state, hub.ticket(T).reserved) == (
        "DISPATCHED",
        {"several": [{"member": M1}, {"unit": U2}]},
    )
    b.pull("08:50")
    foreign = b.does("ticket.claim", T, "09:00", member=M2)
    taken = b.does("ticket.claim", T, "09:10", member=M3)
    left = b.does("ticket.decline", T, "09:20", member=M3)
    b.push("18:00")
    hub.night()
    assert [hub.code(one) for one in (foreign, taken, left)] == ["RESERVED", "APPLIED", "APPLIED"]
    assert (hub.ticket(T).state, hub.ticket(T).reserved) == ("DISPATCHED", {"member": M1})
    hub.desk("ticket.release", T, "1/08:00", member=M1, reason="ill")
    assert (hub.ticket(T).state, hub.ticket(T).reserved) == ("OPEN", None)


def test_when_the_last_of_several_gives_it_back_it_is_open_to_all() -> None:
    hub, a, _ = ticket(seats=2)
    hub.desk("ticket.dispatch", T, "08:00", several=[{"member": M1}, {"unit": U2}])
    a.pull("08:10")
    for member in (M1, M3):
        a.does("ticket.claim", T, "08:20", member=member)
    a.does("ticket.decline", T, "08:30", member=M1)
    a.push("08:40")
    hub.night("08:50")
    assert (hub.ticket(T).state, hub.ticket(T).reserved, hub.takers(T)) == ("ACCEPTED", {"unit": U2}, [M3])


@pytest.mark.parametrize("later_first", [False, True])
def test_two_desks_dispatch_to_several_unaware_and_the_later_stands_in_any_order(later_first: bool) -> None:
    hub, _, _ = ticket(seats=2)
    seen = hub.memory.rev
    values = [{"several": [{"member": M1}, {"member": M2}]}, {"several": [{"member": M1}, {"unit": U2}]}]
    desks = [
        hub.office(Office.DISPATCHER, "ticket.dispatch", T, value, at, saw=seen, author=at)
        for value, at in zip(values, ("08:00", "08:10"), strict=True)
    ]
    hub.settle(desks[::-1] if later_first else desks, "08:30")
    assert hub.ticket(T).reserved == values[1]
    (conflict,) = hub.conflicts()
    assert (conflict.field, conflict.stands) == ("reserved", desks[1].change.id)
    assert [one.value for one in conflict.candidates] == values
    hub.desk("conflict.rule", conflict.id, "09:00", stands=desks[0].change.id, reason="as agreed")
    assert hub.ticket(T).reserved == values[0]


def test_a_dispatch_to_somebody_who_is_not_there_is_refused_whole() -> None:
    hub, _, _ = ticket(seats=2)
    nobody = hub.desk("ticket.dispatch", T, "08:00", several=[{"member": M1}, {"member": ident("nobody")}])
    assert hub.code(nobody.change.id) == "NOT_FOUND"
    assert (hub.ticket(T).state, hub.ticket(T).reserved) == ("OPEN", None)


def test_a_seat_given_back_is_free_and_the_ticket_open_again() -> None:
    hub, a, b = ticket()
    a.does("ticket.claim", T, "08:00", member=M1)
    a.does("ticket.decline", T, "08:30", member=M1)
    won = b.does("ticket.claim", T, "09:00", member=M2)
    a.push("18:00")
    b.push("18:01")
    hub.night()
    assert (hub.takers(T), hub.code(won)) == ([M2], "APPLIED")
    assert hub.desk("ticket.release", T, "1/08:00", member=M2, reason="ill").office.name == "DISPATCHER"
    assert (hub.ticket(T).state, hub.takers(T)) == ("OPEN", [])


def test_one_of_two_takers_leaves_and_the_other_stays() -> None:
    hub, a, _ = ticket(seats=2)
    a.does("ticket.claim", T, "08:00", member=M1)
    a.does("ticket.claim", T, "08:10", member=M2)
    a.does("ticket.decline", T, "08:30", member=M1)
    a.push("18:00")
    hub.night()
    assert (hub.ticket(T).state, hub.takers(T)) == ("ACCEPTED", [M2])


def test_a_member_declines_what_was_dispatched_to_them() -> None:
    hub, a, _ = ticket()
    hub.desk("ticket.dispatch", T, "08:00", member=M1)
    change = a.does("ticket.decline", T, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    assert hub.code(change) == "APPLIED"
    assert (hub.ticket(T).state, hub.ticket(T).reserved) == ("OPEN", None)


def test_who_does_not_sit_has_nothing_to_give_back() -> None:
    hub, a, b = ticket()
    a.does("ticket.claim", T, "08:00", member=M1)
    a.push("08:30")
    hub.night("08:40")
    unaware = b.does("ticket.decline", T, "09:00", member=M2)
    b.push("09:10")
    hub.night("09:20")
    b.pull("09:30")
    aware = b.does("ticket.decline", T, "09:40", member=M2)
    b.push("18:00")
    hub.night()
    assert (hub.code(unaware), hub.code(aware)) == ("MOVED_ON", "NOT_A_TAKER")
    assert hub.takers(T) == [M1]


def test_lowering_the_seats_evicts_nobody() -> None:
    hub, a, _ = ticket(seats=2)
    a.does("ticket.claim", T, "08:00", member=M1)
    a.does("ticket.claim", T, "08:10", member=M2)
    a.push("08:30")
    hub.night("08:40")
    hub.desk("ticket.edit", T, "09:00", seats=1)
    assert hub.takers(T) == [M1, M2]
    assert hub.ticket(T).community == LY
