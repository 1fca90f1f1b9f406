"""SQLite = PostgreSQL: the same people do the same things on either, and it comes to the same bytes."""

from pathlib import Path

import pytest

from tests.databases import databases_named
from tests.simulation.faults import FAULTS
from tests.simulation.options import Options
from tests.simulation.run import run

# A process dies at the n-th statement, and a disk is full at the n-th page: those two count differently.
# And there is no file of PostgreSQL's that somebody would copy back.
SAME = tuple(name for name in FAULTS if name not in {"kill_hub", "kill_restore", "full_hub", "copied_back"})


@pytest.mark.parametrize("seed", [21, 22])
def test_a_run_is_the_same_on_both_databases(seed: int, tmp_path: Path) -> None:
    options = Options(tablets=4, days=2, seed=seed, faults=SAME)
    here = run(options)
    with databases_named("postgresql") as databases, databases.fresh(tmp_path) as url:
        there = run(Options(tablets=4, days=2, seed=seed, faults=SAME, database=url))
    assert here.ok
    assert there.ok
    assert (here.trace, here.digest) == (there.trace, there.digest)


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
