"""`python -m tests.simulation`: one run, or as many as it takes to reach so many changes; see README.md beside this file."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from tests.databases import databases_named
from tests.postgres import NoPostgres, startable
from tests.simulation.faults import FAULTS, named
from tests.simulation.hunt import found
from tests.simulation.many import Total, runs, seeds, varied
from tests.simulation.mutants import MUTANTS
from tests.simulation.options import DEEDS, Options
from tests.simulation.run import Result, run
from tests.simulation.shrink import shrunk
from tests.simulation.twins import twins

SHOWN = 25
"""How many of the last lines of a failing run are shown."""


def main() -> int:
    asked = _arguments()
    # What the server logs when a fault strikes is not news here.
    logging.disable(logging.CRITICAL)
    results = _many(asked) if asked.changes or asked.runs > 1 else [run(_options(asked), _watch(asked))]
    total = Total.of(asked.seed, results)
    failures = [result for result in results if not result.ok]
    if failures and not asked.as_it_is:
        _explain(failures[0])
    if asked.twins:
        failures += _twins(total, asked)
    if asked.mutants:
        _hunt(total, asked.seed)
    if asked.json:
        print(msgspec.json.encode(_data(total, results)).decode())
    else:
        _tell(total)
    missed = [name for name, invariant in total.mutants.items() if invariant is None]
    return 1 if failures or missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--tablets", type=int, default=6)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deeds", type=int, default=DEEDS, help="changes of a tablet on a day, on average")
    parser.add_argument(
        "--faults", type=named, default=tuple(FAULTS), help=f"all, none, or of {', '.join(FAULTS)}"
    )
    parser.add_argument("--door", choices=("hub", "app"), default="hub", help="the hub's facade, or GraphQL")
    parser.add_argument(
        "--database", default=Options().database, help="a URL; {folder} becomes a temporary folder"
    )
    parser.add_argument("--runs", type=int, default=1, help="so many runs, one seed after another")
    parser.add_argument(
        "--changes", type=int, default=0, help="runs of every size until so many changes were made"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes, where there are many runs"
    )
    parser.add_argument(
        "--twins", type=int, default=0, help="so many of the seeds on PostgreSQL, too: it comes to the same"
    )
    parser.add_argument("--mutants", action="store_true", help="look for every deliberate defect, too")
    parser.add_argument("--trace", action="store_true", help="print every step of the one run")
    parser.add_argument("--as-it-is", action="store_true", help="do not look for a smaller run that fails")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _options(asked: argparse.Namespace) -> Options:
    return Options(
        tablets=asked.tablets,
        days=asked.days,
        seed=asked.seed,
        faults=asked.faults,
        deeds=asked.deeds,
        door=asked.door,
        database=asked.database,
    )


def _watch(asked: argparse.Namespace) -> Callable[[str], None] | None:
    return _say if asked.trace else None


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _many(asked: argparse.Namespace) -> list[Result]:
    """Runs until enough changes were made, or as many as were asked for; a failing one ends it."""
    done: list[Result] = []
    began, made = time.monotonic(), 0

    def enough(result: Result) -> bool:
        return not result.ok or 0 < asked.changes <= made

    for result in runs(_wanted(asked), asked.jobs, enough):
        done.append(result)
        made += result.changes
        rate = made / (time.monotonic() - began)
        said = f"{len(done)} runs, {made:,} changes, {rate:,.0f} a second"
        print(f"\r{said}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return done


def _wanted(asked: argparse.Namespace) -> Iterator[Options]:
    if asked.changes:
        return (msgspec.structs.replace(varied(seed), faults=asked.faults) for seed in seeds(asked.seed))
    one = _options(asked)
    return (msgspec.structs.replace(one, seed=seed) for seed in islice(seeds(asked.seed), asked.runs))


def _twins(total: Total, asked: argparse.Namespace) -> list[Result]:
    """The first seeds once more, small, on both databases; what did not hold or differed. Says so where there is none."""
    try:
        startable()
    except NoPostgres as why:
        _say(f"nothing was compared with PostgreSQL: {why}")
        return []
    wanted = (
        Options(tablets=4, days=2, seed=seed, faults=asked.faults)
        for seed in islice(seeds(asked.seed), asked.twins)
    )
    failed: list[Result] = []
    with databases_named("postgresql") as databases:
        for both in twins(wanted, databases):
            violations = both.violations()
            total.told(both.here, violations)
            total.twins += 1
            failed += [both.here] if violations else []
            said = "; ".join(violation.says for violation in violations) or "the same"
            _say(f"seed {both.here.seed} on PostgreSQL: {both.there.changes} changes, {said}")
    return failed


def _hunt(total: Total, seed: int) -> None:
    for mutant in MUTANTS:
        result = found(mutant, seed)
        total.mutants[mutant.name] = None if result is None else result.violations[0].invariant
        said = "NOT FOUND" if result is None else f"found: {result.violations[0].invariant}"
        print(f"mutant {mutant.name}: {said}", file=sys.stderr, flush=True)


def _explain(failed: Result) -> None:
    """What failed, how it came to that, and the shortest command that repeats it."""
    _say(f"\nseed {failed.seed} fails: {failed.command}")
    _say("looking for a smaller run that fails in the same way ...")
    smallest = shrunk(
        failed, failed.options, lambda options, again: _say(f"  {'x' if again else '.'} {options.command()}")
    )
    _say("")
    for line in smallest.last[-SHOWN:]:
        _say(f"  {line}")
    _say("")
    for violation in smallest.violations:
        _say(f"  {violation.invariant}: {violation.says}")
    _say(f"\nrepeat it with: {smallest.command}")


def _data(total: Total, results: list[Result]) -> dict[str, object]:
    data = msgspec.to_builtins(total)
    if len(results) == 1:
        data |= {"digest": results[0].digest, "trace": results[0].trace, "command": results[0].command}
    return dict(data)


def _tell(total: Total) -> None:
    print(
        f"{total.runs} runs from seed {total.seed}: {total.changes:,} changes, {total.settlements:,} settlements"
    )
    print(f"faults: {', '.join(f'{name} {count:,}' for name, count in total.faults.items()) or 'none'}")
    print(
        f"lost {total.lost}, diverged {total.diverged}, ledger drift {total.ledger_drift},"
        f" undrained {total.undrained}, violations {len(total.violations)}"
    )
    print(f"digest {total.digest}")


if __name__ == "__main__":
    sys.exit(main())
