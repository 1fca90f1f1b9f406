"""The four ones: which period a day is in, and what is done, due and overdue on a day."""

from datetime import date, timedelta

import pytest

from clients.python import duties as tablet
from sync.rules.duties import DUTIES, first_day, owed, period_of, periods

PERIODS = [
    ("CONTACT", "2026-11-30", "2026-11", "2026-11-01", "2026-11-30"),
    ("CONTACT", "2028-02-01", "2028-02", "2028-02-01", "2028-02-29"),
    ("SURVEY", "2026-03-31", "2026-Q1", "2026-01-01", "2026-03-31"),
    ("SURVEY", "2026-12-01", "2026-Q4", "2026-10-01", "2026-12-31"),
    ("TALK", "2026-06-30", "2026-H1", "2026-01-01", "2026-06-30"),
    ("TALK", "2026-07-01", "2026-H2", "2026-07-01", "2026-12-31"),
    ("SUMMARY", "9999-12-31", "9999", "9999-01-01", "9999-12-31"),
]


@pytest.mark.parametrize(("kind", "day", "code", "first", "last"), PERIODS)
def test_a_day_is_in_one_period_of_each_duty(kind: str, day: str, code: str, first: str, last: str) -> None:
    assert period_of(kind, day) == (code, first, last)
    assert first_day(kind, code) == first


def states(found: list[object]) -> dict[str, str]:
    return {f"{one.kind} {one.period.code}": one.state for one in found}  # type: ignore[attr-defined]


def test_what_is_not_done_is_due_while_its_period_lasts_and_overdue_after_it() -> None:
    done = {("CONTACT", "2026-02"): "a", ("CONTACT", "2026-03"): "b", ("TALK", "2026-H1"): "c"}
    found = owed(done, "2026-01-15", "2026-04-16")
    assert states([*found]) == {
        "CONTACT 2026-01": "OVERDUE",
        "CONTACT 2026-04": "DUE",
        "SURVEY 2026-Q1": "OVERDUE",
        "SURVEY 2026-Q2": "DUE",
        "TALK 2026-H1": "DONE",
        "SUMMARY 2026": "DUE",
    }
    assert [one.record for one in found if one.state == "DONE"] == ["c"]


def test_the_last_day_of_a_period_is_not_too_late_and_the_next_one_is() -> None:
    assert states([*owed({}, "2026-10-01", "2026-10-31")])["CONTACT 2026-10"] == "DUE"
    assert states([*owed({}, "2026-10-01", "2026-11-01")])["CONTACT 2026-10"] == "OVERDUE"


def test_nobody_is_reminded_of_more_than_a_year() -> None:
    found = states([*owed({}, "2020-01-01", "2026-03-16")])
    assert next(name for name in found if name.startswith("CONTACT")) == "CONTACT 2025-03"
    assert [name for name in found if name.startswith("SUMMARY")] == ["SUMMARY 2025", "SUMMARY 2026"]


def test_who_was_never_said_to_be_linked_owes_from_what_was_done_first() -> None:
    assert states([*owed({}, None, "2026-03-16")])["CONTACT 2026-03"] == "DUE"
    assert len(owed({}, None, "2026-03-16")) == len(DUTIES)
    found = states([*owed({("CONTACT", "2026-01"): "a"}, None, "2026-03-16")])
    assert {name for name, state in found.items() if state == "OVERDUE"} == {"CONTACT 2026-02"}


def test_a_unit_that_is_not_linked_yet_owes_what_it_will_owe_in_the_present_periods_alone() -> None:
    assert states([*owed({}, "2026-12-01", "2026-11-25")]) == {
        "SURVEY 2026-Q4": "DUE",
        "TALK 2026-H2": "DUE",
        "SUMMARY 2026": "DUE",
    }


@pytest.mark.parametrize("kind", DUTIES)
def test_periods_follow_one_another_without_a_gap_to_the_last_day_there_is(kind: str) -> None:
    found = [*periods(kind, "2024-01-01", "2028-12-31")]
    after = [(date.fromisoformat(one.last) + timedelta(days=1)).isoformat() for one in found]
    assert after[:-1] == [one.first for one in found[1:]]
    assert [*periods(kind, "9999-12-31", "9999-12-31")][-1].last == "9999-12-31"


@pytest.mark.parametrize("since", [None, "2025-05-17", "2026-02-28", "2027-01-01"])
def test_a_tablet_works_out_the_same(since: str | None) -> None:
    """Its own few lines stand on the manifest; the hub's are those of the rule book."""
    done = {("CONTACT", "2026-01"): "a", ("SURVEY", "2026-Q1"): "b", ("CONTACT", "2026-03"): "c"}
    unit = {"id": "u", "community": "LY", "since": since}
    records = [
        {"id": id, "unit": "u", "community": "LY", "kind": kind, "period": code, "on": first_day(kind, code)}
        for (kind, code), id in done.items()
    ]
    for number in range(500):
        day = (date(2025, 12, 1) + timedelta(days=number)).isoformat()
        ours = [(one.kind, *one.period, one.state, one.record) for one in owed(done, since, day)]
        theirs = tablet.owed([unit], records, {"LY": day})
        assert [(one.kind, one.period, one.first, one.last, one.state, one.duty) for one in theirs] == ours
