"""Posts: the first to take a seat has it, whoever found a network first; it is free when it is left or its term is over."""

import pytest

from tests.sync.hub import Hub, Tablet
from tests.sync.world import CG, DAY, G1, G2, G3, LY, M1, M2, M3, M5, M6, P2, U1, P, T, ident, post, when


def posts(**more: object) -> tuple[Hub, Tablet, Tablet]:
    """A post that two tablets hold."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    hub.desk("post.put", P, "07:00", **{**post(), **more})
    a.pull("07:30")
    b.pull("07:30")
    return hub, a, b


def two_take(*, seen: bool = False) -> tuple[Hub, str, str]:
    """A takes the seat at 09:10 and B at 08:50; or B has it already and A knows."""
    hub, a, b = posts()
    first = b.does("post.take", P, "08:50", member=M2)
    if seen:
        b.push("08:55")
        hub.night("08:56")
        a.pull("08:57")
    second = a.does("post.take", P, "09:10", member=M1)
    a.push("18:00")
    b.push("19:00")
    hub.night()
    return hub, first, second


def left_before() -> Hub:
    """A knows that M1 left at 10:00; B's word that M1 took the post at 09:30 comes a night later."""
    hub, a, b = posts()
    a.does("post.take", P, "09:00", member=M1)
    a.does("post.leave", P, "10:00", member=M1)
    b.does("post.take", P, "09:30", member=M1)
    a.push("18:00")
    hub.night()
    b.push("1/18:00")
    hub.night("1/23:00")
    return hub


def twice(kind: str) -> Hub:
    hub, a, _ = posts()
    for at, step in (("09:00", "post.take"), ("10:00", kind), ("11:00", kind)):
        a.does(step, P, at, member=M1)
    a.push("18:00")
    hub.night()
    return hub


