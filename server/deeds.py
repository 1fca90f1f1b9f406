"""The deeds of an upload: what the hub knows about a tablet's clock, put to sync.clock. Pure.

A deed is fixed here, once, when its change is first accepted.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from sync import clock
from sync.changes import Change
from sync.clock import Bounds, Correction, Deed, RunOffset
from sync.kinds.services import ServiceRecord
from sync.shapes import parse_time


class Lost(NamedTuple):
    """The revs that were lost when an epoch began: those after `after` and before its `first`."""

    first: int
    after: int
    seen: Sequence[Sequence[int]]


def found_again(saw: int, lost_after: int, seen: Sequence[Sequence[int]]) -> int:
    """What a rev of lost days stands for now: the newest of what it had seen that was done again.

    seen: (first, last, now) revs of lost commits, in order. A rev at or below `lost_after` was not lost.
    """
    if saw <= lost_after:
        return saw
    return max((now for first, _, now in seen if first <= saw), default=lost_after)


class Commits:
    """When each settlement was committed, by its first rev; grows as settlements come.

    `epoch` is the one that they were read in: another one may have another history.
    """

    def __init__(self) -> None:
        self.begin(0, [])

    def begin(self, epoch: int, lost: Sequence[Lost]) -> None:
        """Forget everything, for an epoch that began; `lost` says what the revs of lost days stand for."""
        self.epoch = epoch
        self.lost = lost
        self.number = 0
        self._revs: list[int] = []
        self._ats: list[int] = []

    def add(self, number: int, first_rev: int, at: int) -> None:
        self.number = number
        self._revs.append(first_rev)
        self._ats.append(at)

    def stands_for(self, saw: int) -> int:
        """What a rev that somebody saw stands for in this epoch."""
        for lost in self.lost:
            if saw < lost.first:
                saw = found_again(saw, lost.after, lost.seen)
        return saw

    def at(self, saw: int) -> int | None:
        """The commit of the newest settlement at or below a rev; None for what was never seen."""
        index = bisect_right(self._revs, saw)
        return self._ats[index - 1] if index else None


class Known(NamedTuple):
    """What the hub knows of a tablet when an upload of it arrives; the pairs are in the order of their seqs."""

    runs: Sequence[RunOffset]
    contacts: Sequence[tuple[int, int]]
    scopes: Sequence[tuple[int, tuple[str, ...]]]
    commits: Commits
    arrival: int
    rev: int


class Fixed(NamedTuple):
    """What is fixed for ever about one change's coming."""

    deed: Deed
    saw: int
    scope: tuple[str, ...]
    start: int | None
    end: int | None


class Fixing:
    """Fixes the deeds along one upload, each not before the one before it."""

    def __init__(self, known: Known, previous: int | None) -> None:
        self.known = known
        self.previous = previous
        self._corrections: dict[int, Correction] = {}

    def fix(self, seq: int, change: Change) -> Fixed:
        """Fix the next change of the upload."""
        saw = min(change.saw, self.known.rev)
        bounds = Bounds(
            arrival=self.known.arrival,
            previous=self.previous,
            seen=self.known.commits.at(saw),
            contact=_contact(self.known.contacts, seq, self.known.arrival),
        )
        deed = clock.deed(change.at, self._correction(change.run), bounds)
        self.previous = deed.at
        start, end = self._moments(change, deed)
        return Fixed(deed, self.known.commits.stands_for(saw), _scope(self.known.scopes, seq), start, end)

    def _correction(self, run: int) -> Correction:
        if run not in self._corrections:
            self._corrections[run] = clock.correction(run, [_sane(line) for line in self.known.runs])
        return self._corrections[run]

    def _moments(self, change: Change, deed: Deed) -> tuple[int | None, int | None]:
        if not isinstance(change.data, ServiceRecord):
            return None, None
        start, end = (
            clock.moment(parse_time(moment.at), self._correction(moment.run), deed.at)
            for moment in (change.data.start, change.data.end)
        )
        return start, end


def _sane(line: RunOffset) -> RunOffset:
    """A doubt below nothing is no doubt that anybody can rely on: unknown."""
    if line.uncertainty_ms is not None and line.uncertainty_ms < 0:
        return replace(line, uncertainty_ms=None)
    return line


def _contact(contacts: Sequence[tuple[int, int]], seq: int, arrival: int) -> int | None:
    """The last contact at which a `next` not above this seq was announced.

    One that a slow network brought after the upload was said before it, and bounds nothing in it.
    """
    return max((at for announced, at in contacts if announced <= seq and at <= arrival), default=None)


def _scope(scopes: Sequence[tuple[int, tuple[str, ...]]], seq: int) -> tuple[str, ...]:
    """The grids that the tablet knew to be its own when it made the change with this seq."""
    known: tuple[str, ...] = ()
    for from_seq, grids in scopes:
        if from_seq <= seq:
            known = grids
    return known
