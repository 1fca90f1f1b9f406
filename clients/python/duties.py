"""What the linked units owe the communities of a tablet (四个一), for its list of the day.

Pure: what the hub said, with what was recorded here on top, and a local day.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from msgspec import Struct

from clients.python.tables import MONTHS

Body = dict[str, Any]
LETTERS: Final = {3: "Q", 6: "H"}


class Owed(Struct, frozen=True):
    """`first` and `last` are local days. `state`: DONE, DUE or OVERDUE; `duty` is the record it was done by."""

    community: str
    unit: str
    kind: str
    period: str
    first: str
    last: str
    state: str
    duty: str | None = None


def period_of(kind: str, day: str) -> tuple[str, str, str]:
    """The period of a duty in which a local day lies: its code, its first and its last day."""
    months, year = MONTHS[kind], day[:4]
    number = (int(day[5:7]) - 1) // months
    end = (number + 1) * months
    code = {1: day[:7], 12: year}.get(months, f"{year}-{LETTERS.get(months)}{number + 1}")
    return (
        code,
        f"{year}-{number * months + 1:02d}-01",
        f"{year}-{end:02d}-{monthrange(int(year), end)[1]:02d}",
    )


def owed(units: Iterable[Body], duties: Iterable[Body], today: Mapping[str, str]) -> list[Owed]:
    """What is owed, by unit: each present period, and what is overdue, a year back.

    duties: those that count. today: each community's local day.
    """
    done: dict[tuple[str, str], dict[tuple[str, str], Body]] = {}
    for duty in duties:
        done.setdefault((duty["unit"], duty["community"]), {})[duty["kind"], duty["period"]] = duty
    return [
        one
        for unit in units
        for one in _of(unit, done.get((unit["id"], unit["community"]), {}), today[unit["community"]])
    ]


def _of(unit: Body, done: Mapping[tuple[str, str], Body], today: str) -> Iterator[Owed]:
    since = unit.get("since") or min((_began(duty) for duty in done.values()), default=today)
    since = max(since, f"{int(today[:4]) - 1:04d}{today[4:8]}01")
    for kind in MONTHS:
        code, first, last = period_of(kind, since)
        while first <= today:
            duty = done.get((kind, code))
            if duty is not None and last >= today:
                yield Owed(unit["community"], unit["id"], kind, code, first, last, "DONE", duty["id"])
            elif duty is None:
                state = "OVERDUE" if last < today else "DUE"
                yield Owed(unit["community"], unit["id"], kind, code, first, last, state)
            code, first, last = period_of(kind, (date.fromisoformat(last) + timedelta(days=1)).isoformat())


def _began(duty: Body) -> str:
    return period_of(duty["kind"], duty["on"])[1]