def taken_on(day: str) -> Hub:
    """A takes a seat on Monday, and the term ends, or begins, on this day."""
    term = {"until": day} if day < "2026-11-23" else {"from": day}
    hub, a, _ = posts(**{"from": "2025-01-01", **term})
    a.does("post.take", P, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    return hub


def held_by(hub: Hub, at: str) -> list[str]:
    """Who holds the post at a moment, read off its document as a screen would."""
    moment = when(at)
    return [
        holder.member
        for holder in hub.post(P).holders
        if holder.since <= moment and (holder.until is None or moment < holder.until)
    ]


def test_two_tablets_take_the_last_seat_offline_and_the_earlier_deed_has_it() -> None:
    hub, first, second = two_take()
    assert held_by(hub, "12:00") == [M2]
    assert hub.code(first) == "APPLIED"
    verdict = hub.verdict(second)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("LOST", "POST_TAKEN", "first")
    assert verdict.sentence["zh"] == "member 2已于2026-11-23 08:50领下此岗，先领者得。"
    assert verdict.stands == {"member": M2, "since": "2026-11-23T00:50:00.000Z", "change": first}
    conflict = hub.conflict(P, "holders")
    assert (conflict.stands, conflict.state, conflict.thing) == (first, "SETTLED", "post")
    assert [candidate.change for candidate in conflict.candidates] == [first, second]


def test_a_confirmed_seat_is_never_displaced_by_an_earlier_deed_that_comes_later() -> None:
    hub, a, b = posts()
    confirmed = a.does("post.take", P, "09:10", member=M1)
    a.push("18:00")
    hub.night()
    late = b.does("post.take", P, "08:50", member=M2)
    b.push("1/09:00")
    hub.night("1/23:00")
    assert held_by(hub, "1/12:00") == [M1]
    assert (hub.code(confirmed), hub.code(late)) == ("APPLIED", "POST_TAKEN")


def test_two_that_cannot_be_told_apart_are_a_close_call_for_a_person() -> None:
    hub, a, b = posts()
    a.does("post.take", P, when("09:00"), member=M1)
    b.does("post.take", P, when("09:00") + 40, member=M2)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    conflict = hub.conflict(P, "holders")
    assert (conflict.state, conflict.close_call) == ("REVIEW", True)


def test_whoever_has_seen_that_it_is_full_is_refused() -> None:
    hub, _, second = two_take(seen=True)
    assert (hub.verdict(second).outcome, hub.code(second)) == ("REJECTED", "POST_FULL")
    assert not hub.conflicts()


def test_every_seat_is_taken_once_and_the_last_to_come_goes_without() -> None:
    hub, a, b = posts(seats=2)
    a.does("post.take", P, "09:00", member=M1)
    lost = a.does("post.take", P, "09:20", member=M6)
    b.does("post.take", P, "09:10", member=M2)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    assert held_by(hub, "12:00") == [M1, M2]
    assert hub.code(lost) == "POST_TAKEN"


def test_who_leaves_frees_the_seat_and_the_time_they_held_it_stays() -> None:
    hub, a, b = posts()
    a.does("post.take", P, "09:00", member=M1)
    a.does("post.leave", P, "11:00", member=M1)
    b.does("post.take", P, "11:30", member=M2)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    assert [held_by(hub, at) for at in ("10:00", "11:10", "12:00")] == [[M1], [], [M2]]


def test_a_seat_taken_before_it_was_left_is_held_from_the_leaving_on() -> None:
    """B's deed of 10:30 comes a night after A's M1 left at 11:00: nobody's time is cut short."""
    hub, a, b = posts()
    a.does("post.take", P, "09:00", member=M1)
    a.does("post.leave", P, "11:00", member=M1)
    a.push("18:00")
    hub.night()
    late = b.does("post.take", P, "10:30", member=M2)
    b.push("1/18:00")
    hub.night("1/23:00")
    assert hub.code(late) == "APPLIED"
    assert [held_by(hub, at) for at in ("10:45", "11:00")] == [[M1], [M2]]


def test_with_two_seats_a_late_taker_waits_only_for_the_first_that_was_left() -> None:
    hub, a, b = posts(seats=2)
    for at, step, member in (
        ("09:00", "take", M1),
        ("09:05", "take", M6),
        ("11:00", "leave", M1),
        ("12:00", "leave", M6),
    ):
        a.does(f"post.{step}", P, at, member=member)
    a.push("18:00")
    hub.night()
    b.does("post.take", P, "10:30", member=M2)
    b.push("1/18:00")
    hub.night("1/23:00")
    assert held_by(hub, "11:30") == [M6, M2]
    assert len(held_by(hub, "10:45")) == 2


def test_what_is_known_later_of_a_members_place_stands() -> None:
    hub = left_before()
    assert held_by(hub, "1/12:00") == []
    codes = [outcome.code for outcome in hub.memory.outcomes.values() if outcome.kind == "post.take"]
    assert sorted(codes) == ["APPLIED", "LATER_STANDS"]


def test_a_leave_from_before_the_seat_was_taken_does_not_free_it() -> None:
    hub, a, b = posts()
    a.does("post.take", P, "10:00", member=M1)
    a.push("18:00")
    hub.night()
    early = b.does("post.leave", P, "09:00", member=M1)
    b.push("1/18:00")
    hub.night("1/23:00")
    assert hub.code(early) == "LATER_STANDS"
    assert held_by(hub, "1/12:00") == [M1]


def test_a_leave_that_is_repeated_by_another_tablet_changes_nothing() -> None:
    hub, a, b = posts()
    a.does("post.take", P, "09:00", member=M1)
    a.does("post.leave", P, "12:00", member=M1)
    a.push("18:00")
    hub.night()
    again = b.does("post.leave", P, "11:00", member=M1)
    b.push("1/18:00")
    hub.night("1/23:00")
    assert hub.code(again) == "LATER_STANDS"
    assert held_by(hub, "11:30") == [M1]


def test_nobody_holds_a_post_twice_and_nobody_leaves_what_they_do_not_hold() -> None:
    assert sum(holder.until is None for holder in twice("post.take").post(P).holders) == 1
    hub = twice("post.leave")
    assert [one.code for one in hub.memory.outcomes.values() if one.kind == "post.leave"] == [
        "APPLIED",
        "NOT_A_HOLDER",
    ]


def test_a_seat_ends_with_its_term_and_is_taken_anew() -> None:
    hub, a, b = posts(until="2026-11-24")
    a.does("post.take", P, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    hub.desk("post.put", P, "3/09:00", **{**post(), "from": "2026-11-26", "until": "2027-11-25"})
    b.pull("3/10:00")
    again = b.does("post.take", P, "3/10:10", member=M2)
    b.push("3/18:00")
    hub.night("3/23:00")
    assert hub.code(again) == "APPLIED"
    assert [(one.member, one.term) for one in hub.post(P).holders] == [(M1, "2026-11-24"), (M2, "2027-11-25")]


@pytest.mark.parametrize("day", ["2025-12-31", "2026-11-24"])
def test_outside_its_term_nobody_takes_a_post(day: str) -> None:
    hub = taken_on(day)
    assert not hub.post(P).holders
    assert "OUT_OF_TERM" in {one.code for one in hub.memory.outcomes.values()}


def test_a_take_that_arrives_before_the_post_waits_for_it() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    early = a.does("post.take", P, "09:00", member=M1)
    a.push("10:00")
    hub.night("10:10")
    assert hub.code(early) == "WAITS"
    hub.desk("post.put", P, "11:00", **post())
    assert hub.code(early) == "APPLIED"


def test_fewer_seats_evict_nobody_and_a_put_leaves_the_holders_alone() -> None:
    hub, a, _ = posts(seats=2)
    a.does("post.take", P, "09:00", member=M1)
    a.does("post.take", P, "09:10", member=M2)
    a.push("09:20")
    hub.night("09:30")
    hub.desk("post.put", P, "10:00", **post("help-desk", seats=1))
    assert (hub.post(P).code, held_by(hub, "12:00")) == ("help-desk", [M1, M2])


def test_a_tablets_post_is_a_proposal_that_the_desk_takes_up() -> None:
    hub, a, _ = posts()
    proposed = a.does("post.put", P2, "09:00", **post("first-aid"))
    a.push("10:00")
    hub.night("10:10")
    assert hub.code(proposed) == "PROPOSED"
    conflict = hub.conflict(P2, "*")
    hub.desk("conflict.rule", conflict.id, "11:00", stands=proposed, reason="a good idea")
    assert hub.post(P2).code == "first-aid"
    assert hub.code(proposed) == "RULED_FOR"


def test_a_post_is_its_own_communitys_and_its_grid_is_in_it() -> None:
    hub, _, _ = posts()
    foreign = hub.desk("post.put", P2, "09:00", **post(community=CG))
    moved = hub.desk("post.put", P, "09:10", **post(community=CG), scope=(CG,))
    elsewhere = hub.desk("post.put", P2, "09:20", **post(grid=G3))
    codes = [hub.code(one.change.id) for one in (foreign, moved, elsewhere)]
    assert codes == ["OUT_OF_SCOPE", "OUT_OF_SCOPE", "NOT_FOUND"]
    assert hub.post(P).community == LY


def test_only_the_tablets_of_its_grid_fill_a_grids_post() -> None:
    hub, _, _ = posts(grid=G1)
    c = hub.tablet("C", G2)
    refused = c.does("post.take", P, "09:00", member=M3)
    unaware = c.does("post.take", P, "09:10", saw=0, member=M3)
    c.push("10:00")
    hub.night("10:10")
    assert (hub.code(refused), hub.code(unaware)) == ("OUT_OF_SCOPE", "APPLIED")


def test_a_ruling_gives_the_seat_to_the_other_and_the_first_has_left() -> None:
    hub, first, second = two_take()
    conflict = hub.conflict(P, "holders")
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=second, reason="M1 was asked first")
    assert (held_by(hub, "1/08:00"), held_by(hub, "1/10:00")) == ([M2], [M1])
    assert (hub.code(first), hub.code(second)) == ("RULED_AGAINST", "RULED_FOR")


def test_a_ruling_for_who_holds_it_changes_nothing_and_for_none_frees_the_seat() -> None:
    hub, first, second = two_take()
    conflict = hub.conflict(P, "holders")
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=first, reason="so it is")
    assert held_by(hub, "1/10:00") == [M2]
    hub.desk("conflict.rule", conflict.id, "1/11:00", stands=None, reason="neither")
    assert held_by(hub, "1/12:00") == []
    hub.desk("conflict.rule", conflict.id, "1/13:00", stands=second, reason="M1 after all")
    assert held_by(hub, "1/14:00") == [M1]


