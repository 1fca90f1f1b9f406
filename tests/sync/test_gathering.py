"""Gathering: what is wanted is named until nothing is missing, and no more than is needed."""

from sync.settle import wanted
from sync.state import Day, State
from tests.sync.hub import Hub
from tests.sync.test_seats import ticket
from tests.sync.world import DAY, G1, LY, M1, M2, M3, OFFSET, U1, S, T, ident, when


def rounds(hub: Hub) -> list[dict[str, set[str]]]:
    """What each round asked for, until nothing was missing."""
    state, asked = State(), []
    while missing := wanted(hub.inbox, state):
        asked.append(missing.things)
        hub.memory.gather(missing, state)
    return asked


def test_each_round_names_what_the_last_one_made_known() -> None:
    hub, a, _ = ticket()
    a.does("ticket.claim", T, "09:00", member=M1)
    a.push("18:00")
    asked = rounds(hub)
    assert asked[0] == {"ticket": {T}, "member": {M1}, "grid": {G1}}
    assert asked[1]["community"] == {LY}
    assert len(asked) < 5


def test_what_is_not_there_is_asked_for_once() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    a.does("ticket.claim", T, "09:00", member=ident("nobody"))
    a.push("18:00")
    state = hub.memory.gathered(hub.inbox)
    assert state.things["ticket"] == {T: None}
    assert not wanted(hub.inbox, state)


def test_an_empty_batch_wants_the_point_rules_and_no_more() -> None:
    assert wanted([], State()).point_rules
    assert not wanted([], State(point_rules=True))


def test_a_services_days_are_gathered_for_the_whole_person() -> None:
    hub, a, _ = ticket()
    hub.desk("member.merge", M2, "08:00", into=M1)
    a.serves(S, M2, "09:00", "10:00")
    a.push("18:00")
    state = hub.memory.gathered(hub.inbox)
    today = (when("09:00") + OFFSET) // DAY
    assert {Day(M1, today), Day(M2, today)} <= set(state.entries)


def test_whoever_is_merged_in_the_same_batch_is_one_person_already() -> None:
    hub, a, _ = ticket()
    a.does("member.edit", M3, "08:00", name="Li")
    a.serves(S, M3, "09:00", "10:00")
    a.push("10:10")
    hub.desk("member.merge", M3, "11:00", into=M1)
    state = hub.memory.gathered(hub.inbox)
    today = (when("09:00") + OFFSET) // DAY
    assert {Day(M1, today), Day(M3, today)} <= set(state.entries)


def test_whoever_is_registered_twice_in_a_batch_is_one_person_already() -> None:
    hub, a, b = ticket()
    ids = ident("new 1"), ident("new 2")
    for tablet, new in zip((a, b), ids, strict=True):
        tablet.does("member.register", new, "08:00", unit=U1, number="099", name="Li")
        tablet.serves(ident(f"service of {new}"), new, "09:00", "10:00")
        tablet.push("18:00")
    state = hub.memory.gathered(hub.inbox)
    assert {day.member for day in state.entries} == set(ids)


def test_a_redemption_needs_no_days_only_the_member() -> None:
    hub, a, _ = ticket()
    a.does("points.redeem", ident("r"), "09:00", member=M1, points=1, reward="tea")
    a.push("18:00")
    assert hub.memory.gathered(hub.inbox).entries == {}


def test_gathering_many_changes_takes_as_few_rounds_as_gathering_one() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    for n in range(50):
        a.does("ticket.open", ident(f"t{n}"), "08:00", grid=G1, category="parking", title="t")
        a.does("ticket.claim", ident(f"t{n}"), "08:10", member=M1)
        a.serves(ident(f"s{n}"), M1, "08:10", "08:20", ticket=ident(f"t{n}"), at="08:30")
    a.push("18:00")
    assert len(rounds(hub)) <= 5
