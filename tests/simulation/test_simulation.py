"""The simulator's own runs in the test run: the same seeds each time, every fault, every invariant."""

from collections.abc import Callable

import msgspec
import pytest

from tests.simulation import deeds, desk
from tests.simulation.many import Total
from tests.simulation.options import Options
from tests.simulation.run import Result, run

CHUNKS = 20
SEEDS = 11
CHANGES = 5_550
"""What each chunk must make at least: the count may grow from change to change, and never fall."""
SIZES = ((6, 3, 46), (3, 2, 80), (6, 1, 92), (4, 2, 46), (3, 2, 104))
"""Tablets, days, and a tablet's changes a day: in turn."""


def options_of(seed: int) -> Options:
    """Small and large ones; most speak to the hub's facade, some to the GraphQL app."""
    tablets, days, made = SIZES[seed % len(SIZES)]
    return Options(tablets, days, seed, deeds=made, door="app" if seed % 12 == 0 else "hub")


def explained(result: Result) -> str:
    """A failure, as somebody wants to read it."""
    said = [f"{violation.invariant}: {violation.says}" for violation in result.violations]
    return "\n".join([*result.last[-15:], "", *said, "", f"repeat it with: {result.command}"])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nothing_is_lost_and_everything_converges(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    results = []
    for seed in range(chunk * SEEDS + 1, (chunk + 1) * SEEDS + 1):
        result = run(options_of(seed))
        assert result.ok, explained(result)
        results.append(result)
    total = Total.of(chunk * SEEDS + 1, results)
    record_property("simulation", msgspec.json.encode(total).decode())
    assert total.changes >= CHANGES
    assert set(total.kinds) <= deeds.KINDS | desk.KINDS | {"device.assign"}, (
        "a row does not say what it makes"
    )
