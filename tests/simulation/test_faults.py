"""Each fault can be switched on by itself, and whatever came was counted."""

from itertools import count, islice
from typing import Final

import pytest

from tests.simulation.faults import FAULTS, WEATHER, Faults, named
from tests.simulation.options import Options
from tests.simulation.run import Result, run

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


BESIDE: Final = {"kill_restore": ("restored",)}
"""Faults that strike in another one."""
BUSY: Final = {"full_tablet": 40}
"""How many deeds a day it takes, where a tablet's file must grow just then."""
SEEDS: Final = 12
"""Among so many seeds that have the weather for it, each fault comes."""


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_comes_in_a_run_alone_and_makes_another_run_of_it(name: str) -> None:
    """What is only counted, and does nothing, leaves the run as it is without it."""
    names = (name, *BESIDE.get(name, ()))
    deeds = BUSY.get(name, 8)
    for seed in islice((seed for seed in count(1) if _is_stormy(seed, names)), SEEDS):
        struck, lines = _told(seed, names, deeds)
        assert struck.ok, struck.violations
        assert set(struck.faults) <= {*names}
        if struck.faults.get(name, 0) and lines != _told(seed, names[1:], deeds)[1]:
            return
    pytest.fail(f"in {SEEDS} runs {name} never came, or came and did nothing")


def _is_stormy(seed: int, names: tuple[str, ...]) -> bool:
    faults = Faults(seed, names)
    return all(faults.weather(name) == max(WEATHER) for name in names)


def _told(seed: int, names: tuple[str, ...], deeds: int) -> tuple[Result, list[str]]:
    """A small run, and what its trace says but for the names of the faults that come, and the backups they ask for."""
    lines: list[str] = []
    result = run(Options(tablets=3, days=2, deeds=deeds, seed=seed, faults=names), lines.append)
    return result, [line for line in lines if "befalls" not in line and "backed up" not in line]


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
