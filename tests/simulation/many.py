"""Many runs, one seed after another, on as many processes as there are; and what they come to together."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from itertools import count, islice
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from tests.simulation.chance import stream
from tests.simulation.options import Options
from tests.simulation.run import Result, run
from tests.simulation.witness import Violation

SUMS: Final = ("changes", "lost", "diverged", "ledger_drift", "undrained", "settlements", "nights", "entries")
BATCH: Final = 25
"""Runs that one process does before another takes its place."""
TALLIES: Final = ("faults", "meetings", "kinds", "outcomes")


class Total(Struct):
    """The sums of many runs. `seed` is the first one's; `digest` is over all of theirs, in order of their seeds."""

    seed: int
    runs: int = 0
    changes: int = 0
    digest: str = ""
    lost: int = 0
    diverged: int = 0
    ledger_drift: int = 0
    undrained: int = 0
    settlements: int = 0
    nights: int = 0
    entries: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    meetings: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    violations: list[dict[str, Any]] = field(default_factory=list)
    twins: int = 0
    """How many runs were played on PostgreSQL, too."""
    mutants: dict[str, str | None] = field(default_factory=dict)
    """For each deliberate defect, the invariant that found it."""

    def add(self, result: Result) -> None:
        self.runs += 1
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(result, name))
        for name in TALLIES:
            added = Counter(getattr(self, name)) + Counter(getattr(result, name))
            setattr(self, name, dict(sorted(added.items())))
        self.told(result, result.violations)

    def told(self, result: Result, violations: Iterable[Violation]) -> None:
        """What did not hold in a run, and the command that repeats it."""
        self.violations += [
            {**msgspec.to_builtins(violation), "seed": result.seed, "command": result.command}
            for violation in violations
        ]

    @classmethod
    def of(cls, seed: int, results: Iterable[Result]) -> "Total":
        total, digests = cls(seed), hashlib.sha256()
        for result in sorted(results, key=lambda result: result.seed):
            total.add(result)
            digests.update(result.digest.encode())
        total.digest = digests.hexdigest()
        return total


def varied(seed: int) -> Options:
    """Runs of every size, by the seed: few tablets for long, many for a short time, busy and quiet ones."""
    chance = stream(seed, "size")
    tablets = chance.choice((2, 3, 4, 6, 6, 8, 12, 20))
    days = chance.choice((1, 2, 3, 3, 4, 6, 12)) if tablets < 12 else chance.choice((1, 2, 3))
    deeds = chance.choice((8, 20, 30, 45))
    door = "app" if chance.random() < 0.1 else "hub"
    return Options(tablets=tablets, days=days, seed=seed, deeds=deeds, door=door)  # type: ignore[arg-type]


def runs(
    wanted: Iterable[Options],
    jobs: int,
    enough: Callable[[Result], bool] = lambda _: False,
) -> Iterator[Result]:
    """The results, as they come. Begins no more runs once `enough` has said so of one of them."""
    waiting = iter(wanted)
    if jobs == 1:
        for options in waiting:
            result = run(options)
            yield result
            if enough(result):
                return
        return
    stop = False
    while not stop:
        # Fresh processes for each batch: one that lives on grows, and slows with what it has to look after.
        batch = list(islice(waiting, BATCH * jobs))
        if not batch:
            return
        with ProcessPoolExecutor(jobs) as pool:
            asked = iter(batch)
            going = {pool.submit(run, options) for options in islice(asked, jobs)}
            while going:
                done, going = wait(going, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    yield result
                    stop = stop or enough(result)
                    following = None if stop else next(asked, None)
                    if following is not None:
                        going.add(pool.submit(run, following))


def seeds(first: int) -> Iterator[int]:
    return count(first)