def test_where_there_is_more_than_one_seat_a_ruling_leaves_the_others_theirs() -> None:
    hub, a, b = posts(seats=2)
    left = a.does("post.take", P, "09:00", member=M1)
    kept = b.does("post.take", P, "09:10", member=M2)
    third = b.does("post.take", P, "09:20", member=M6)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    hub.desk("post.leave", P, "1/08:00", member=M1)
    hub.desk("conflict.rule", hub.conflict(P, "holders").id, "1/09:00", stands=third, reason="room enough")
    assert held_by(hub, "1/10:00") == [M2, M6]
    assert [hub.code(change) for change in (left, kept, third)] == ["RULED_AGAINST", "RULED_FOR", "RULED_FOR"]


def test_a_ticket_kept_for_a_post_is_taken_by_its_holders_only() -> None:
    hub, a, _ = posts()
    a.does("post.take", P, "08:00", member=M1)
    a.push("08:10")
    hub.night("08:20")
    hub.desk("ticket.open", T, "08:30", grid=G1, category="parking", title="t", seats=2)
    hub.desk("ticket.dispatch", T, "08:40", post=P)
    refused = hub.desk("ticket.claim", T, "08:50", member=M2)
    taken = hub.desk("ticket.claim", T, "09:00", member=M1)
    assert [hub.code(one.change.id) for one in (refused, taken)] == ["RESERVED", "APPLIED"]
    nowhere = hub.desk("ticket.dispatch", T, "09:10", post=P2)
    assert hub.code(nowhere.change.id) in {"NOT_FOUND", "NOT_POSSIBLE"}


def test_an_alias_holds_the_members_post() -> None:
    hub, a, b = posts()
    again = ident("registered again")
    b.does("member.register", again, "08:00", unit=U1, number="001", name="member 1")
    b.does("post.take", P, "09:00", member=again)
    a.does("post.take", P, "10:00", member=M1)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    (holder,) = hub.post(P).holders
    assert holder.member == again
    assert hub.verdict(a.changes[0]["id"]).code == "ALREADY_HOLDER"


def test_a_member_of_another_community_is_not_a_tablets_to_place() -> None:
    hub, a, _ = posts()
    refused = a.does("post.take", P, "09:00", member=M5)
    a.push("10:00")
    hub.night(when("10:00") + DAY)
    assert hub.code(refused) == "OUT_OF_SCOPE"
