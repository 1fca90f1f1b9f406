"""One session that two tablets open while offline: both are kept, each member counts once, a dispatcher rules."""

import pytest

from sync.things import Attendance
from tests.sync.hub import Hub, Tablet
from tests.sync.test_rulings import rule
from tests.sync.world import (
    A1,
    A2,
    G1,
    G2,
    LY,
    M1,
    M2,
    M3,
    PER_ACTIVITY,
    TEAM,
    S,
    activity,
    ident,
    point_rule,
    team,
)

A3 = ident("a third activity")
TEAM2 = ident("another team")


def district() -> tuple[Hub, Tablet, Tablet]:
    """Two points for being at a session; two tablets of one community."""
    hub = Hub()
    hub.district("pointRule.put", PER_ACTIVITY, "06:50", **point_rule("ACTIVITY", 2))
    hub.desk("team.put", TEAM, "07:00", **team())
    hub.desk("team.put", TEAM2, "07:00", **team("other"))
    a, b = hub.tablet("A", G1, at="07:10"), hub.tablet("B", G2, at="07:10")
    return hub, a, b


def opened_twice(**other: object) -> tuple[Hub, Tablet, Tablet, str, str]:
    """A opens a session at 08:30, and B at 08:20 much the same; nothing is uploaded yet."""
    hub, a, b = district()
    second = a.does("activity.open", A1, "08:30", **activity(title="清扫活动日"))
    first = b.does(
        "activity.open", A2, "08:20", **{**activity("09:10", "11:30", title="清扫活动日！"), **other}
    )
    return hub, a, b, first, second


ORDERS = {
    "both in one night": ("18:00", "19:00"),
    "the other way round": ("19:00", "18:00"),
}


def settled(hub: Hub, a: Tablet, b: Tablet, order: str = "both in one night") -> None:
    for at, tablet in sorted(zip(ORDERS[order], (a, b), strict=True), key=lambda one: one[0]):
        tablet.push(at)
    hub.night()


def counts(hub: Hub) -> dict[tuple[str, str], str]:
    """Each sign-in, by activity and member, and whether it counts."""
    found = hub.memory.things.get("attendance", {}).values()
    return {(one.activity, one.member): one.state for one in found if isinstance(one, Attendance)}


@pytest.mark.parametrize("order", ORDERS)
def test_of_one_session_opened_on_two_tablets_the_earlier_is_the_session_whoever_uploads_first(
    order: str,
) -> None:
    hub, a, b, first, second = opened_twice()
    settled(hub, a, b, order)
    assert (hub.activity(A2).same_as, hub.activity(A1).same_as) == (None, A2)
    assert [(hub.verdict(one).outcome, hub.code(one)) for one in (first, second)] == [
        ("APPLIED", "OPENED_TWICE"),
        ("REVIEW", "SAME_SESSION"),
    ]
    assert hub.verdict(second).stands == {"activity": A2}
    conflict = hub.conflict(A2, "sameAs")
    assert (conflict.state, conflict.rule, conflict.stands) == ("REVIEW", "session", first)
    assert [candidate.value for candidate in conflict.candidates] == [A2, A1]


def test_a_session_that_was_confirmed_stays_the_first_when_an_earlier_one_comes_later() -> None:
    hub, a, b, first, second = opened_twice()
    a.push("18:00")
    hub.night()
    assert hub.code(second) == "APPLIED"
    b.push("1/18:00")
    hub.night("1/23:00")
    assert (hub.activity(A1).same_as, hub.activity(A2).same_as) == (None, A1)
    assert (hub.code(first), hub.code(second)) == ("SAME_SESSION", "OPENED_TWICE")


