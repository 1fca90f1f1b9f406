"""The scalars: Long, DateTime, Date and JSON, as DESIGN.md 3 and 6 say they look on the wire."""

import re
from datetime import date
from typing import Any, Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from sync.shapes import MAX_INTEGER, format_time, parse_time

Long = NewType("Long", int)
DateTime = NewType("DateTime", str)
Date = NewType("Date", str)
JSON = NewType("JSON", object)

_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_LAST_MS: Final = parse_time("9999-12-31T23:59:59.999Z")


def moment(milliseconds: int) -> DateTime:
    """A moment in milliseconds since 1970 (UTC) as wire time."""
    return DateTime(format_time(max(0, min(milliseconds, _LAST_MS))))


def milliseconds(text: DateTime) -> int:
    """Milliseconds since 1970 (UTC) of a wire time."""
    return parse_time(text)


def day(number: int) -> Date:
    """A local day counted from 1970 as YYYY-MM-DD."""
    return Date(date.fromordinal(_FIRST_DAY + number).isoformat())


def day_number(text: Date) -> int:
    """Days since 1970 of YYYY-MM-DD."""
    return date.fromisoformat(text).toordinal() - _FIRST_DAY


def _parse_long(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INTEGER:
        raise ValueError("not a whole number within 2^53")
    return value


def _parse_moment(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a time")
    parse_time(value)
    return value


def _parse_day(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("not a day")
    day_number(Date(value))
    return value


def _as_it_is(value: Any) -> Any:
    return value


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Long: strawberry.scalar(
        name="Long",
        description="A whole number up to 2^53 either way, as a JSON integer: `10000004211`.",
        serialize=int,
        parse_value=_parse_long,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description=(
            "A moment in UTC, always with milliseconds: `2026-11-23T01:02:03.456Z`."
            " Readers get the beginning of the local day instead of the moment."
        ),
        serialize=str,
        parse_value=_parse_moment,
    ),
    Date: strawberry.scalar(
        name="Date",
        description="A local day: `2026-11-23`.",
        serialize=str,
        parse_value=_parse_day,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description='Any JSON value, as it is: `{"seats": 2}`.',
        serialize=_as_it_is,
        parse_value=_as_it_is,
    ),
}
