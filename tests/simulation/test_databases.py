"""SQLite = PostgreSQL: the same people do the same things on either, and it comes to the same bytes."""

from pathlib import Path

import pytest

from tests.databases import databases_named
from tests.simulation.options import Options
from tests.simulation.run import run
from tests.simulation.twins import Twins, twins


@pytest.mark.parametrize("seed", [21, 22])
def test_a_run_is_the_same_on_both_databases(seed: int) -> None:
    with databases_named("postgresql") as databases:
        (both,) = twins([Options(tablets=4, days=2, seed=seed)], databases)
    assert both.violations() == []
    assert both.here.options.database != both.there.options.database


def test_runs_that_come_to_something_else_are_told_apart() -> None:
    """Of two that hold, one with a deed more."""
    here, there = run(Options(tablets=2, days=1, seed=1, deeds=4)), run(Options(2, 1, 1, deeds=5))
    assert [one.invariant for one in Twins(here, there).violations()] == ["both databases"]
    assert Twins(here, here).violations() == []


def test_a_hub_that_dies_keeps_its_word_on_postgresql_too(tmp_path: Path) -> None:
    """Not every run has weather for it: as many seeds as it takes until a hub died."""
    died = 0
    with databases_named("postgresql") as databases:
        for seed in range(31, 51):
            with databases.fresh(tmp_path) as url:
                result = run(Options(tablets=4, days=2, seed=seed, database=url))
            assert result.ok, result.violations
            died += result.faults.get("kill_hub", 0)
            if died:
                break
    assert died > 0
