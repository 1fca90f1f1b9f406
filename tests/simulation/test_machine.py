"""Hub and tablets as a state machine: Hypothesis does any deed, meeting, fault and night, in any order.

The simulator plays what a district's days are like; here nothing is likely. What fails is made
smaller step by step, down to the deeds that it takes. After every night, and when all has drained,
everything of invariants.py must hold.
"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.simulation import deeds, deeds_people, deeds_tickets, desk
from tests.simulation.carrier import Carrier
from tests.simulation.clocks import MINUTE, SECOND
from tests.simulation.days import BEFALLS, PUT_BACK, Days
from tests.simulation.hand import Hand, Nothing, Stopped
from tests.simulation.house import fast_folder
from tests.simulation.meeting import Meeting
from tests.simulation.mutants import MUTANTS
from tests.simulation.nights import Nights
from tests.simulation.options import Options
from tests.simulation.threads import without_threads
from tests.simulation.world import World

ON_THE_ROAD: Final = (
    "lost_request",
    "cut_request",
    "doubled",
    "delayed",
    "reordered",
    "lost_answer",
    "cut_answer",
    "kill_tablet",
    "full_tablet",
    "kill_hub",
    "full_hub",
    "overlap",
)
"""Faults that strike at the next question, step or transaction."""
BEGINNING: Final = (deeds_tickets.open_ticket, deeds_people.register, deeds_tickets.serve_without_ticket)
TABLETS: Final = 3
STEPS: Final = 40

tablets = st.integers(0, TABLETS)
chances = st.randoms(use_true_random=False)


class HubAndTablets(RuleBasedStateMachine):
    """Three tablets around one grid or two, three desks, one hub; nothing happens but what a rule does."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.world: World

    @initialize(backs_up=st.booleans(), two=st.booleans())
    def they_are_enrolled(self, backs_up: bool, two: bool) -> None:
        """And each has opened a ticket, registered somebody and served, and heard of the others."""
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(dir=fast_folder())))
        self._open.enter_context(without_threads())
        # Whoever names these faults has backups; when the hub is put back, a rule says.
        self.world = World(Options(tablets=TABLETS, faults=PUT_BACK if backs_up else ()), folder)
        self._open.callback(self.world.close)
        self.days, self.nights = Days(self.world), Nights(self.world)
        grids = self.world.district.grids["LY"]
        for number in range(TABLETS):
            carrier = self.world.new_carrier(f"T{number + 1}")
            assert self.world.enrol(carrier, [grids[number % 2], *grids[2:3]] if two else grids[:1])
            self._meet(carrier)
            for do in BEGINNING:
                do(Hand(self.world, carrier))
        for carrier in self.world.carriers:
            self._meet(carrier)
        self.a_night_is_settled()
        for carrier in self.world.carriers:
            self._meet(carrier)
        self.world.faults.calm = False

    # Work

    @rule(number=tablets, rows=st.lists(st.sampled_from(deeds.DEEDS), min_size=1, max_size=6), chance=chances)
    def somebody_works(self, number: int, rows: list[deeds.Row], chance: Random) -> None:
        """Any deeds, one after another, on what the screen of a tablet shows."""
        carrier = self._carrier(number)
        for row in rows:
            self.world.time.go_on(self.world.time.now + MINUTE)
            if carrier is not None and carrier.scope:
                hand = Hand(self.world, carrier)
                self._by_chance(carrier, chance, partial(row.do, hand))

    @rule(which=st.integers(0, 2), row=st.sampled_from(desk.ROWS), looks=st.booleans(), chance=chances)
    def an_office_does(self, which: int, row: desk.Row, looks: bool, chance: Random) -> None:
        """Any deed of a desk, whose screen may be old."""
        one = self.world.desks[which]
        if looks:
            one.look()
        self._by_chance(one, chance, lambda: one.does(row))

    def _by_chance(self, who: Carrier | desk.Desk, chance: Random, does: Callable[[], None]) -> None:
        own, who.chance = who.chance, chance
        try:
            does()
        except (Nothing, Stopped):
            pass
        finally:
            who.chance = own

    # Time and meetings

    @invariant()
    def a_second_passes(self) -> None:
        """Nobody does two things in one millisecond."""
        self.world.time.go_on(self.world.time.now + SECOND)

    @rule(minutes=st.sampled_from((1, 30, 8 * 60, 26 * 60)))
    def time_goes_on(self, minutes: int) -> None:
        self.world.run_until(self.world.time.now + minutes * MINUTE)
        assert not self.nights.found, self.nights.found

    @rule(number=tablets)
    def a_tablet_meets_the_hub(self, number: int) -> None:
        carrier = self._carrier(number)
        if carrier is not None and carrier.meeting is None:
            self._meet(carrier)

    @rule(number=tablets, events=st.integers(1, 6))
    def a_meeting_begins_and_others_go_on(self, number: int, events: int) -> None:
        """It stops at one of its questions, so that deeds, nights and other meetings come in between."""
        carrier = self._carrier(number)
        if carrier is not None:
            self.days.meet(carrier)
            self.world.run_for(events)

    def _meet(self, carrier: Carrier) -> None:
        if carrier.device is None or carrier.outcast:
            self.days.meet(carrier)
            return
        meeting = Meeting(self.world, carrier)
        self.world.run_while(lambda: not meeting.over and carrier.meeting is meeting)

    @rule()
    def a_night_is_settled(self) -> None:
        self.nights.begin()
        self.world.run_while(lambda: self.nights.settling)
        assert not self.nights.found, self.nights.found

    # What goes wrong

    @rule(fault=st.sampled_from(ON_THE_ROAD))
    def the_next_one_goes_wrong(self, fault: str) -> None:
        self.world.faults.armed.add(fault)

    @rule(number=tablets, fault=st.sampled_from(tuple(BEFALLS)), chance=chances)
    def a_tablet_befalls(self, number: int, fault: str, chance: Random) -> None:
        carrier = self._carrier(number)
        if carrier is not None:
            self._by_chance(carrier, chance, lambda: self.days.befall(carrier, fault))

    @rule(fault=st.sampled_from(PUT_BACK))
    def the_hub_is_put_back(self, fault: str) -> None:
        """To the newest of the backups that most nights make."""
        self.days.put_back(fault)

    @rule(number=tablets)
    def a_tablet_is_switched_off_and_on(self, number: int) -> None:
        carrier = self._carrier(number)
        if carrier is not None:
            self.days.restart(carrier)

    # In the end

    def _carrier(self, number: int) -> Carrier | None:
        """One of the tablets that still go; those that took another's place come after the first three."""
        going = [carrier for carrier in self.world.carriers if not carrier.retired]
        return going[number % len(going)] if going else None

    def teardown(self) -> None:
        """Whatever was done, everything drains, and then all of it adds up."""
        try:
            if not self.nights.found:
                self.nights.drain()
                assert not self.nights.found, self.nights.found
        finally:
            self._open.close()


def tried(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=examples, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck), **more
    )


def test_whatever_hub_and_tablets_do_in_any_order_everything_holds() -> None:
    run_state_machine_as_test(HubAndTablets, settings=tried(8))


def test_the_machine_finds_a_deliberate_defect() -> None:
    """Nobody hears a verdict; that needs no making small here."""
    (mutant,) = (one for one in MUTANTS if one.name == "verdicts untold")
    with mutant.mutate(), pytest.raises(AssertionError, match=r"lacks .*verdict"):
        run_state_machine_as_test(HubAndTablets, settings=tried(3, phases=[Phase.generate]))
