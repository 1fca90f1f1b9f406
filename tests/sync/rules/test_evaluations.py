"""The periods that members are evaluated for: months, quarters and years of the local calendar."""

import pytest

from sync.rules.evaluations import GRADES, ends_at, period_named
from sync.shapes import format_time

PERIODS = [
    ("2026-11", "2026-11-01", "2026-11-30"),
    ("2028-02", "2028-02-01", "2028-02-29"),
    ("2026-Q1", "2026-01-01", "2026-03-31"),
    ("2026-Q4", "2026-10-01", "2026-12-31"),
    ("2026", "2026-01-01", "2026-12-31"),
]


@pytest.mark.parametrize(("code", "first", "last"), PERIODS)
def test_a_period_has_its_first_and_its_last_day(code: str, first: str, last: str) -> None:
    assert period_named(code) == (code, first, last)


def test_a_period_is_over_at_the_local_midnight_after_its_last_day() -> None:
    assert format_time(ends_at("2026-11", 480)) == "2026-11-30T16:00:00.000Z"
    assert format_time(ends_at("2026", -300)) == "2027-01-01T05:00:00.000Z"


def test_two_of_the_four_grades_are_good_enough_for_a_selection() -> None:
    assert [name for name, grade in GRADES.items() if grade.qualified] == ["EXCELLENT", "QUALIFIED"]
