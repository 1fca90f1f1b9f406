"""Filters and orders as typed inputs: each of their fields says which test on which column it is.

All that a filter says must hold. What is absent or null asks for nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any, Final

import strawberry
from strawberry import UNSET

from schema.context import DAY_MS, Condition, Context, Sort
from schema.types.scalars import day_number, milliseconds
from schema.values import Role

CONDITION: Final = "condition"


def by(column: str, description: str, test: str = "is") -> Any:
    """A field of a filter: this test on this column of the collection's rows."""
    return strawberry.field(
        description=description, default=UNSET, metadata={CONDITION: (column, test, _plain)}
    )


def by_day(column: str, description: str, test: str) -> Any:
    """A test on a column of local days."""
    return strawberry.field(
        description=description, default=UNSET, metadata={CONDITION: (column, test, _day)}
    )


def by_moment(column: str, description: str, test: str) -> Any:
    """A test on a column of moments. A reader's bound is moved to the beginning of its day."""
    return strawberry.field(
        description=description, default=UNSET, metadata={CONDITION: (column, test, _moment)}
    )


def conditions(context: Context, given: object | None) -> tuple[Condition, ...]:
    """What a filter asks for, in the order of its fields."""
    found = []
    for one in () if given is None else fields(given):  # type: ignore[arg-type]
        value = getattr(given, one.name)
        if value is not UNSET and value is not None:
            name, test, convert = one.metadata[CONDITION]
            found.append(Condition(name, test, _convert(context, convert, value)))
    return tuple(found)


def sorts(order: Sequence[Any] | None, *otherwise: Sort) -> tuple[Sort, ...]:
    """The columns to order by: as asked, each once, else as the list is usually shown."""
    asked = [Sort(one.field.value, one.direction.value == "DESC") for one in order or []]
    return tuple({sort.name: sort for sort in reversed(asked)}.values())[::-1] if asked else otherwise


def _convert(context: Context, convert: Callable[[Context, Any], Any], value: Any) -> Any:
    if isinstance(value, list):
        return tuple(convert(context, item) for item in value)
    return convert(context, value)


def _plain(_: Context, value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _day(_: Context, value: Any) -> int:
    return day_number(value)


def _moment(context: Context, value: Any) -> int:
    at = milliseconds(value)
    if context.author is not None and context.author.role is Role.READER:
        return (at + context.offset_ms) // DAY_MS * DAY_MS - context.offset_ms
    return at
