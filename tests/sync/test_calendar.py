"""Working time: hours on duty, holidays, make-up days; between two moments, and so much after one."""

import random
from typing import Any

import pytest

from sync.calendar import HORIZON_DAYS, LATEST, Calendar, calendar_of
from sync.things import Community
from tests.sync.world import DAY, HOUR, LY, MINUTE, WORKING_HOURS, named, when

MONDAY_HOURS = {"days": [1], "from": "08:00", "until": "10:00"}


def calendar(**more: Any) -> Calendar:
    """The example community's, whose day 0 is a Monday."""
    return calendar_of(
        Community(
            id=LY,
            code="LY",
            name=named("LY"),
            kind="STREET",
            utc_offset=480,
            categories=[],
            skills=[],
            policies={},
            **{"working_hours": WORKING_HOURS, **more},
        )
    )


@pytest.mark.parametrize(
    ("moment", "on_duty"),
    [("08:29", False), ("08:30", True), ("11:59", True), ("12:00", False), ("14:00", True), ("5/09:00", False)],
)  # fmt: skip
def test_on_duty_is_in_the_working_hours_by_local_time(moment: str, on_duty: bool) -> None:
    assert calendar().is_on_duty(when(moment)) is on_duty


def test_a_holiday_has_no_working_hours_and_a_make_up_day_those_of_monday() -> None:
    made = calendar(
        working_hours=[*WORKING_HOURS, {"days": [1], "from": "20:00", "until": "21:00"}],
        holidays=["2026-11-24", "2026-11-28"],
        workdays=["2026-11-28"],
    )
    assert not made.is_on_duty(when("1/09:00")), "Tuesday is off"
    assert made.is_on_duty(when("5/09:00")), (
        "Saturday makes up for it, though it is a holiday elsewhere in the list"
    )
    assert made.is_on_duty(when("5/20:30"))
    assert not made.is_on_duty(when("3/20:30"))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("08:30", 1, "09:30"),
        ("07:00", 1, "09:30"),
        ("11:30", 1, "14:30"),
        ("17:00", 1, "1/09:00"),
        ("4/17:00", 2, "7/10:00"),
        ("5/12:00", 7, "7/17:30"),
        ("08:30", 7, "17:30"),
        ("08:30", 36, "7/09:30"),
        ("09:00", 0, "09:00"),
    ],
)
def test_a_promise_of_so_many_working_hours_ends_then(start: str, hours: int, due: str) -> None:
    made = calendar()
    assert made.after(when(start), hours * HOUR) == when(due)
    assert made.working_ms(when(start), when(due)) == hours * HOUR


def test_a_promise_over_a_holiday_ends_after_it() -> None:
    made = calendar(holidays=["2026-11-24", "2026-11-25"], workdays=["2026-11-28"])
    assert made.after(when("16:30"), 2 * HOUR) == when("3/09:30")
    assert made.after(when("4/16:30"), 2 * HOUR) == when("5/09:30")


def test_where_no_hours_are_said_every_hour_counts_and_nobody_is_on_duty() -> None:
    made = calendar(working_hours=[])
    assert made.after(when("23:30"), HOUR) == when("1/00:30")
    assert made.working_ms(when("00:00"), when("2/00:00")) == 2 * DAY
    assert not made.is_on_duty(when("09:00"))


def test_hours_that_overlap_count_once() -> None:
    twice = [MONDAY_HOURS, MONDAY_HOURS, {"days": [1], "from": "09:00", "until": "11:00"}]
    assert calendar(working_hours=twice).working_ms(when("00:00"), when("1/00:00")) == 3 * HOUR


def test_working_time_backwards_is_none() -> None:
    assert calendar().working_ms(when("1/09:00"), when("09:00")) == 0
    assert calendar().working_ms(when("09:00"), when("09:00")) == 0


def test_no_promise_looks_further_than_the_horizon_nor_beyond_what_can_be_written() -> None:
    little = calendar(working_hours=[{"days": [1], "from": "08:00", "until": "08:01"}])
    assert little.after(when("09:00"), 2000 * HOUR) == when("09:00") + HORIZON_DAYS * DAY
    assert calendar().after(LATEST - MINUTE, 2000 * HOUR) == LATEST


def test_what_lies_after_is_found_again_between_whatever_the_calendar() -> None:
    chance = random.Random(5)
    for _ in range(200):
        made = calendar(
            holidays=[f"2026-12-{day:02d}" for day in chance.sample(range(1, 31), 5)],
            workdays=[f"2026-12-{day:02d}" for day in chance.sample(range(1, 31), 3)],
        )
        start = when(chance.randrange(0, 20 * DAY) + when("00:00"))
        working = chance.randrange(1, 80 * 60) * MINUTE
        due = made.after(start, working)
        assert made.working_ms(start, due) == working
        middle = chance.randrange(start, due + 1)
        assert made.working_ms(start, middle) + made.working_ms(middle, due) == working
