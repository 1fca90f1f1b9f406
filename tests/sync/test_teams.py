"""Teams: each member is in once; joining and leaving go by each member's last word; the time in the team is kept."""

from tests.sync.hub import Hub, Tablet
from tests.sync.world import CG, G1, G3, M1, M2, TEAM, U1, ident, team, when


def teams() -> tuple[Hub, Tablet, Tablet]:
    """A team that two tablets hold."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    hub.desk("team.put", TEAM, "07:00", **team())
    a.pull("07:30")
    b.pull("07:30")
    return hub, a, b


def joined(*kinds: str) -> Hub:
    """Tablet A does these for M1, an hour apart."""
    hub, a, _ = teams()
    for hour, kind in enumerate(kinds, 9):
        a.does(kind, TEAM, f"{hour:02d}:00", member=M1)
    a.push("18:00")
    hub.night()
    return hub


def members(hub: Hub, at: str = "1/12:00") -> list[str]:
    moment = when(at)
    held = hub.team(TEAM).holders
    return [one.member for one in held if one.since <= moment and (one.until is None or moment < one.until)]


def test_a_member_is_in_a_team_once_whoever_says_so() -> None:
    hub, a, b = teams()
    second = a.does("team.join", TEAM, "09:10", member=M1)
    first = b.does("team.join", TEAM, "08:50", member=M1)
    a.push("18:00")
    b.push("19:00")
    hub.night()
    assert members(hub) == [M1]
    assert (hub.code(first), hub.code(second)) == ("APPLIED", "IN_TEAM")
    assert hub.verdict(second).outcome == "DUPLICATE"


def test_an_alias_is_in_the_team_as_the_member() -> None:
    hub, a, b = teams()
    again = ident("again")
    b.does("member.register", again, "08:00", unit=U1, number="001", name="member 1")
    b.does("team.join", TEAM, "09:00", member=again)
    second = a.does("team.join", TEAM, "10:00", member=M1)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    assert hub.code(second) == "IN_TEAM"


def test_who_leaves_may_come_back_and_the_time_before_is_kept() -> None:
    hub = joined("team.join", "team.leave", "team.join")
    assert [members(hub, at) for at in ("09:30", "10:30", "11:30")] == [[M1], [], [M1]]


def test_one_tablet_joins_and_another_lets_go_and_the_later_deed_stands_in_whichever_night_it_comes() -> None:
    hub, a, b = teams()
    a.does("team.join", TEAM, "08:00", member=M1)
    a.does("team.leave", TEAM, "10:00", member=M1)
    late = b.does("team.join", TEAM, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    b.push("1/18:00")
    hub.night("1/23:00")
    assert members(hub) == []
    assert (hub.verdict(late).outcome, hub.code(late)) == ("SUPERSEDED", "LATER_STANDS")


def test_nobody_leaves_a_team_that_they_are_not_in() -> None:
    hub = joined("team.leave")
    (outcome,) = [one for one in hub.memory.outcomes.values() if one.kind == "team.leave"]
    assert (outcome.outcome, outcome.code) == ("REJECTED", "NOT_IN_TEAM")


def test_a_team_is_its_own_communitys() -> None:
    hub, _, _ = teams()
    c = hub.tablet("C", G3)
    refused = c.does("team.join", TEAM, "09:00", member=M2)
    foreign = hub.desk("team.put", ident("far"), "09:10", **team(community=CG))
    c.push("18:00")
    hub.night()
    assert [hub.code(refused), hub.code(foreign.change.id)] == ["OUT_OF_SCOPE", "OUT_OF_SCOPE"]


def test_a_put_leaves_members_and_points_alone() -> None:
    hub = joined("team.join")
    hub.desk("team.put", TEAM, "1/09:00", **team("green", theme="environment"))
    assert (hub.team(TEAM).code, hub.team(TEAM).theme, members(hub)) == ("green", "environment", [M1])
