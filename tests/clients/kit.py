"""What the tests of the tablet share: clocks that are set by hand, ids that count, and no network."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clients.python.failures import Unreachable
from clients.python.operations import Transport
from clients.python.store import Step, nothing
from clients.python.tablet import Tablet
from sync.shapes import parse_time

MORNING = parse_time("2026-11-23T00:30:00.000Z")
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


def named(what: str) -> str:
    """The same id for the same word, in every test."""
    digits = hashlib.sha256(what.encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


class HandClock:
    """A device's clocks. Time passes when the test says so; the wall clock may be set, the other may not."""

    def __init__(self, wall_ms: int = MORNING, monotonic_ms: int = 5_000) -> None:
        self.wall = wall_ms
        self.monotonic = monotonic_ms

    def wall_ms(self) -> int:
        return self.wall

    def monotonic_ms(self) -> int:
        return self.monotonic

    def go_on(self, milliseconds: int) -> None:
        self.wall += milliseconds
        self.monotonic += milliseconds

    def set_wall(self, by_ms: int) -> None:
        self.wall += by_ms


class CountingIds:
    """Ids in the order they were asked for; `name` keeps those of two tablets apart."""

    def __init__(self, name: str = "tablet") -> None:
        self.name = name
        self.count = 0

    def uuid7(self) -> str:
        self.count += 1
        return named(f"{self.name}:{self.count}")

    def salt(self) -> str:
        self.count += 1
        return hashlib.sha256(f"salt:{self.name}:{self.count}".encode()).hexdigest()[:32]


class NoNetwork:
    """The road into a remote village."""

    def call(self, operation: str, variables: Mapping[str, Any], token: str | None) -> Any:
        raise Unreachable("there is no network here")


def tablet_at(
    path: Path,
    clock: HandClock | None = None,
    transport: Transport | None = None,
    ids: CountingIds | None = None,
    step: Step = nothing,
) -> Tablet:
    """A tablet on a file, with what the test cares about and the ordinary rest.

    Ids go on where another life of the same tablet may have left them: each gets a range of its own.
    """
    return Tablet(
        path, transport or NoNetwork(), clock or HandClock(), ids or CountingIds(path.name), step=step
    )


class Killed(BaseException):
    """The power went at a named step. Not an Exception: nobody is to catch it on the way."""


class KillAt:
    """Kills at the n-th step it is told of, counted from 1; remembers all it was told."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.told: list[str] = []

    def __call__(self, step: str) -> None:
        self.told.append(step)
        if len(self.told) == self.number:
            raise Killed(step)
