"""Activities: each member is signed in once, on whichever tablet, and a service recorded for one is a sign-in."""

import pytest

from tests.sync.hub import Hub, Tablet
from tests.sync.world import (
    A1,
    A2,
    CG,
    G1,
    G2,
    G3,
    LY,
    M1,
    M2,
    M3,
    M5,
    PER_ACTIVITY,
    S2,
    T2,
    TEAM,
    U1,
    S,
    T,
    activity,
    ident,
    point_rule,
    team,
)


def activities(**more: object) -> tuple[Hub, Tablet, Tablet]:
    """Two activities of a team on Monday morning, which two tablets hold; two points for being there."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G2)
    hub.district("pointRule.put", PER_ACTIVITY, "06:50", **point_rule("ACTIVITY", 2, **more))
    hub.desk("team.put", TEAM, "07:00", **team())
    for one in (A1, A2):
        hub.desk("activity.open", one, "07:00", **activity(team=TEAM, category="parking"))
    a.pull("07:30")
    b.pull("07:30")
    return hub, a, b


def two_sign_in() -> tuple[Hub, str, str]:
    """A signs M1 in at 09:10, and B at 09:05."""
    hub, a, b = activities()
    second = a.does("activity.join", A1, "09:10", member=M1)
    first = b.does("activity.join", A1, "09:05", member=M1)
    a.push("18:00")
    b.push("19:00")
    hub.night()
    return hub, first, second


def there(hub: Hub, one: str = A1) -> list[str]:
    return [taker.member for taker in hub.activity(one).members]


def served(*rows: tuple[str, str, str, dict[str, str]], void: str | None = None) -> Hub:
    """Services of M1 on tablet A, each with its times and what it was for."""
    hub, a, _ = activities()
    for service, start, end, more in rows:
        a.serves(service, M1, start, end, **more)
    if void is not None:
        a.does("service.void", void, "20:00", reason="r")
    a.push("21:00")
    hub.night()
    return hub


def test_two_tablets_sign_one_member_in_and_it_counts_once() -> None:
    hub, first, second = two_sign_in()
    assert there(hub) == [M1]
    assert hub.member(M1).points == 2
    assert hub.code(first) == "APPLIED"
    verdict = hub.verdict(second)
    assert (verdict.outcome, verdict.code) == ("DUPLICATE", "SIGNED_IN")
    assert verdict.sentence["en"] == "This member was signed in at 2026-11-23 09:05; once is enough."
    assert verdict.stands == {"member": M1, "since": "2026-11-23T01:05:00.000Z", "change": first}


def test_a_sign_in_confirmed_before_stays_when_an_earlier_one_comes_later() -> None:
    hub, a, b = activities()
    confirmed = a.does("activity.join", A1, "09:10", member=M1)
    a.push("18:00")
    hub.night()
    b.does("activity.join", A1, "09:05", member=M1)
    b.push("1/18:00")
    hub.night("1/23:00")
    (taker,) = hub.activity(A1).members
    assert (taker.change, hub.member(M1).points) == (confirmed, 2)


def test_a_teams_points_are_what_its_activities_earned() -> None:
    hub, a, b = activities()
    a.does("activity.join", A1, "09:00", member=M1)
    b.does("activity.join", A1, "09:00", member=M3)
    a.serves(S, M2, "09:00", "10:00")
    a.push("18:00")
    b.push("18:00")
    hub.night()
    assert hub.team(TEAM).points == 4
    assert (hub.member(M1).points, hub.member(M2).points) == (2, 2)


def test_a_sign_in_earns_on_the_activitys_day_under_its_cap() -> None:
    hub, a, _ = activities(dailyCap=3)
    a.does("activity.join", A1, "2/09:00", member=M1)
    a.does("activity.join", A2, "2/09:10", member=M1)
    a.push("2/18:00")
    hub.night("2/23:00")
    assert hub.member(M1).points == 3
    assert len({entry.day for entry in hub.memory.entries.values()}) == 1


def test_a_service_that_is_linked_in_the_night_it_comes_fills_the_same_cap() -> None:
    """What the activity's day had earned already was not looked at (the simulator's seed 100042)."""
    hub, a, _ = activities(dailyCap=3)
    a.does("activity.join", A1, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    a.serves(S, M1, "9/09:00", "9/10:00")
    a.does("service.link", S, "9/10:10", activity=A2)
    a.push("9/18:00")
    hub.night("9/23:00")
    earned = [entry.points for entry in hub.memory.entries.values() if entry.rule == PER_ACTIVITY]
    assert (there(hub, A2), sorted(earned)) == ([M1], [1, 2])


@pytest.mark.parametrize(
    ("more", "points"),
    [
        ({"categories": ["parking"]}, 2),
        ({"categories": ["legal"]}, 0),
        ({"hours": "ON_DUTY"}, 2),
        ({"hours": "OUT_OF_HOURS"}, 0),
    ],
)
def test_which_activities_earn_is_the_rules_affair(more: dict[str, object], points: int) -> None:
    hub, a, _ = activities(**more)
    a.does("activity.join", A1, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    assert hub.member(M1).points == points


def test_a_sign_in_before_its_activity_has_come_waits_for_it() -> None:
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    early = a.does("activity.join", A1, "09:00", member=M1)
    a.push("10:00")
    hub.night("10:10")
    assert hub.code(early) == "WAITS"
    b.does("activity.open", A1, "08:00", **activity(grid=G1))
    b.push("11:00")
    hub.night("11:10")
    assert (hub.code(early), there(hub)) == ("APPLIED", [M1])


def test_an_activity_and_its_sign_ins_come_in_one_night() -> None:
    hub = Hub()
    hub.district("pointRule.put", PER_ACTIVITY, "06:50", **point_rule("ACTIVITY", 2))
    a = hub.tablet("A", G1)
    a.does("activity.open", A1, "08:00", **activity())
    a.does("activity.join", A1, "09:00", member=M1)
    a.push("10:00")
    hub.night()
    assert hub.member(M1).points == 2


def test_an_alias_is_signed_in_as_the_member() -> None:
    hub, a, b = activities()
    again = ident("again")
    a.does("member.register", again, "08:00", unit=U1, number="001", name="member 1")
    a.does("activity.join", A1, "09:00", member=again)
    second = b.does("activity.join", A1, "09:10", member=M1)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    assert hub.code(second) == "SIGNED_IN"


def test_a_sign_in_by_a_service_gives_way_to_one_under_another_id_and_is_counted_once() -> None:
    hub, a, _ = activities()
    again = ident("again")
    a.does("member.register", again, "08:00", unit=U1, number="001", name="member 1")
    a.serves(S, again, "09:00", "10:00", activity=A1)
    a.push("18:00")
    hub.night()
    assert (there(hub), hub.member(M1).points) == ([again], 4)
    hub.desk("activity.join", A1, "1/09:00", member=M1)
    assert (there(hub), hub.member(M1).points, hub.team(TEAM).points) == ([M1], 4, 4)


def found_to_be_one() -> Hub:
    """M1 and M2 each served at one activity, and then were found to be one person."""
    hub, a, _ = activities()
    a.serves(S, M1, "09:00", "10:00", activity=A1)
    a.serves(S2, M2, "11:00", "12:00", activity=A1)
    a.push("18:00")
    hub.night()
    hub.desk("member.merge", M2, "1/08:00", into=M1)
    assert there(hub) == [M1, M2]
    return hub


@pytest.mark.parametrize("member", [M1, M2])
def test_who_signed_in_twice_as_two_persons_is_signed_in_once_by_whoever_sees_them(member: str) -> None:
    """The sign-in of the other was taken out, and of the same id there were two (the simulator's seed 100042)."""
    hub = found_to_be_one()
    hub.desk("activity.join", A1, "1/09:00", member=member)
    assert (there(hub), hub.member(M1).points) == ([member], 6)
    again = hub.desk("activity.join", A1, "1/09:10", member=M1)
    assert hub.code(again.change.id) == "SIGNED_IN"


@pytest.mark.parametrize(("void", "left"), [(S, M2), (S2, M1)])
def test_of_one_who_signed_in_as_two_a_void_service_takes_back_its_own(void: str, left: str) -> None:
    hub = found_to_be_one()
    hub.desk("service.void", void, "1/09:00", reason="r")
    assert (there(hub), hub.member(M1).points) == ([left], 4)


def test_a_service_that_is_linked_to_where_its_member_signed_in_signs_nobody_in_again() -> None:
    hub, a, _ = activities()
    a.does("activity.join", A1, "09:00", member=M1)
    a.serves(S, M1, "09:00", "10:00")
    a.does("service.link", S, "11:00", activity=A1)
    a.push("18:00")
    hub.night()
    assert (hub.service(S).activity, there(hub), hub.member(M1).points) == (A1, [M1], 4)


def test_a_service_for_an_activity_signs_its_member_in() -> None:
    hub = served((S, "09:00", "10:00", {"activity": A1}))
    assert there(hub) == [M1]
    assert (hub.service(S).activity, hub.service(S).category) == (A1, "parking")
    assert hub.member(M1).points == 4
    assert hub.team(TEAM).points == 4


def test_two_overlapping_services_for_one_activity_are_one() -> None:
    hub = served((S, "09:00", "10:00", {"activity": A1}), (S2, "09:30", "10:30", {"activity": A1}))
    assert (hub.service(S2).state, there(hub)) == ("DUPLICATE", [M1])


def test_a_void_service_takes_its_sign_in_back_and_a_later_one_signs_in_anew() -> None:
    hub = served((S, "09:00", "10:00", {"activity": A1}), void=S)
    assert (there(hub), hub.member(M1).points, hub.team(TEAM).points) == ([], 0, 0)
    hub.desk("activity.join", A1, "1/09:00", member=M1)
    assert (there(hub), hub.member(M1).points) == ([M1], 2)


def test_a_void_service_leaves_a_sign_in_that_was_made_without_it() -> None:
    hub, a, _ = activities()
    a.does("activity.join", A1, "09:00", member=M1)
    a.serves(S, M1, "09:00", "10:00", activity=A1)
    a.does("service.void", S, "11:00", reason="r")
    a.push("18:00")
    hub.night()
    assert (there(hub), hub.member(M1).points) == ([M1], 2)


def test_of_two_services_for_an_activity_the_other_signs_in_when_one_is_void() -> None:
    rows = ((S, "09:00", "09:30", {"activity": A1}), (S2, "10:00", "10:30", {"activity": A1}))
    hub = served(*rows, void=S)
    assert (there(hub), hub.member(M1).points) == ([M1], 4)
    hub.desk("service.void", S2, "1/09:00", reason="r")
    assert (there(hub), hub.member(M1).points, hub.team(TEAM).points) == ([], 0, 0)


def test_a_service_and_a_void_of_it_twice_leave_what_others_said() -> None:
    hub = served((S, "09:00", "10:00", {}), void=S)
    hub.desk("service.void", S, "1/09:00", reason="again")
    assert there(hub) == []


def test_a_service_is_linked_to_an_activity_once() -> None:
    hub = served((S, "09:00", "10:00", {}))
    rows = (("1/08:00", A1), ("1/09:00", A1), ("1/10:00", A2))
    linked = [hub.desk("service.link", S, at, activity=one) for at, one in rows]
    assert (there(hub), there(hub, A2)) == ([M1], [])
    assert hub.code(linked[-1].change.id) == "LINKED"
    hub.desk("service.void", S, "1/11:00", reason="r")
    assert there(hub) == []


def linked_twice() -> tuple[Hub, str, str]:
    """A and B link one service to two activities, neither knowing of the other."""
    hub, a, _ = activities()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    c = hub.tablet("C", G1, at="10:30")
    a.pull("10:30")
    first = a.does("service.link", S, "11:00", activity=A1)
    second = c.does("service.link", S, "11:10", activity=A2)
    a.push("18:00")
    c.push("18:00")
    hub.night()
    return hub, first, second


def test_two_links_of_one_service_and_the_first_stands() -> None:
    hub, first, second = linked_twice()
    assert (hub.code(first), hub.code(second)) == ("APPLIED", "ALREADY_LINKED")
    assert hub.conflict(S, "activity").stands == first


def test_a_ruling_on_a_link_moves_the_sign_in_with_it() -> None:
    hub, _, second = linked_twice()
    conflict = hub.conflict(S, "activity")
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=second, reason="it was the other")
    assert (hub.service(S).activity, there(hub), there(hub, A2)) == (A2, [], [M1])
    hub.desk("conflict.rule", conflict.id, "1/10:00", stands=None, reason="neither")
    assert (hub.service(S).activity, there(hub), there(hub, A2)) == (None, [], [])


