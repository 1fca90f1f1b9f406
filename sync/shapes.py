"""What the parts of every change are made of: their limits, times, and the base of each shape.

Nothing here knows a kind of change, decides or keeps.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

MAX_INTEGER: Final = 2**53 - 1
UUID_PATTERN: Final = r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z"
UUID7_PATTERN: Final = r"\A[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"
TIME_PATTERN: Final = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\Z"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Id = Annotated[str, Meta(pattern=UUID_PATTERN)]
ChangeId = Annotated[str, Meta(pattern=UUID7_PATTERN)]
Time = Annotated[str, Meta(pattern=TIME_PATTERN)]
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Code = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")]
Word = Annotated[str, Meta(min_length=1, max_length=60)]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Tags = Annotated[list[Word], Meta(min_length=1, max_length=20)]
Codes = Annotated[list[Code], Meta(min_length=1, max_length=20)]
Ids = Annotated[list[Id], Meta(max_length=200)]
Seats = Annotated[int, Meta(ge=1, le=50)]
Date = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Dates = Annotated[list[Date], Meta(max_length=400)]
Points = Annotated[int, Meta(ge=1, le=100_000)]
Correction = Annotated[int, Meta(ge=-100_000, le=100_000)]
"""Points that are credited, or debited where below zero."""
WorkingTime = Annotated[int, Meta(ge=1, le=2000)]
"""Working hours."""
Salt = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


def parse_time(text: str) -> int:
    """Milliseconds since 1970 (UTC) of `YYYY-MM-DDTHH:MM:SS.sssZ`; ValueError when there is no such time."""
    if not re.match(TIME_PATTERN, text):
        raise ValueError("not a time")
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)


def format_time(milliseconds: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.sssZ` of milliseconds since 1970 (UTC)."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def check_time(value: str | None | UnsetType) -> None:
    if isinstance(value, str):
        parse_time(value)


def check_date(value: str) -> None:
    datetime.fromisoformat(value)


def check_term(starts_on: str, ends_on: str | UnsetType) -> None:
    check_date(starts_on)
    if ends_on is not UNSET:
        check_date(ends_on)
        if ends_on < starts_on:
            raise ValueError("until is before from")


def check_one(*values: object) -> None:
    if sum(value is not UNSET for value in values) != 1:
        raise ValueError("exactly one is meant")


class Shape(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """Base of everything that stands inside a change: camelCase on the wire, no unknown key."""


class Bilingual(Shape, frozen=True):
    zh: Line
    en: Line


class Moment(Shape, frozen=True):
    """A raw reading of the tablet's wall clock and the run it was read in."""

    at: Time
    run: Count

    def __post_init__(self) -> None:
        parse_time(self.at)


class Private(Shape, frozen=True):
    """What must be erasable. The salt keeps its digest beyond guessing; erased fields read as null."""

    salt: Salt