def test_a_third_tablets_is_taken_for_the_same_first_one() -> None:
    hub, a, b, _, _ = opened_twice()
    c = hub.tablet("C", G1)
    c.does("activity.open", A3, "08:40", **activity("11:10", "12:00", title="清扫活动日"))
    c.push("17:00")
    settled(hub, a, b)
    assert hub.activity(A3).same_as == A2
    assert len(hub.conflict(A2, "sameAs").candidates) == 3


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"title": "义诊"}, False),
        ({"start": activity("11:00")["start"]}, False),
        ({"start": activity("1/09:00")["start"], "end": activity(end="1/11:00")["end"]}, False),
        ({"grid": G2}, False),
        ({"team": TEAM}, True),
    ],
)
def test_another_time_place_or_title_is_another_session(other: dict[str, object], same: bool) -> None:
    hub, a, b, _, _ = opened_twice(**other)
    settled(hub, a, b)
    assert (hub.activity(A1).same_as is not None) == same


@pytest.mark.parametrize(("team_of_b", "same"), [(TEAM, True), (TEAM2, False)])
def test_one_teams_sessions_at_one_time_are_one_whatever_the_title_and_two_teams_are_two(
    team_of_b: str, same: bool
) -> None:
    hub, a, b = district()
    a.does("activity.open", A1, "08:30", **activity(title="清扫", team=TEAM))
    b.does(
        "activity.open",
        A2,
        "08:20",
        **activity(title="清扫" if team_of_b == TEAM2 else "义诊", team=team_of_b),
    )
    settled(hub, a, b)
    assert (hub.activity(A1).same_as == A2) == same


def test_who_has_the_other_session_in_sight_opens_a_second_one_on_purpose() -> None:
    hub, a, _ = district()
    a.does("activity.open", A1, "08:30", **activity())
    a.does("activity.open", A2, "08:31", **activity())
    a.push("10:00")
    hub.night("10:30")
    hub.desk("activity.open", A3, "11:00", **activity())
    assert {hub.activity(one).same_as for one in (A1, A2, A3)} == {None}
    assert hub.conflicts() == []


def test_two_desks_whose_openings_meet_in_one_batch_know_of_each_other() -> None:
    hub, _, _ = district()
    hub.settle([hub.office_change("activity.open", one, "08:30", **activity()) for one in (A1, A2)], "08:30")
    assert {hub.activity(one).same_as for one in (A1, A2)} == {None}


@pytest.mark.parametrize("order", ORDERS)
def test_who_signs_in_at_both_counts_once_and_hears_of_it(order: str) -> None:
    hub, a, b, _, _ = opened_twice()
    later = a.does("activity.join", A1, "09:20", member=M1)
    earlier = b.does("activity.join", A2, "09:15", member=M1)
    alone = a.does("activity.join", A1, "09:21", member=M2)
    settled(hub, a, b, order)
    assert counts(hub) == {(A2, M1): "COUNTED", (A1, M1): "DUPLICATE", (A1, M2): "COUNTED"}
    assert (hub.member(M1).points, hub.member(M2).points) == (2, 2)
    assert [hub.code(one) for one in (earlier, later, alone)] == ["APPLIED", "SIGNED_IN", "APPLIED"]
    verdict = hub.verdict(later)
    assert (verdict.rule, verdict.stands) == (
        "session",
        {"member": M1, "since": "2026-11-23T01:15:00.000Z", "change": earlier, "activity": A2},
    )


def test_a_sign_in_that_was_confirmed_goes_on_counting_when_an_earlier_one_comes_later() -> None:
    hub, a, b, _, _ = opened_twice()
    a.does("activity.join", A1, "09:20", member=M1)
    a.push("18:00")
    hub.night()
    b.does("activity.join", A2, "09:15", member=M1)
    b.push("1/18:00")
    hub.night("1/23:00")
    assert counts(hub) == {(A1, M1): "COUNTED", (A2, M1): "DUPLICATE"}
    assert (hub.member(M1).points, len(hub.memory.entries)) == (2, 1)


def test_a_service_that_signs_in_at_the_other_one_counts_as_a_service_and_no_second_time_as_a_sign_in() -> (
    None
):
    hub, a, b, _, _ = opened_twice()
    a.serves(S, M1, "09:30", "10:30", activity=A1)
    b.does("activity.join", A2, "09:40", member=M1)
    settled(hub, a, b)
    assert sorted(counts(hub).values()) == ["COUNTED", "DUPLICATE"]


