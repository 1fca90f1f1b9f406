"""From a run that fails to the smallest one that fails in the same way, by trying: fewer days, tablets, faults, deeds."""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from tests.simulation.options import Options
from tests.simulation.run import Result, run

TRIES: Final = 40
Tried = Callable[[Options, bool], None]


def same_failure(one: Result, other: Result) -> bool:
    """Whether both break the same invariant first."""
    return not one.ok and not other.ok and one.violations[0].invariant == other.violations[0].invariant


def shrunk(failed: Result, options: Options, tried: Tried = lambda *_: None) -> Result:
    """The smallest failing run that a few tries find; `tried` is told of each try and whether it still failed."""
    smallest, best = options, failed
    left = TRIES
    going = True
    while going and left > 0:
        going = False
        for smaller in _smaller(smallest, best):
            left -= 1
            result = run(smaller)
            again = same_failure(failed, result)
            tried(smaller, again)
            if again:
                smallest, best, going = smaller, result, True
                break
            if left <= 0:
                break
    return best


def _smaller(options: Options, result: Result) -> Iterator[Options]:
    """Smaller runs, the much smaller ones first."""
    if result.days < options.days:
        yield replace(options, days=result.days)
    for days in {options.days // 2, options.days - 1}:
        if 0 < days < options.days:
            yield replace(options, days=days)
    came = tuple(fault for fault in options.faults if result.faults.get(fault))
    if len(came) < len(options.faults):
        yield replace(options, faults=came)
    for part in _parts(options.faults):
        yield replace(options, faults=part)
    for tablets in sorted({options.tablets // 2, options.tablets - 1}):
        if 1 < tablets < options.tablets:
            yield replace(options, tablets=tablets)
    if options.deeds > 4:
        yield replace(options, deeds=options.deeds // 2)


def _parts(faults: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """None of them; each half; all but one."""
    if faults:
        yield ()
    if len(faults) > 3:
        half = len(faults) // 2
        yield faults[:half]
        yield faults[half:]
    if len(faults) > 1:
        for fault in faults:
            yield tuple(other for other in faults if other != fault)
