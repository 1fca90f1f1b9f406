"""A failure is made as small as a few tries make it, and its command repeats it."""

from tests.simulation.mutants import MUTANTS
from tests.simulation.options import Options
from tests.simulation.run import run
from tests.simulation.shrink import same_failure, shrunk


def test_a_failing_run_shrinks_to_a_smaller_one_that_fails_in_the_same_way() -> None:
    mutant = next(mutant for mutant in MUTANTS if mutant.name == "telephones to everybody")
    options = Options(tablets=4, days=3, seed=5)
    with mutant.mutate():
        failed = run(options)
        smallest = shrunk(failed, options)
        again = run(smallest.options)
    assert same_failure(failed, smallest)
    assert same_failure(failed, again)
    assert smallest.options.days == 1
    assert smallest.options.faults == ()
    assert smallest.options.tablets < options.tablets


def test_a_run_on_another_database_is_repeated_there() -> None:
    url = "sqlite:///{folder}/other.db"
    assert Options(database=url).command().endswith(f"--seed 1 --database '{url}'")


def test_a_command_says_all_that_differs_from_the_default() -> None:
    options = Options(tablets=2, days=1, seed=9, faults=("doubled", "cloned"), door="app")
    assert options.command() == (
        "python -m tests.simulation --tablets 2 --days 1 --seed 9 --faults doubled,cloned --door app"
    )