def test_when_the_service_that_counted_is_voided_the_other_sign_in_counts() -> None:
    hub, a, b, _, _ = opened_twice()
    a.serves(S, M1, "09:30", "10:30", activity=A1)
    settled(hub, a, b)
    b.does("activity.join", A2, "09:40", member=M1)
    b.does("activity.join", A2, "09:41", member=M3)
    b.push("20:00")
    hub.night("1/01:00")
    assert counts(hub) == {(A1, M1): "COUNTED", (A2, M1): "DUPLICATE", (A2, M3): "COUNTED"}
    a.does("service.void", S, "1/08:00", reason="r")
    a.push("1/18:00")
    hub.night("1/23:00")
    assert counts(hub) == {(A1, M1): "VOID", (A2, M1): "COUNTED", (A2, M3): "COUNTED"}
    assert hub.member(M1).points == 2


def test_a_voided_service_leaves_nobody_signed_in_where_it_was_the_only_sign_in() -> None:
    hub, a, b, _, _ = opened_twice()
    a.serves(S, M1, "09:30", "10:30", activity=A1)
    a.does("service.void", S, "12:00", reason="r")
    settled(hub, a, b)
    assert counts(hub) == {(A1, M1): "VOID"}
    assert hub.member(M1).points == 0


def both_at_both() -> tuple[Hub, str, str]:
    hub, a, b, first, second = opened_twice()
    for member in (M1, M2):
        a.does("activity.join", A1, "09:20", member=member)
    b.does("activity.join", A2, "09:15", member=M1)
    settled(hub, a, b)
    return hub, first, second


def test_a_dispatcher_finds_that_they_are_two_and_each_sign_in_counts() -> None:
    hub, first, second = both_at_both()
    rule(hub, hub.conflict(A2, "sameAs"), "1/09:00", None)
    assert (hub.activity(A1).same_as, hub.activity(A2).same_as) == (None, None)
    assert set(counts(hub).values()) == {"COUNTED"}
    assert (hub.member(M1).points, hub.member(M2).points) == (4, 2)
    assert [hub.code(one) for one in (first, second)] == ["RULED_FOR", "RULED_FOR"]


def test_a_dispatcher_finds_that_they_are_one_and_which() -> None:
    hub, first, second = both_at_both()
    rule(hub, hub.conflict(A2, "sameAs"), "1/09:00", second)
    assert (hub.activity(A1).same_as, hub.activity(A2).same_as) == (None, A1)
    assert counts(hub) == {(A2, M1): "COUNTED", (A1, M1): "DUPLICATE", (A1, M2): "COUNTED"}
    assert [hub.code(one) for one in (first, second)] == ["RULED_AGAINST", "RULED_FOR"]


def test_a_ruling_may_be_taken_back_and_nothing_is_posted_twice() -> None:
    hub, first, _ = both_at_both()
    for at, stands in (("1/09:00", None), ("1/10:00", first), ("1/11:00", None)):
        rule(hub, hub.conflict(A2, "sameAs"), at, stands)
    assert hub.member(M1).points == 4
    rule(hub, hub.conflict(A2, "sameAs"), "1/12:00", first)
    assert hub.member(M1).points == 2
    assert (hub.activity(A1).same_as, hub.activity(A2).same_as) == (A2, None)


def test_a_member_of_two_registrations_counts_once_at_both() -> None:
    hub, a, b, _, _ = opened_twice()
    twin = ident("member 1 again")
    b.does("member.register", twin, "08:00", unit=ident("unit 1"), number="001", name="member 1")
    a.does("activity.join", A1, "09:20", member=M1)
    b.does("activity.join", A2, "09:15", member=twin)
    settled(hub, a, b)
    assert sorted(counts(hub).values()) == ["COUNTED", "DUPLICATE"]
    assert hub.member(M1).points == 2


def test_a_tablet_holds_of_each_session_which_one_it_is_once_more() -> None:
    hub, _, _ = both_at_both()
    bodies = {one: hub.memory.documents["activity", one].body for one in (A1, A2)}
    assert {one: body["sameAs"] for one, body in bodies.items()} == {A1: A2, A2: None}
    assert bodies[A1]["community"] == LY
