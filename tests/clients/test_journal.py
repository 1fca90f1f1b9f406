"""Runs, contacts and offsets: what a tablet knows of its own clocks."""

from pathlib import Path

import pytest

from clients.python.journal import Journal, Reading
from clients.python.store import Store
from sync.clock import RunOffset
from tests.clients.kit import DAY, HOUR, MINUTE, MORNING, SECOND, HandClock

JITTER = 2
"""Two clocks that tell whole milliseconds leave each contact open by at least one."""


class Device:
    """A journal on its own file, and the true time beside the device's clocks."""

    def __init__(self, path: Path, wrong_by_ms: int = 0) -> None:
        self.path = path
        self.clock = HandClock(MORNING + wrong_by_ms)
        self.true_ms = MORNING
        self.store = Store(path)
        self.journal = Journal(self.store, self.clock)

    def go_on(self, milliseconds: int) -> None:
        self.clock.go_on(milliseconds)
        self.true_ms += milliseconds

    def meet(self, round_trip_ms: int = 40, share: float = 0.5) -> None:
        """Ask the hub what time it is; its answer is made after a share of the round trip."""
        before = self.journal.now()
        self.go_on(round(round_trip_ms * share))
        hub_ms = self.true_ms
        self.go_on(round_trip_ms - round(round_trip_ms * share))
        self.journal.met(before, hub_ms)

    def restart(self, seconds: int = 60) -> None:
        """Off for a while; the monotonic clock begins anew."""
        self.store.close()
        self.go_on(seconds * SECOND)
        self.clock.monotonic = 1_000
        self.store = Store(self.path)
        self.journal = Journal(self.store, self.clock)

    def line(self, run: int) -> RunOffset:
        return next(line for line in self.journal.lines() if line.run == run)

    def error(self, reading: Reading, true_ms: int) -> tuple[int, int]:
        """How far a corrected reading is from the truth, and how far it may be."""
        line = self.line(reading.run)
        assert line.offset_ms is not None
        assert line.uncertainty_ms is not None
        return abs(reading.wall_ms + line.offset_ms - true_ms), line.uncertainty_ms


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path / "tablet.db")


def test_each_start_is_a_new_run(device: Device) -> None:
    assert device.journal.now().run == 1
    device.restart()
    assert device.journal.now().run == 2
    device.restart()
    device.restart()
    assert device.journal.now().run == 4


def test_clocks_that_go_together_stay_in_one_run(device: Device) -> None:
    for _ in range(100):
        device.go_on(7 * MINUTE)
        assert device.journal.now().run == 1


@pytest.mark.parametrize("jump", [-3 * DAY, -HOUR, -3 * SECOND, 3 * SECOND, HOUR, 3 * DAY])
def test_a_jump_of_the_wall_clock_is_a_new_run(device: Device, jump: int) -> None:
    device.journal.now()
    device.clock.set_wall(jump)
    assert device.journal.now().run == 2
    assert device.journal.now().run == 2


def test_a_small_correction_is_not_a_jump_but_many_of_them_are(device: Device) -> None:
    for _ in range(3):
        device.clock.set_wall(600)
        assert device.journal.now().run == 1
    device.clock.set_wall(600)
    assert device.journal.now().run == 2


def test_a_run_that_nothing_was_recorded_in_is_counted_by_the_next_reading(device: Device) -> None:
    device.clock.set_wall(HOUR)
    device.clock.set_wall(-HOUR)
    assert device.journal.now().run == 1


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_a_contact_tells_the_offset_within_half_the_round_trip(tmp_path: Path, share: float) -> None:
    device = Device(tmp_path / "tablet.db", wrong_by_ms=3 * DAY)
    device.meet(round_trip_ms=400, share=share)
    line = device.line(1)
    assert line.uncertainty_ms == 200 + JITTER // 2
    error, allowed = device.error(device.journal.now(), device.true_ms)
    assert error <= allowed


def test_the_surest_contact_of_a_run_is_kept(device: Device) -> None:
    device.meet(round_trip_ms=30)
    device.meet(round_trip_ms=4_000)
    assert device.line(1).uncertainty_ms == 16
    device.meet(round_trip_ms=10)
    assert device.line(1).uncertainty_ms == 6


