"""Deeds: what comes of a tablet's clock, however wrong it is; and the one total order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.clock import (
    Bounds,
    Correction,
    Deed,
    Order,
    RunOffset,
    correction,
    deed,
    is_close_call,
    moment,
    same_instant_offset,
)
from sync.state import Accepted
from tests.sync.hub import Hub, Tablet
from tests.sync.world import DAY, G1, HOUR, M1, M2, MINUTE, T, when

JOURNALS: list[tuple[str, int, list[tuple[int, int | None, int | None]], Correction]] = [
    ("its own offset", 2, [(1, 9, 9), (2, 100, 5), (3, 7, 7)], Correction(100, 5)),
    ("the earlier of two neighbours, both uncertain", 2, [(1, 10, 5), (3, -20, 7)], Correction(10, 42, measured=False)),
    ("the nearest of several neighbours", 3, [(1, 1, 1), (2, 10, 5), (4, 12, 5), (5, 9, 9)], Correction(10, 12, measured=False)),
    ("in whatever order the lines come", 3, [(5, 9, 9), (4, 12, 5), (2, 10, 5), (1, 1, 1)], Correction(10, 12, measured=False)),
    ("only an earlier one: nobody can say how far it is off", 3, [(1, 10, 5)], Correction(10, None, measured=False)),
    ("only a later one", 1, [(2, None, None), (3, -20, 7)], Correction(-20, None, measured=False)),
    ("none at all", 1, [(1, None, None)], Correction(0, None, measured=False)),
    ("no journal", 1, [], Correction(0, None, measured=False)),
    ("an earlier one of unknown uncertainty", 2, [(1, 10, None), (3, 20, 7)], Correction(10, None, measured=False)),
    ("a later one of unknown uncertainty", 2, [(1, 10, 5), (3, 20, None)], Correction(10, None, measured=False)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("run", "lines", "expected"), [j[1:] for j in JOURNALS], ids=[j[0] for j in JOURNALS]
)
def test_a_run_is_corrected_by(
    run: int, lines: list[tuple[int, int | None, int | None]], expected: Correction
) -> None:
    assert correction(run, [RunOffset(*line) for line in lines]) == expected


SURE = Correction(0, 10)
DEEDS: list[tuple[str, int, Correction, Bounds, Deed]] = [
    ("as it is", 500, SURE, Bounds(1000), Deed(500, 10)),
    ("corrected", 500, Correction(-200, 10), Bounds(1000), Deed(300, 10)),
    ("not after its arrival", 1500, SURE, Bounds(1000), Deed(1000, 510)),
    ("not before this device's previous deed", 500, SURE, Bounds(1000, previous=600), Deed(600, 110)),
    ("after the commit that its author saw", 500, SURE, Bounds(1000, seen=600), Deed(601, 111)),
    ("not before the last contact", 500, SURE, Bounds(1000, contact=700), Deed(700, 210)),
    ("not before the latest of them", 5, SURE, Bounds(1000, 300, 400, 200), Deed(401, 406)),
    ("what came before wins over a hub that stepped back", 500, SURE, Bounds(400, 700), Deed(700, 210)),
    (
        "no contact of its run: the spell alone is sure",
        500,
        Correction(0, 10, measured=False),
        Bounds(1000, 100),
        Deed(500, 900),
    ),
    (
        "no contact of its run, and a wider doubt",
        500,
        Correction(0, 2000, measured=False),
        Bounds(1000, 100),
        Deed(500, 2000),
    ),
    (
        "no contact of its run, and no bound before",
        500,
        Correction(0, 10, measured=False),
        Bounds(1000),
        Deed(500, 10),
    ),
    ("unknown stays unknown", 1500, Correction(0, None), Bounds(1000), Deed(1000, None)),
    ("a clock before 1970 reads 1970", 5, Correction(-100, 10), Bounds(1000), Deed(0, 10)),
]


@pytest.mark.parametrize(
    ("at", "corrected", "bounds", "expected"), [d[1:] for d in DEEDS], ids=[d[0] for d in DEEDS]
)
def test_a_deed_is(at: int, corrected: Correction, bounds: Bounds, expected: Deed) -> None:
    assert deed(at, corrected, bounds) == expected


def test_a_moment_of_a_service_is_corrected_by_its_own_run_and_not_after_its_deed() -> None:
    assert moment(500, Correction(100, 5), 1000) == 600
    assert moment(500, Correction(100, 5), 550) == 550
    assert moment(500, Correction(-1000, 5), 550) == 0


def test_an_exchange_gives_the_offset_give_or_take_half_of_it() -> None:
    assert same_instant_offset(1000, 900, 101) == Correction(-100, 51)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Deed(100, 10), Deed(130, 10), False),
        (Deed(100, 10), Deed(120, 10), True),
        (Deed(120, 10), Deed(100, 10), True),
        (Deed(100, None), Deed(9000, 10), True),
        (Deed(100, 10), Deed(9000, None), True),
    ],
)
def test_deeds_closer_than_their_uncertainty_are_a_close_call(one: Deed, other: Deed, expected: bool) -> None:
    assert is_close_call(one, other) is expected


def test_there_is_one_order_by_deed_then_device_then_seq() -> None:
    order = [Order(1, "b", 9), Order(2, "a", 1), Order(2, "a", 2), Order(2, "b", 1)]
    shuffled = random.Random(7).sample(order, len(order))
    assert sorted(shuffled) == order


# Line 6, with tablets


def deed_of(hub: Hub, change: str) -> Accepted:
    return next(accepted for accepted in hub.inbox if accepted.change.id == change)


def comes_out(hub: Hub, change: str, done: str) -> None:
    """The deed is when it was done, within its stated uncertainty."""
    accepted = deed_of(hub, change)
    assert accepted.uncertainty_ms is not None
    assert abs(accepted.deed - when(done)) <= accepted.uncertainty_ms


def tablet(hub: Hub, name: str, ahead: int) -> Tablet:
    made = hub.tablet(name, G1)
    made.runs[-1].ahead = ahead
    made.meet("06:00")
    return made


@pytest.mark.parametrize(
    "ahead", [3 * DAY, -2 * HOUR, 0, -30 * DAY], ids=["3 days fast", "2 hours slow", "right", "lost"]
)
def test_a_wrong_clock_is_corrected_by_its_offset(ahead: int) -> None:
    hub = Hub()
    a = tablet(hub, "A", ahead)
    change = a.does("ticket.open", T, "09:10", grid=G1, category="parking", title="t")
    a.push("18:00")
    comes_out(hub, change, "09:10")
    assert deed_of(hub, change).uncertainty_ms == 50


def test_a_clock_set_back_in_the_middle_of_the_day_is_another_run() -> None:
    hub = Hub()
    a = tablet(hub, "A", 3 * DAY)
    before = a.does("ticket.open", T, "09:10", grid=G1, category="parking", title="t")
    a.set_clock(-2 * HOUR)
    after = a.does("ticket.note", T, "11:30", private={"text": "rang"})
    a.push("18:00")
    comes_out(hub, before, "09:10")
    comes_out(hub, after, "11:30")


def test_a_clock_corrected_by_the_network_just_before_the_upload_does_not_move_what_was_done() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    a.restart(ahead=3 * DAY)
    change = a.does("ticket.open", T, "09:10", grid=G1, category="parking", title="t")
    a.set_clock(0)
    a.push("18:00")
    comes_out(hub, change, "09:10")


def test_a_restart_between_takes_the_neighbours_offsets_and_says_so() -> None:
    hub = Hub()
    a = tablet(hub, "A", 2 * HOUR)
    a.restart(ahead=2 * HOUR + MINUTE)
    change = a.does("ticket.open", T, "09:10", grid=G1, category="parking", title="t")
    a.restart(ahead=2 * HOUR + 2 * MINUTE)
    a.push("18:00")
    comes_out(hub, change, "09:10")
    # The clock may have been set wrong and right again: only the spell since the last contact is sure.
    assert deed_of(hub, change).uncertainty_ms == 12 * HOUR


def test_a_file_imported_four_days_later_keeps_its_deeds_though_nobody_knows_how_sure_they_are() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    a.restart()
    change = a.does("ticket.open", T, "09:10", grid=G1, category="parking", title="t")
    a.stick("4/12:00")
    accepted = deed_of(hub, change)
    assert (accepted.deed, accepted.uncertainty_ms) == (when("09:10"), None)


def test_an_upload_that_takes_ten_minutes_bounds_each_change_by_its_own_arrival() -> None:
    hub = Hub()
    a = tablet(hub, "A", 20 * MINUTE)
    a.runs[-1].offset = 0
    changes = [a.does("ticket.note", T, at, private={"text": "x"}) for at in ("09:00", "09:55")]
    a.stick("10:00", through=1)
    a.stick("10:10")
    assert [deed_of(hub, change).deed for change in changes] == [when("09:20"), when("10:10")]
    assert deed_of(hub, changes[1]).uncertainty_ms == 50 + 5 * MINUTE


def test_a_wrong_clock_wins_no_more_than_its_own_spell_offline() -> None:
    """It claims to have claimed days ago; its last contact was at 08:00, so that is the most it can have."""
    hub = Hub()
    a, b = hub.tablet("A"), hub.tablet("B")
    a.does("ticket.open", T, "07:00", grid=G1, category="parking", title="t")
    a.sync("07:10")
    hub.night("07:20")
    b.sync("07:30")
    a.sync("08:00")
    a.restart(ahead=-3 * DAY)
    early = b.does("ticket.claim", T, "07:50", member=M2)
    wrong = a.does("ticket.claim", T, "09:10", member=M1)
    a.stick("18:00")
    b.push("18:10")
    assert deed_of(hub, wrong).deed == when("08:00")
    hub.night()
    assert hub.takers(T) == [M2]
    assert hub.code(early) == "APPLIED"
    assert hub.conflict(T, "takers", 1).close_call


def test_a_wrong_clock_never_wins_over_what_its_author_had_seen() -> None:
    hub = Hub()
    a, b = hub.tablet("A"), hub.tablet("B")
    b.does("ticket.open", T, "07:00", grid=G1, category="parking", title="old")
    b.sync("07:10")
    hub.night("07:20")
    a.restart(ahead=-30 * DAY)
    a.pull("08:00")
    informed = a.does("ticket.edit", T, "08:10", title="new")
    a.stick("18:00")
    assert deed_of(hub, informed).deed >= when("08:00")
    hub.night()
    assert hub.ticket(T).title == "new"


offsets = st.integers(-40 * DAY, 40 * DAY)


@given(offsets, st.none() | st.integers(0, DAY), offsets, offsets, offsets, st.integers(0, 40 * DAY))
def test_bounds_hold_whatever_the_clock_says(
    offset: int, uncertainty: int | None, at: int, previous: int, contact: int, later: int
) -> None:
    base = when("09:00")
    arrival = base + max(previous, contact) + later
    bounds = Bounds(arrival, base + previous, None, base + contact)
    found = deed(base + at, Correction(offset, uncertainty), bounds)
    assert max(base + previous, base + contact) <= found.at <= arrival
    if uncertainty is not None:
        assert found.uncertainty_ms is not None
        assert found.uncertainty_ms >= abs(found.at - (base + at + offset))
