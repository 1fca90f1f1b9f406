"""THE TABLE of the four ones (四个一): what each linked unit owes its community, and how often.

Periods are of the local calendar: `2026-11`, `2026-Q4`, `2026-H2`, `2026`. What is done, due and
overdue follows from the records and a day; it is kept nowhere.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Duty(NamedTuple):
    """One kind of duty; a period has so many `months`."""

    months: int
    zh: str
    en: str


DUTIES: Final[dict[str, Duty]] = {
    "CONTACT": Duty(1, "联系", "contact"),
    "SURVEY": Duty(3, "调研", "survey"),
    "TALK": Duty(6, "宣讲", "talk"),
    "SUMMARY": Duty(12, "总结", "summary"),
}
LETTERS: Final = {3: "Q", 6: "H"}
"""How the quarters and halves of a year are written."""


class Period(NamedTuple):
    """A month, quarter, half-year or year, with its first and last local day."""

    code: str
    first: str
    last: str


class Owed(NamedTuple, Generic[T]):
    """`state`: DONE, DUE (its period is not over) or OVERDUE; `record` is what it was done by."""

    kind: str
    period: Period
    state: str
    record: T | None


def period_of(kind: str, day: str) -> Period:
    """The period of a duty in which a local day lies."""
    months, year = DUTIES[kind].months, day[:4]
    number = (int(day[5:7]) - 1) // months
    last_month = (number + 1) * months
    code = {1: day[:7], 12: year}.get(months, f"{year}-{LETTERS.get(months)}{number + 1}")
    last = f"{year}-{last_month:02d}-{monthrange(int(year), last_month)[1]:02d}"
    return Period(code, f"{year}-{number * months + 1:02d}-01", last)


def owed(done: Mapping[tuple[str, str], T], since: str | None, today: str) -> list[Owed[T]]:
    """What a unit owes on a local day: each present period, and each that is over and was not done, a year back.

    done: what counts, by kind and period. since: from when on the unit owes; where nobody said, from
    what it did first.
    """
    first = since or min((first_day(kind, code) for kind, code in done), default=today)
    first = max(first, f"{int(today[:4]) - 1:04d}{today[4:8]}01")
    return [
        Owed(
            kind, period, _state(period, today, done.get((kind, period.code))), done.get((kind, period.code))
        )
        for kind in DUTIES
        for period in periods(kind, first, today)
        if period.last >= today or (kind, period.code) not in done
    ]


def _state(period: Period, today: str, record: object) -> str:
    if record is not None:
        return "DONE"
    return "OVERDUE" if period.last < today else "DUE"


def periods(kind: str, first: str, last: str) -> Iterator[Period]:
    """The periods of a duty from that of one local day to that of another, in order."""
    period = period_of(kind, first)
    while period.last < last:
        yield period
        period = period_of(kind, (date.fromisoformat(period.last) + timedelta(days=1)).isoformat())
    if period.first <= last:
        yield period


def first_day(kind: str, code: str) -> str:
    """The first local day of a period, by its code."""
    year, _, part = code.partition("-")
    number = int(part.lstrip("QH") or 1)
    return f"{year}-{(number - 1) * DUTIES[kind].months + 1:02d}-01"
