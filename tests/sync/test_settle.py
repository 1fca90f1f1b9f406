"""Settlement: the order of deciding, what is held and released, told once, chained, and never altered."""

import copy
import random

import pytest
from msgspec.structs import replace

from sync import settle as settling
from sync.kinds import KINDS
from sync.settle import DECIDERS, HELD_MS, LAST, TIERS, Crash, chain, ordered, settle
from sync.state import Accepted, Settled, State
from sync.work import Decision, Work
from tests.sync.hub import Hub, Tablet
from tests.sync.test_seats import ticket
from tests.sync.world import G1, M1, M2, U1, S, T, ident, when

NEW = ident("new")


def test_every_kind_is_decided_by_something() -> None:
    assert set(DECIDERS) == set(KINDS)


def test_creations_come_first_each_before_what_may_name_it_and_redemptions_last() -> None:
    tiers = [kind for tier in TIERS for kind in tier]
    decided = {"points.confirm", "points.withdraw"}
    assert {*tiers, *LAST} == {kind.name for kind in KINDS.values() if kind.creates} | decided
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    a.does("points.redeem", ident("r"), "07:00", member=NEW, points=1, reward="tea")
    a.does("ticket.claim", T, "07:10", member=NEW)
    a.serves(S, NEW, "07:20", "07:50", ticket=T)
    b.does("ticket.open", T, "09:00", grid=G1, category="parking", title="t")
    b.does("member.register", NEW, "10:00", unit=U1, number="099", name="Li")
    for tablet in (a, b):
        tablet.push("18:00")
    kinds = [accepted.change.kind for accepted in ordered(hub.inbox)]
    assert kinds == ["member.register", "ticket.open", "service.record", "ticket.claim", "points.redeem"]
    assert hub.night().counts == {"APPLIED": 5}


# Held


