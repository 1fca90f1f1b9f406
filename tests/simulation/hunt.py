"""Looking for a deliberate defect: run after run with it, until an invariant does not hold that held without it."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from tests.simulation.mutants import Mutant
from tests.simulation.options import Options
from tests.simulation.run import Result, run

RUNS: Final = 30
"""How many runs with a defect are to be enough."""


def small(seed: int, mutant: Mutant) -> Options:
    """A run that takes a second or two."""
    return Options(tablets=5, days=3, seed=seed, deeds=mutant.deeds, faults=mutant.faults)


@cache
def holds(options: Options) -> bool:
    """Whether the run holds as the code is."""
    return run(options).ok


def hunt(mutant: Mutant, first: int, runs: int = RUNS) -> Iterator[Result]:
    """The runs with a defect, up to the one that finds it. The caller looks at the last one's `ok`."""
    for seed in range(first, first + runs):
        options = small(seed, mutant)
        with mutant.mutate():
            result = run(options)
        if not result.ok and not holds(options):
            continue
        yield result
        if not result.ok:
            return


def found(mutant: Mutant, first: int, runs: int = RUNS) -> Result | None:
    """The run that finds a defect, or None."""
    last: Result | None = None
    for result in hunt(mutant, first, runs):
        last = result
    return last if last is not None and not last.ok else None