def test_an_old_contact_gives_way_because_a_quartz_drifts(device: Device) -> None:
    device.meet(round_trip_ms=10)
    device.go_on(10 * DAY)
    device.clock.set_wall(-500)
    device.journal.now()
    device.meet(round_trip_ms=100)
    error, allowed = device.error(device.journal.now(), device.true_ms)
    assert error <= allowed


def test_a_run_without_a_contact_has_no_offset(device: Device) -> None:
    device.meet()
    device.restart()
    assert device.line(1).offset_ms is not None
    assert device.line(2) == RunOffset(2, None, None)


def test_an_offset_is_carried_forward_over_a_jump(tmp_path: Path) -> None:
    device = Device(tmp_path / "tablet.db", wrong_by_ms=-2 * HOUR)
    device.meet()
    device.go_on(HOUR)
    device.clock.set_wall(3 * DAY)
    reading = device.journal.now()
    assert reading.run == 2
    error, allowed = device.error(reading, device.true_ms)
    assert error <= allowed < SECOND


def test_an_offset_is_carried_back_over_a_jump(tmp_path: Path) -> None:
    device = Device(tmp_path / "tablet.db", wrong_by_ms=3 * DAY)
    early, when = device.journal.now(), device.true_ms
    device.go_on(5 * HOUR)
    device.clock.set_wall(-3 * DAY)  # the phone network corrects it, just before the upload
    device.meet()
    assert device.journal.now().run == 2
    error, allowed = device.error(early, when)
    assert error <= allowed < SECOND


def test_offsets_are_carried_over_a_day_of_jumps(device: Device) -> None:
    device.meet()
    readings = []
    for jump in (HOUR, -2 * HOUR, 40 * DAY, -39 * DAY, -5 * SECOND):
        device.go_on(90 * MINUTE)
        device.clock.set_wall(jump)
        readings.append((device.journal.now(), device.true_ms))
    device.go_on(HOUR)
    device.meet(round_trip_ms=900, share=1.0)
    assert [reading.run for reading, _ in readings] == [2, 3, 4, 5, 6]
    for reading, when in readings:
        error, allowed = device.error(reading, when)
        assert error <= allowed < 10 * SECOND


def test_no_offset_is_carried_over_a_restart(device: Device) -> None:
    device.meet()
    device.clock.set_wall(HOUR)
    device.journal.now()
    device.restart()
    assert device.line(2).offset_ms is not None
    assert device.line(3).offset_ms is None


def test_where_the_monotonic_clock_stood_still_nothing_is_carried(device: Device) -> None:
    """Some devices stop it in a sleep; the contacts on both sides then contradict each other."""
    device.meet()
    device.clock.set_wall(3 * HOUR)  # asleep: only the wall clock went on
    device.true_ms += 3 * HOUR
    device.journal.now()
    device.clock.set_wall(-10 * MINUTE)
    device.meet()
    assert device.line(1).offset_ms is not None
    assert device.line(2) == RunOffset(2, None, None)
    assert device.line(3).offset_ms is not None


def test_a_clock_that_wanders_inside_a_run_widens_the_uncertainty(device: Device) -> None:
    device.meet(round_trip_ms=20)
    device.clock.set_wall(1_500)
    reading = device.journal.now()
    assert reading.run == 1
    error, allowed = device.error(reading, device.true_ms)
    assert 0 < error <= allowed < 800


def test_a_contact_across_a_jump_tells_nothing(device: Device) -> None:
    before = device.journal.now()
    device.clock.set_wall(HOUR)
    device.journal.met(before, device.true_ms)
    assert [line.offset_ms for line in device.journal.lines()] == [None, None]


def test_an_upload_carries_its_runs_and_the_nearest_contacts_around_them(device: Device) -> None:
    for number in range(1, 8):
        if number in {1, 2, 6, 7}:
            device.meet()
        device.restart()
    assert [line.run for line in device.journal.around({4})] == [2, 4, 6]
    assert [line.run for line in device.journal.around({2})] == [1, 2, 6]
    assert [line.run for line in device.journal.around({3, 5})] == [2, 3, 5, 6]
    assert [line.run for line in device.journal.around({8})] == [7, 8]
    assert device.journal.around(set()) == []
