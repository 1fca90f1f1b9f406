"""Wrong clocks, through the real door: a deed comes out when it was done, or says how far it may be off."""

from typing import NamedTuple

import pytest
from sqlalchemy import text

from tests.clients.district import Carried, District, grid
from tests.clients.kit import DAY, HOUR, MINUTE, SECOND
from tests.clients.road import Answer, Forward


class Done(NamedTuple):
    """A change, and when it was really done."""

    change: str
    true_ms: int


class Day:
    """One tablet's day: what was done and when, and what the hub made of it."""

    def __init__(self, district: District, wrong_by: int = 0, *, met: bool = True) -> None:
        self.district = district
        self.carried: Carried = district.carry("A", "LY-1", wrong_by=wrong_by, enrol=met)
        self.done: list[Done] = []

    def work(self, hours: float = 1) -> None:
        """So many hours on, something is done."""
        self.district.world.go_on(round(hours * HOUR))
        change = self.carried.tablet.open_ticket(grid("LY-1"), "parking", "停车").id
        self.done.append(Done(change, self.district.world.now()))

    def set_clock(self, wrong_by: int) -> None:
        self.carried.clock.wrong_by = wrong_by

    def restart(self) -> None:
        self.district.world.go_on(10 * MINUTE)
        self.carried.restart()

    def deeds(self) -> list[tuple[int, int | None]]:
        """How far each deed is from the truth, and how far it says it may be, in the order of the work."""

        async def read() -> dict[str, tuple[int, int | None]]:
            async with self.district.hub.read() as connection:
                rows = await connection.execute(text("SELECT id, deed, uncertainty_ms FROM change"))
                return {row[0]: (row[1], row[2]) for row in rows}

        kept = self.district.call(read)
        return [(abs(kept[one.change][0] - one.true_ms), kept[one.change][1]) for one in self.done]

    def upload(self) -> list[tuple[int, int | None]]:
        assert self.carried.sync().synced
        return self.deeds()


def within(deeds: list[tuple[int, int | None]], at_most: int) -> None:
    """Each deed is as sure as it says, and surer than `at_most`."""
    for off, allowed in deeds:
        assert allowed is not None
        assert off <= allowed <= at_most


@pytest.mark.parametrize("wrong_by", [0, 3 * DAY, -2 * HOUR, -20_000 * DAY, 40 * 365 * DAY])
def test_a_clock_that_is_wrong_all_day_makes_no_difference(district: District, wrong_by: int) -> None:
    day = Day(district, wrong_by)
    for _ in range(4):
        day.work()
    within(day.upload(), 10 * SECOND)


def test_a_clock_set_back_in_the_middle_of_the_day_makes_no_difference(district: District) -> None:
    day = Day(district)
    day.work()
    day.set_clock(-3 * HOUR)
    day.work()
    day.set_clock(2 * DAY)
    day.work()
    within(day.upload(), 10 * SECOND)


def test_a_clock_that_the_phone_network_corrects_just_before_the_upload_makes_no_difference(
    district: District,
) -> None:
    day = Day(district, wrong_by=3 * DAY)
    day.work()
    day.work()
    day.set_clock(0)
    within(day.upload(), 10 * SECOND)


def test_corrected_after_a_restart_the_work_before_it_is_carried_over_from_the_morning(
    district: District,
) -> None:
    day = Day(district, wrong_by=3 * DAY)
    day.work()
    day.restart()
    day.work()
    day.set_clock(0)
    day.work()
    within(day.upload(), 10 * SECOND)


def test_between_two_restarts_without_a_contact_a_clock_is_as_sure_as_its_neighbours(
    district: District,
) -> None:
    day = Day(district, wrong_by=-2 * HOUR)
    day.work()
    day.restart()
    day.work()
    day.restart()
    deeds = day.upload()
    within(deeds, 5 * HOUR)
    assert deeds[1][0] <= 10 * SECOND


def test_a_clock_set_wrong_and_right_again_between_two_contacts_is_bounded_by_the_spell_and_says_so(
    district: District,
) -> None:
    day = Day(district)
    day.work()
    day.restart()
    day.set_clock(-9 * DAY)
    day.restart()
    day.work()
    day.restart()
    day.set_clock(0)
    day.restart()
    deeds = day.upload()
    off, allowed = deeds[1]
    assert allowed is not None
    assert off <= 3 * HOUR
    assert off <= allowed


def test_what_a_stick_brings_four_days_later_was_done_when_it_was_done(district: District) -> None:
    day = Day(district, wrong_by=3 * DAY)
    day.work()
    day.work()
    out = district.folder / "day.lianxin"
    day.carried.tablet.export(out)
    district.world.go_on(4 * DAY)
    district.call(district.hub.import_file, out)
    within(day.deeds(), 10 * SECOND)


def test_an_upload_that_takes_ten_minutes_moves_no_deed(district: District) -> None:
    def slow(forward: Forward) -> Answer:
        district.world.go_on(10 * MINUTE)
        return forward()

    day = Day(district, wrong_by=-2 * HOUR)
    day.work()
    day.carried.road.spoil("push", slow)
    within(day.upload(), 10 * SECOND)


def test_a_clock_compared_over_a_slow_road_says_how_slow_it_was(district: District) -> None:
    def slow(forward: Forward) -> Answer:
        answer = forward()
        district.world.go_on(4 * MINUTE)
        return answer

    day = Day(district, wrong_by=3 * DAY, met=False)
    day.carried.tablet.enrol(district.code("LY-1"), "A")
    day.work()
    day.carried.road.spoil("now", slow)
    within(day.upload(), 2 * MINUTE + 10 * SECOND)


@pytest.mark.parametrize("wrong_by", [-3 * DAY, 3 * DAY])
def test_a_wrong_clock_never_wins_over_what_its_author_had_seen(district: District, wrong_by: int) -> None:
    """Whoever acts on what was confirmed acts after it, whatever the clock says."""
    day = Day(district)
    day.work()
    day.upload()
    district.settle()
    assert day.carried.sync().synced
    day.restart()
    day.set_clock(wrong_by)
    day.restart()
    (seen,) = day.carried.tablet.list("ticket")
    settled = district.world.now() - 25 * MINUTE
    change = day.carried.tablet.edit_ticket(seen.id, title="看过再改")
    day.done.append(Done(change.id, district.world.now()))
    day.set_clock(0)
    day.restart()
    deeds = day.upload()
    off, _ = deeds[1]
    assert district.world.now() - off >= settled
    district.settle()
    day.carried.sync()
    assert day.carried.outcome(change.id) == "APPLIED"