def waiting() -> tuple[Hub, Tablet, Tablet, str]:
    """A note on a ticket that has not come."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    change = a.does("ticket.note", T, "09:00", private={"text": "rang"})
    a.push("18:00")
    hub.night()
    return hub, a, b, change


def open_ticket(tablet: Tablet, at: str) -> str:
    return tablet.does("ticket.open", T, at, grid=G1, category="parking", title="t", saw=0)


def test_a_change_is_held_until_its_thing_comes_from_the_last_tablet() -> None:
    """Line 12."""
    hub, _, b, change = waiting()
    assert hub.verdict(change).waits == T
    open_ticket(b, "08:00")
    b.push("9/18:00")
    settled = hub.night("9/23:00")
    assert [accepted.change.id for accepted in settled.changes][1:] == [change]
    assert hub.code(change) == "APPLIED"
    assert [note.text for note in hub.ticket(T).notes] == ["rang"]
    assert hub.memory.held == {}


def test_nights_in_between_say_nothing_about_what_is_held() -> None:
    hub, _, _, change = waiting()
    settled = hub.night("1/23:00")
    assert (settled.changes, settled.outcomes) == ([], [])
    assert hub.memory.held == {change: (T, when("23:00"))}


def test_a_creation_that_is_refused_releases_nothing() -> None:
    hub, _, _, change = waiting()
    c = hub.tablet("C", ident("another grid"))
    refused = open_ticket(c, "08:00")
    c.push("1/18:00")
    settled = hub.night("1/23:00")
    assert [outcome.change for outcome in settled.outcomes] == [refused]
    assert hub.code(change) == "WAITS"


def test_a_chain_of_held_changes_is_released_link_by_link() -> None:
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    claim = a.does("ticket.claim", T, "09:00", member=NEW)
    a.push("18:00")
    hub.night()
    assert hub.verdict(claim).waits == T
    open_ticket(b, "08:00")
    b.push("1/18:00")
    hub.night("1/23:00")
    verdict = hub.verdict(claim)
    assert (verdict.outcome, verdict.waits) == ("HELD", NEW), "the ticket came, and now its member is missing"
    a.does("member.register", NEW, "2/08:00", unit=U1, number="099", name="Li")
    a.push("2/18:00")
    hub.night("2/23:00")
    assert (hub.code(claim), hub.takers(T)) == ("APPLIED", [NEW])


def test_what_was_held_for_thirty_days_goes_to_review() -> None:
    hub, _, _, change = waiting()
    hub.night(when("23:00") + HELD_MS - 1)
    assert hub.code(change) == "WAITS"
    hub.night(when("23:00") + HELD_MS)
    verdict = hub.verdict(change)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("REVIEW", "WAITED_TOO_LONG", "held")
    assert verdict.stands == {"thing": "ticket", "id": T}
    conflict = hub.conflict(T, f"held:{change}")
    assert (conflict.rule, conflict.state, conflict.stands) == ("held", "REVIEW", None)
    assert hub.memory.held == {}


def test_a_thing_that_comes_on_the_last_day_is_in_time() -> None:
    hub, _, b, change = waiting()
    open_ticket(b, "08:00")
    b.push("30/18:00")
    hub.night(when("23:00") + HELD_MS)
    assert hub.code(change) == "APPLIED"


def test_what_waited_too_long_out_of_no_communitys_scope_is_anybodys_to_look_at() -> None:
    hub = Hub()
    c = hub.tablet("C", ident("no grid"))
    change = c.does("ticket.note", T, "09:00", private={"text": "rang"})
    c.push("18:00")
    hub.night()
    hub.night("40/23:00")
    assert hub.conflict(T, f"held:{change}").community == ""


# Telling


def test_an_author_is_told_anew_only_what_is_news() -> None:
    hub, a, b = ticket()
    first = a.does("ticket.edit", T, "09:00", title="from A")
    a.push("09:10")
    hub.night("09:20")
    b.does("ticket.edit", T, "10:00", title="from B", saw=0)
    b.push("10:10")
    settled = hub.night("10:20")
    assert [outcome.change for outcome in settled.outcomes if outcome.device == "A"] == [first]
    c = hub.tablet("C", G1, at="06:00")
    c.does("ticket.edit", T, "08:00", title="from C", saw=0)
    c.push("11:00")
    settled = hub.night("11:10")
    assert [outcome.device for outcome in settled.outcomes] == ["C"], (
        "B heard already that somebody's is kept beside it"
    )
    assert hub.code(first) == "LATER_DEED"


def test_counts_are_of_the_settlements_own_changes() -> None:
    hub, a, b = ticket()
    a.does("ticket.claim", T, "09:00", member=M1)
    b.does("ticket.claim", T, "09:10", member=M2)
    for tablet in (a, b):
        tablet.push("18:00")
    assert hub.night().counts == {"APPLIED": 1, "LOST": 1}


# Purity


def busy() -> tuple[Hub, list[Accepted]]:
    """A batch in which a bit of everything happens."""
    hub, a, b = ticket(seats=2)
    a.does("member.register", NEW, "08:00", unit=U1, number="001", name="Li")
    a.does("ticket.claim", T, "08:10", member=NEW)
    b.does("ticket.claim", T, "08:20", member=M2)
    a.does("ticket.edit", T, "08:30", title="from A", addTags=["x"], private={"detail": "d"})
    b.does("ticket.edit", T, "08:40", title="from B", addTags=["y"], grid=G1)
    a.serves(S, NEW, "09:00", "10:00", ticket=T)
    b.serves(ident("s2"), M1, "09:30", "10:30", ticket=T)
    b.does("ticket.finish", T, "11:00", member=M2)
    b.does("ticket.close", T, "11:10", rating=5)
    b.does("points.redeem", ident("r"), "11:20", member=M2, points=1, reward="tea")
    for tablet in (a, b):
        tablet.push("18:00")
    return hub, hub.inbox


def shuffled(state: State, seed: int) -> State:
    """The same state, with everything in its dictionaries in another order."""
    chance = random.Random(seed)

    def mixed(found: dict[object, object]) -> dict[object, object]:
        return dict(chance.sample(list(found.items()), len(found)))

    other = copy.deepcopy(state)
    for name in (
        "things",
        "identities",
        "aliases",
        "dated",
        "entries",
        "held",
        "changes",
        "outcomes",
    ):
        setattr(other, name, mixed(getattr(other, name)))
    for collection, things in other.things.items():
        other.things[collection] = mixed(things)  # type: ignore[arg-type,assignment]
    return other


def decided(state: State, batch: list[Accepted]) -> Settled:
    return settle(state, batch, when("23:00"), "before")


def test_the_same_state_batch_and_now_give_the_same_result() -> None:
    hub, batch = busy()
    state = hub.memory.gathered(batch)
    first = decided(state, batch)
    assert decided(state, batch) == first
    for seed in range(20):
        again = decided(shuffled(state, seed), random.Random(seed).sample(batch, len(batch)))
        assert again == first


def test_settling_alters_neither_the_state_nor_the_batch() -> None:
    hub, batch = busy()
    state = hub.memory.gathered(batch)
    before, order = copy.deepcopy(state), list(batch)
    decided(state, batch)
    assert (state, batch) == (before, order)


def test_a_dry_run_predicts_exactly_what_a_settlement_then_does() -> None:
    """Line 17."""
    hub, batch = busy()
    dry = decided(hub.memory.gathered(batch), batch)
    things = copy.deepcopy(hub.memory.things)
    assert hub.memory.things == things
    hub.memory.digest = "before"
    real = hub.memory.settle(batch, when("23:00"))
    assert (real.digest, real.counts, real.outcomes) == (dry.digest, dry.counts, dry.outcomes)


def test_the_same_change_twice_in_a_batch_counts_once() -> None:
    hub, batch = busy()
    state = hub.memory.gathered(batch)
    assert decided(state, [*batch, *batch]) == decided(state, batch)


def test_the_digest_chains_changes_and_outcomes_in_order() -> None:
    hub, batch = busy()
    settled = decided(hub.memory.gathered(batch), batch)
    changes, outcomes = settled.changes, settled.outcomes
    assert chain("before", changes, outcomes) == settled.digest
    surer = replace(changes[0], uncertainty_ms=7)
    sooner = replace(changes[0], deed=changes[0].deed - 1)
    different = {
        chain("before", [surer, *changes[1:]], outcomes),
        chain("before", [sooner, *changes[1:]], outcomes),
        chain("other", changes, outcomes),
        chain("before", changes[1:], outcomes),
        chain("before", [changes[1], changes[0], *changes[2:]], outcomes),
        chain("before", changes, outcomes[1:]),
        chain("before", changes, [outcomes[1], outcomes[0], *outcomes[2:]]),
    }
    assert len(different) == 7
    assert settled.digest not in different


# A defect in one rule


def defect(work: Work, accepted: Accepted) -> Decision:
    raise ZeroDivisionError


def test_a_change_whose_rule_crashes_is_named_and_the_night_goes_on_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub, batch = busy()
    state = hub.memory.gathered(batch)
    monkeypatch.setitem(settling.DECIDERS, "ticket.finish", defect)
    with pytest.raises(Crash) as caught:
        decided(state, batch)
    crash = caught.value
    assert crash.kind == "ticket.finish"
    assert str(crash) == f"deciding ticket.finish failed for change {crash.change}"
    settled = settle(state, batch, when("23:00"), "before", {crash.change: "lifecycle"})
    verdict = next(outcome for outcome in settled.outcomes if outcome.change == crash.change)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("QUARANTINED", "CRASHED", "lifecycle")
    assert len(settled.changes) == len(batch)


def test_only_what_differs_is_written() -> None:
    hub, a, _ = ticket()
    a.does("ticket.claim", T, "09:00", member=M1)
    a.does("ticket.decline", T, "09:10", member=M1)
    a.push("18:00")
    settled = hub.night()
    assert set(settled.written) == {"ticket"}
    assert hub.conflicts() == []
