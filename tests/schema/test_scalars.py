"""Long, DateTime, Date and JSON: what they take and what they refuse."""

import pytest
from graphql import GraphQLScalarType

from schema.build import DoorSchema
from schema.types.scalars import Date, DateTime, day, day_number, milliseconds, moment

SCHEMA = DoorSchema()._schema


def scalar(name: str) -> GraphQLScalarType:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLScalarType)
    return found


TAKEN = [
    ("Long", 0, 0),
    ("Long", 2**53 - 1, 2**53 - 1),
    ("Long", -(2**53) + 1, -(2**53) + 1),
    ("Long", 12.0, 12),
    ("DateTime", "2026-11-23T01:02:03.456Z", "2026-11-23T01:02:03.456Z"),
    ("Date", "2024-02-29", "2024-02-29"),
    ("JSON", {"a": [1, None, 2.5]}, {"a": [1, None, 2.5]}),
    ("JSON", None, None),
]
REFUSED = [
    *(("Long", value) for value in (2**53, -(2**53), 1.5, "1", True, None, [1], float("inf"), float("nan"))),
    *(
        ("DateTime", value)
        for value in (
            "2026-11-23T01:02:03Z",
            "2026-11-23T01:02:03.456+00:00",
            "2026-02-30T00:00:00.000Z",
            "2026-11-23T01:02:03.456Z\n",
            "0000-01-01T00:00:00.000Z",
            1,
            None,
        )
    ),
    *(("Date", value) for value in ("2026-02-30", "20261123", "2026-W47-1", "2026-1-1", " 2026-01-01", 1)),
]


@pytest.mark.parametrize(("name", "value", "expected"), TAKEN)
def test_a_value_is_taken(name: str, value: object, expected: object) -> None:
    assert scalar(name).parse_value(value) == expected


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_is_refused(name: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        scalar(name).parse_value(value)


def test_moments_and_days_come_back_as_they_went() -> None:
    assert milliseconds(moment(1_763_859_723_456)) == 1_763_859_723_456
    assert day_number(day(20_780)) == 20_780
    assert day(0) == Date("1970-01-01")
    assert moment(10**17) == DateTime("9999-12-31T23:59:59.999Z")
    assert moment(-5) == DateTime("1970-01-01T00:00:00.000Z")
