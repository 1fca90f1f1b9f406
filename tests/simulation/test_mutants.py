"""Three of the deliberate defects in each test run, in turn by the day: the simulator must find them."""

import os
from datetime import UTC, date, datetime

import pytest

from tests.simulation.hunt import found
from tests.simulation.mutants import MUTANTS, Mutant

EACH_DAY = 3


def day() -> int:
    """The number of today, or of LIANXIN_SIMULATION_DAY (such as 2026-11-23)."""
    said = os.environ.get("LIANXIN_SIMULATION_DAY")
    return (date.fromisoformat(said) if said else datetime.now(UTC).date()).toordinal()


def mutants_of(number: int) -> list[Mutant]:
    return [MUTANTS[(number * EACH_DAY + one) % len(MUTANTS)] for one in range(EACH_DAY)]


@pytest.mark.parametrize("which", range(EACH_DAY))
def test_the_simulator_finds_todays_defects(which: int) -> None:
    mutant = mutants_of(day())[which]
    result = found(mutant, first=1)
    assert result is not None, f"nothing shows that somebody forgot {mutant.says} ({mutant.name})"


def test_every_defect_has_its_turn() -> None:
    turns = {mutant.name for number in range(len(MUTANTS)) for mutant in mutants_of(number)}
    assert turns == {mutant.name for mutant in MUTANTS}
    assert len(MUTANTS) >= 15
