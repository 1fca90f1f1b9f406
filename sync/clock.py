"""From raw clocks to deeds: runs, offsets, bounds; and the one total order over changes.

A tablet's wall clock is never trusted alone. A deed is when something was done as the hub
understands it: corrected by the run's offset, then bounded by what must have come before and
after. It is computed once, when a change is first accepted, and never again.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct


class RunOffset(Struct, frozen=True, rename="camel"):
    """One line of a tablet's clock journal: add `offset_ms` to this run's wall clock to get the hub's."""

    run: int
    offset_ms: int | None
    uncertainty_ms: int | None


class Correction(NamedTuple):
    """What to add to a wall clock, and how far that may be wrong; None where nobody can say.

    `measured` is whether a contact of this very run told it; otherwise neighbours did, and between
    two contacts a clock may have been set wrong and right again.
    """

    offset_ms: int
    uncertainty_ms: int | None
    measured: bool = True


class Deed(NamedTuple):
    """When something was done, in milliseconds since 1970 by the hub's clock."""

    at: int
    uncertainty_ms: int | None


class Bounds(NamedTuple):
    """What a deed cannot be outside of, all in hub milliseconds; None where nothing is known.

    previous: this device's deed before; seen: the commit of the rev its author saw; contact: the
    last contact at which the tablet announced a `next` seq not above this change's; arrival: when
    the hub received it.
    """

    arrival: int
    previous: int | None = None
    seen: int | None = None
    contact: int | None = None

    @property
    def earliest(self) -> int | None:
        """The latest of the lower bounds. What is done after a commit was seen is later than it."""
        after_seen = None if self.seen is None else self.seen + 1
        return max((b for b in (self.previous, after_seen, self.contact) if b is not None), default=None)


def correction(run: int, journal: Sequence[RunOffset]) -> Correction:
    """The correction for a run: its own offset, else the nearest earlier contact's, else the nearest later.

    Between two contacts the uncertainty is both neighbours' plus their difference; with one
    neighbour, or none, it is unknown.
    """
    earlier: RunOffset | None = None
    later: RunOffset | None = None
    for line in journal:
        if line.offset_ms is None:
            continue
        if line.run == run:
            return Correction(line.offset_ms, line.uncertainty_ms)
        if line.run < run and (earlier is None or line.run > earlier.run):
            earlier = line
        if line.run > run and (later is None or line.run < later.run):
            later = line
    if earlier is not None and later is not None:
        return _between(earlier, later)
    neighbour = earlier or later
    return Correction(neighbour.offset_ms or 0 if neighbour else 0, None, measured=False)


def _between(earlier: RunOffset, later: RunOffset) -> Correction:
    first, second = earlier.offset_ms or 0, later.offset_ms or 0
    if earlier.uncertainty_ms is None or later.uncertainty_ms is None:
        return Correction(first, None, measured=False)
    uncertainty_ms = earlier.uncertainty_ms + later.uncertainty_ms + abs(first - second)
    return Correction(first, uncertainty_ms, measured=False)


def deed(at: int, corrected: Correction, bounds: Bounds) -> Deed:
    """The deed of a change read at `at` on its tablet's wall clock.

    A bound that moves it widens its uncertainty by that distance. Where no contact measured its
    run, only the spell between its bounds is sure, and the uncertainty is at least as long. Where
    bounds contradict each other (a hub's clock that stepped back) what must have come before wins.
    """
    raw = max(at + corrected.offset_ms, 0)
    moved = min(raw, bounds.arrival)
    if bounds.earliest is not None:
        moved = max(moved, bounds.earliest)
    if corrected.uncertainty_ms is None:
        return Deed(moved, None)
    widened = corrected.uncertainty_ms + abs(moved - raw)
    if not corrected.measured and bounds.earliest is not None:
        widened = max(widened, bounds.arrival - bounds.earliest)
    return Deed(moved, widened)


def moment(at: int, corrected: Correction, not_after: int) -> int:
    """A service's start or end: corrected by its run's offset, not after the deed that reports it."""
    return min(max(at + corrected.offset_ms, 0), not_after)


class Order(NamedTuple):
    """The one total order over changes: by deed, then device, then seq."""

    deed: int
    device: str
    seq: int


def is_close_call(one: Deed, other: Deed) -> bool:
    """Whether two deeds are closer than their uncertainty, so that nobody can say which came first."""
    if one.uncertainty_ms is None or other.uncertainty_ms is None:
        return True
    return abs(one.at - other.at) <= one.uncertainty_ms + other.uncertainty_ms


def same_instant_offset(wall_ms: int, hub_ms: int, round_trip_ms: int) -> Correction:
    """The offset measured by one tiny exchange: its midpoint, give or take half the round trip.

    `wall_ms` is the wall clock half-way through the exchange, `hub_ms` what the hub answered.
    """
    return Correction(hub_ms - wall_ms, (round_trip_ms + 1) // 2)
