"""Working time: a community's hours on duty, its holidays, and the make-up days (调休) on which Monday's hours hold.

Pure arithmetic on milliseconds since 1970. Where a community has said no hours, promises count round the clock.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct

from sync.shapes import parse_time
from sync.things import Community

DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000
MONDAY: Final = 1
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()

HORIZON_DAYS: Final = 3 * 366
"""No promise looks further ahead; what would end later ends then."""
LATEST: Final = parse_time("9999-12-31T23:59:59.999Z")
"""The last moment that can be written down."""

Spans = tuple[tuple[int, int], ...]


class Calendar(Struct, frozen=True):
    """`hours`: the spans on duty of each weekday, from Monday on, in milliseconds of the local day; days since 1970."""

    offset_ms: int
    hours: tuple[Spans, ...]
    holidays: frozenset[int]
    workdays: frozenset[int]

    def on_duty(self, day: int) -> Spans:
        """The hours on duty of a local day; a make-up day has Monday's, whatever else it is."""
        if day in self.workdays:
            return self.hours[MONDAY - 1]
        return () if day in self.holidays else self.hours[(day + 3) % 7]

    def is_on_duty(self, at: int) -> bool:
        """Whether a moment falls into the hours on duty, by local time."""
        day, within = divmod(at + self.offset_ms, DAY_MS)
        return any(start <= within < until for start, until in self.on_duty(day))

    def working_ms(self, start: int, until: int) -> int:
        """How much working time lies between two moments; 0 when the second is not the later one."""
        return sum(max(0, min(end, until) - max(begin, start)) for begin, end in self._spans(start, until))

    def after(self, start: int, working_ms: int) -> int:
        """The moment that lies so much working time after another; `HORIZON_DAYS` later at the latest."""
        if working_ms <= 0:
            return start
        left = working_ms
        last = min(start + HORIZON_DAYS * DAY_MS, LATEST)
        for begin, end in self._spans(start, last):
            begins = max(begin, start)
            if end - begins >= left:
                return min(begins + left, last)
            left -= max(0, end - begins)
        return last

    def _spans(self, start: int, until: int) -> Iterator[tuple[int, int]]:
        """The spans of working time that may meet a time, as moments, in order."""
        always: Spans = ((0, DAY_MS),)
        anywhere = any(self.hours)
        for day in range((start + self.offset_ms) // DAY_MS, (until + self.offset_ms) // DAY_MS + 1):
            midnight = day * DAY_MS - self.offset_ms
            for begin, end in self.on_duty(day) if anywhere else always:
                if midnight + end > start:
                    yield midnight + begin, midnight + end


def calendar_of(community: Community) -> Calendar:
    """The calendar that a community has put; hours that overlap count once."""
    return Calendar(
        community.utc_offset * MINUTE_MS,
        tuple(_merged(_hours(community.working_hours, weekday)) for weekday in range(1, 8)),
        _days(community.holidays),
        _days(community.workdays),
    )


def _days(dates: Iterable[str]) -> frozenset[int]:
    return frozenset(date.fromisoformat(one).toordinal() - EPOCH_DAY for one in dates)


def _hours(working_hours: Sequence[dict[str, Any]], weekday: int) -> list[tuple[int, int]]:
    return sorted((_ms(one["from"]), _ms(one["until"])) for one in working_hours if weekday in one["days"])


def _ms(clock: str) -> int:
    hours, minutes = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE_MS


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, until in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((start, until))
    return tuple(merged)