def test_a_service_may_be_for_a_ticket_and_an_activity_at_once() -> None:
    hub, a, _ = activities()
    a.does("ticket.open", T, "08:00", grid=G1, category="legal", title="t")
    a.serves(S, M1, "09:00", "10:00", ticket=T, activity=A1)
    a.does("ticket.open", T2, "10:10", grid=G1, category="legal", title="u")
    a.push("18:00")
    hub.night()
    service = hub.service(S)
    assert (service.category, service.grid, service.activity) == ("legal", G1, A1)


def test_the_same_activity_is_opened_once() -> None:
    hub, _, _ = activities()
    again = hub.desk("activity.open", A1, "08:00", **activity())
    assert hub.code(again.change.id) == "OPENED_BEFORE"


def test_an_activity_is_its_own_communitys() -> None:
    hub, _, _ = activities()
    far = hub.tablet("C", G3)
    hub.district("team.put", ident("far team"), "07:40", **team(community=CG))
    foreign = far.does("activity.join", A1, "09:00", member=M5)
    opened = far.does("activity.open", ident("x"), "09:10", **activity())
    far.push("18:00")
    hub.night()
    grid = hub.desk("activity.open", ident("y"), "1/09:00", **activity(grid=G3))
    squad = hub.desk("activity.open", ident("z"), "1/09:10", **activity(team=ident("far team")))
    codes = [hub.code(one) for one in (foreign, opened, grid.change.id, squad.change.id)]
    assert codes == ["OUT_OF_SCOPE", "OUT_OF_SCOPE", "NOT_FOUND", "NOT_FOUND"]
    assert hub.activity(A1).community == LY
