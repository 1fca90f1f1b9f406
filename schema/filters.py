"""Filters and orders as typed inputs: each of their fields says which test on which column it is.

All that a filter says must hold; `and`, `or` and `not` combine whole filters, a relation holds one on
what is related. What is absent or null asks for nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any, Final

import strawberry
from strawberry import UNSET

from schema.context import DAY_MS, NESTED, Condition, Context, Sort
from schema.errors import Fault
from schema.limits import READ
from schema.types.scalars import day_number, milliseconds
from schema.values import Role

CONDITION: Final = "condition"
MOST_TESTS: Final = 50
DEEPEST: Final = 4
MOST_WORDS: Final = 8
LONGEST: Final = 200
"""How many letters a text in a filter may have: no id, code or title that could be found is longer."""


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


def by_local_day(column: str, description: str) -> Any:
    """A test of what was so on a local day: its word, the moment it begins and the one it ends before."""
    return strawberry.field(
        description=description, default=UNSET, metadata={CONDITION: (column, "is", _whole_day)}
    )


def by_words(description: str) -> Any:
    """A test on what of a collection may be searched (server/columns.py says what)."""
    return strawberry.field(
        description=f"{description} Each of these words stands there, as a part of whatever does: `停车`.",
        default=UNSET,
        metadata={CONDITION: ("search", "words", _words)},
    )


def combined(name: str, test: str) -> Any:
    """Whole filters of the same kind, all or any of which must hold; or one that must not."""
    return strawberry.field(
        name=name,
        description=_COMBINED[test],
        default=UNSET,
        metadata={CONDITION: ("", test, None)},
    )


def related(name: str, description: str) -> Any:
    """A filter on what a row is related to, of which one must be such, and one that the caller may see."""
    return strawberry.field(
        description=description, default=UNSET, metadata={CONDITION: (name, "some", None)}
    )


def flag(description: str) -> Any:
    """What the list itself looks at; at the top of its filter, and not within another."""
    return strawberry.field(description=description, default=UNSET)


_COMBINED: Final = {
    "all": "All of these must hold as well.",
    "any": "One of these must hold; of none, none does.",
    "none": "This must not hold.",
}


def conditions(context: Context, given: object | None) -> tuple[Condition, ...]:
    """What a filter asks for, in the order of its fields; raises Fault LIMIT for more than can be answered."""
    found = _conditions(context, given, DEEPEST)
    if sum(1 for _ in each(found)) > MOST_TESTS:
        raise Fault("LIMIT", f"A filter has at most {MOST_TESTS} tests.", limit="filter", allowed=MOST_TESTS)
    return found


def each(found: Iterable[Condition]) -> Iterator[Condition]:
    """All conditions, those within others as well."""
    for one in found:
        yield one
        if one.test in NESTED:
            yield from each(one.value)


def _conditions(context: Context, given: Any, deep: int) -> tuple[Condition, ...]:
    if deep < 0:
        raise Fault("LIMIT", f"A filter is at most {DEEPEST} deep.", limit="filterDepth", allowed=DEEPEST)
    found = []
    for one in () if given is None else fields(given):
        value = getattr(given, one.name)
        if value is UNSET or value is None or CONDITION not in one.metadata:
            continue
        name, test, convert = one.metadata[CONDITION]
        if test in {"none", "some"}:
            found.append(Condition(name, test, _conditions(context, value, deep - 1)))
        elif test in NESTED:
            many = (Condition("", "all", _conditions(context, some, deep - 1)) for some in _few(value))
            found.append(Condition(name, test, tuple(many)))
        elif (asked := _convert(context, convert, value)) is not None:
            found.append(Condition(name, test, asked))
    return tuple(found)


def sorts(order: Sequence[Any] | None, *otherwise: Sort) -> tuple[Sort, ...]:
    """The columns to order by: as asked, each once, else as the list is usually shown."""
    asked = [Sort(one.field.value, one.direction.value == "DESC") for one in order or []]
    return tuple({sort.name: sort for sort in reversed(asked)}.values())[::-1] if asked else otherwise


def _convert(context: Context, convert: Callable[[Context, Any], Any], value: Any) -> Any:
    if isinstance(value, list):
        return tuple(convert(context, _short(item)) for item in _few(value))
    return convert(context, _short(value))


def _few(value: list[Any]) -> list[Any]:
    if len(value) > READ.list:
        said = f"A list in a filter has at most {READ.list} values."
        raise Fault("LIMIT", said, limit="list", allowed=READ.list)
    return value


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        said = f"A text in a filter has at most {LONGEST} letters."
        raise Fault("LIMIT", said, limit="text", allowed=LONGEST)
    return value


def _plain(_: Context, value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _words(_: Context, value: str) -> tuple[str, ...] | None:
    """Patterns for LIKE, one for each word, with `/` as their escape; in ASCII capitals count for nothing."""
    words = value.split()
    if len(words) > MOST_WORDS:
        raise Fault("LIMIT", f"At most {MOST_WORDS} words are looked for.", limit="words", allowed=MOST_WORDS)
    small = ("".join(one.lower() if one.isascii() else one for one in word) for word in words)
    return tuple("%" + re.sub("[/%_]", r"/\g<0>", word) + "%" for word in small) or None


def _day(_: Context, value: Any) -> int:
    return day_number(value)


def _whole_day(context: Context, value: Any) -> tuple[str, int, int]:
    begins = day_number(value) * DAY_MS - context.offset_ms
    return str(value), begins, begins + DAY_MS


def _moment(context: Context, value: Any) -> int:
    at = milliseconds(value)
    if context.author is not None and context.author.role is Role.READER:
        return (at + context.offset_ms) // DAY_MS * DAY_MS - context.offset_ms
    return at
