"""The clock journal: which run a reading belongs to, and what is known of each run's offset to the hub.

A run is a stretch in which the wall clock kept step with the monotonic one. A contact tells how
far the hub is ahead of the monotonic clock, which holds for every run of the same process; so an
offset is carried over a jump that the monotonic clock spanned, forward and back.
"""

import sqlite3
from collections.abc import Collection
from typing import Final, NamedTuple, Protocol

from clients.python.store import Store
from sync.clock import RunOffset, same_instant_offset

JUMP_MS: Final = 2_000
DRIFT_PER_MS: Final = 20_000
"""A cheap quartz may lose or win a millisecond in this many (50 parts in a million)."""
ROUNDING_MS: Final = 2
"""Two clocks that tell whole milliseconds."""


class Clock(Protocol):
    """A device's clocks. The monotonic one has any origin, and goes on while the device sleeps."""

    def wall_ms(self) -> int: ...

    def monotonic_ms(self) -> int: ...


class Reading(NamedTuple):
    """Both clocks at one moment, and the run they belong to."""

    run: int
    wall_ms: int
    monotonic_ms: int


class _Run(NamedTuple):
    """One line of the table: `low` to `high` is how far the wall clock was ahead of the monotonic one."""

    run: int
    process: int
    anchor_ms: int
    low_ms: int
    high_ms: int
    first_ms: int
    last_ms: int
    hub_ms: int | None
    uncertainty_ms: int | None
    contact_ms: int | None


class _Contact(NamedTuple):
    """How far the hub is ahead of the monotonic clock, give or take, as measured at a monotonic moment."""

    ahead_ms: int
    uncertainty_ms: int
    at_ms: int


class Journal:
    """Counts this process as a new run, then reads the clocks for whoever records or meets the hub."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        with store.step("open") as connection:
            wall, monotonic = clock.wall_ms(), clock.monotonic_ms()
            self._process = self._begin(connection, None, wall, monotonic)

    def _begin(self, connection: sqlite3.Connection, process: int | None, wall: int, monotonic: int) -> int:
        run: int = connection.execute("SELECT coalesce(max(run), 0) + 1 FROM run").fetchone()[0]
        ahead = wall - monotonic
        values = (run, process or run, ahead, ahead, ahead, monotonic, monotonic)
        connection.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", values)
        return run

    def read(self, connection: sqlite3.Connection) -> Reading:
        """Both clocks now, inside a step: a jump of the wall clock begins a new run."""
        wall, monotonic = self._clock.wall_ms(), self._clock.monotonic_ms()
        ahead = wall - monotonic
        run, anchor = connection.execute(
            "SELECT run, anchor_ms FROM run ORDER BY run DESC LIMIT 1"
        ).fetchone()
        if abs(ahead - anchor) > JUMP_MS:
            return Reading(self._begin(connection, self._process, wall, monotonic), wall, monotonic)
        connection.execute(
            "UPDATE run SET low_ms = min(low_ms, ?), high_ms = max(high_ms, ?), last_ms = ? WHERE run = ?",
            (ahead, ahead, monotonic, run),
        )
        return Reading(run, wall, monotonic)

    def now(self) -> Reading:
        """Both clocks now, as a step of its own."""
        with self._store.step("moment") as connection:
            return self.read(connection)

    def met(self, before: Reading, hub_ms: int) -> None:
        """One tiny exchange with the hub that began at `before` and ends now: the best of a run is kept."""
        with self._store.step("contact") as connection:
            after = self.read(connection)
            self._store.put(metAt=hub_ms)
            if after.run != before.run:
                return
            round_trip = after.monotonic_ms - before.monotonic_ms + ROUNDING_MS
            middle = before.monotonic_ms + (after.monotonic_ms - before.monotonic_ms) // 2
            measured = same_instant_offset(middle, hub_ms, round_trip)
            held, at = connection.execute(
                "SELECT uncertainty_ms, contact_ms FROM run WHERE run = ?", (after.run,)
            ).fetchone()
            if held is None or measured.uncertainty_ms <= held + _drift(middle, at):
                connection.execute(
                    "UPDATE run SET hub_ms = ?, uncertainty_ms = ?, contact_ms = ? WHERE run = ?",
                    (measured.offset_ms, measured.uncertainty_ms, middle, after.run),
                )

    def lines(self) -> list[RunOffset]:
        """All runs in order, each with its offset where one is known."""
        runs = [_Run(*row) for row in self._store.rows("SELECT * FROM run ORDER BY run")]
        return [_line(run, _contact_for(run, runs)) for run in runs]

    def around(self, wanted: Collection[int]) -> list[RunOffset]:
        """What an upload says: these runs, and the nearest contacts before and after each of them."""
        lines = self.lines()
        known = [line.run for line in lines if line.offset_ms is not None]
        said = set(wanted)
        for run in wanted:
            said.update([number for number in known if number < run][-1:])
            said.update([number for number in known if number > run][:1])
        return [line for line in lines if line.run in said]


def _drift(one_ms: int, other_ms: int) -> int:
    return abs(one_ms - other_ms) // DRIFT_PER_MS


def _contact(run: _Run) -> _Contact | None:
    if run.hub_ms is None or run.uncertainty_ms is None or run.contact_ms is None:
        return None
    return _Contact(run.hub_ms, run.uncertainty_ms, run.contact_ms)


def _contact_for(run: _Run, runs: list[_Run]) -> _Contact | None:
    """A run's own contact; else its neighbours' in the same process, unless those contradict each other.

    They do where the monotonic clock stood still between them, as some do in a sleep.
    """
    own = _contact(run)
    if own is not None:
        return own
    met = [(other.run, _contact(other)) for other in runs if other.process == run.process]
    before = [contact for number, contact in met if contact is not None and number < run.run][-1:]
    after = [contact for number, contact in met if contact is not None and number > run.run][:1]
    if before and after:
        one, other = before[0], after[0]
        allowed = one.uncertainty_ms + other.uncertainty_ms + _drift(one.at_ms, other.at_ms)
        if abs(one.ahead_ms - other.ahead_ms) > allowed + ROUNDING_MS:
            return None
    return min([*before, *after], key=lambda contact: _uncertainty(run, contact), default=None)


def _uncertainty(run: _Run, contact: _Contact) -> int:
    """What a contact leaves open for a run: its own, the run's wandering, and the drift over the distance."""
    wandering = run.high_ms - (run.low_ms + run.high_ms) // 2
    distance = max(_drift(run.first_ms, contact.at_ms), _drift(run.last_ms, contact.at_ms))
    return contact.uncertainty_ms + wandering + distance


def _line(run: _Run, contact: _Contact | None) -> RunOffset:
    if contact is None:
        return RunOffset(run.run, None, None)
    offset = contact.ahead_ms - (run.low_ms + run.high_ms) // 2
    return RunOffset(run.run, offset, _uncertainty(run, contact))
