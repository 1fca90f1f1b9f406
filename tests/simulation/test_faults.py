"""Each fault can be switched on by itself, and whatever came was counted."""

import pytest

from tests.simulation.faults import FAULTS, Faults, named
from tests.simulation.options import Options
from tests.simulation.run import run

MANY = 50
"""So many times as likely: it comes at nearly every opportunity, unless the run's weather is without it."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_is_asked_for_comes_alone_and_is_counted(name: str) -> None:
    came = []
    for seed in range(1, 13):
        faults = Faults(seed, named(name))
        struck = [other for other in FAULTS for _ in range(4) if faults.strikes(other, MANY)]
        for fault in struck:
            faults.came(fault)
        assert faults.counts.total() == len(struck)
        came += struck
    assert set(came) == {name}


def test_nothing_goes_wrong_in_calm_weather() -> None:
    faults = Faults(1, FAULTS)
    faults.calm = True
    assert not any(faults.strikes(name, MANY) for name in FAULTS)


def test_a_run_with_three_faults_has_those_and_no_other() -> None:
    three = {"lost_request", "lost_answer", "clock_set"}
    result = run(Options(tablets=3, days=3, deeds=10, seed=3001, faults=tuple(sorted(three))))
    assert result.ok
    assert set(result.faults) == three


def test_a_fault_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no such fault: gremlins"):
        named("lost_answer,gremlins")
