"""Deeds as the hub fixes them: wrong clocks, long absences, and what cannot be outside of what was seen."""

import pytest
from sqlalchemy import select

from schema.tables.change import CHANGE
from server.deeds import Commits
from sync.clock import RunOffset
from tests.server.house import House, Paper
from tests.sync.world import DAY, G1, HOUR, LY, M1, MINUTE, S, T, when

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


async def deeds(house: House) -> list[tuple[int, int | None]]:
    lines = select(CHANGE.c.deed, CHANGE.c.uncertainty_ms).where(CHANGE.c.office == 1)
    return [(row["deed"], row["uncertainty_ms"]) for row in await house.rows(lines.order_by(CHANGE.c.seq))]


def note(tablet: Paper, at: str | int, **more: int) -> None:
    tablet.record("ticket.note", T, {}, at=at, private={"text": "seen"}, **more)


async def ticket_and_tablet(house: House) -> Paper:
    await house.submit(LY, ("ticket.open", T, ORDER))
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    return tablet


@pytest.mark.parametrize(
    ("wrong_by", "offset"),
    [(3 * DAY, -3 * DAY), (-2 * HOUR, 2 * HOUR), (0, 0)],
    ids=["three days fast", "two hours slow", "right"],
)
async def test_a_wrong_clock_is_corrected_by_its_runs_offset(
    house: House, wrong_by: int, offset: int
) -> None:
    tablet = await ticket_and_tablet(house)
    tablet.runs = (RunOffset(1, offset, 20),)
    note(tablet, when("09:00") + wrong_by)
    house.clock.set("18:00")
    await tablet.push()
    assert await deeds(house) == [(when("09:00"), 20)]


async def test_a_clock_set_back_in_the_middle_of_the_day_begins_a_new_run(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    tablet.runs = (RunOffset(1, 0, 20), RunOffset(2, 5 * HOUR, 20))
    note(tablet, "09:00", run=1)
    note(tablet, when("10:00") - 5 * HOUR, run=2)
    house.clock.set("18:00")
    await tablet.push()
    assert [at for at, _ in await deeds(house)] == [when("09:00"), when("10:00")]


async def test_without_any_contact_a_deed_is_bounded_by_what_came_before_and_after(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    tablet.runs = ()
    note(tablet, when("09:00") + 30 * DAY)
    note(tablet, when("09:00") - 30 * DAY)
    house.clock.set("18:00")
    await tablet.push()
    arrival = when("18:00")
    assert await deeds(house) == [(arrival, None), (arrival, None)]


async def test_nobody_acts_before_the_contact_that_came_before(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    tablet.runs = ()
    house.clock.set("12:00")
    await tablet.pull()
    note(tablet, when("08:00") - 3 * DAY)
    house.clock.set("18:00")
    await tablet.push()
    assert [at for at, _ in await deeds(house)] == [when("12:00")]


async def test_a_contact_that_a_slow_network_brought_after_an_upload_bounds_nothing_in_it(
    house: House,
) -> None:
    tablet = await ticket_and_tablet(house)
    house.clock.set("12:05")
    await tablet.pull()
    note(tablet, "11:00")
    house.clock.set("12:00")
    await tablet.push()
    assert [at for at, _ in await deeds(house)] == [when("11:00")]


async def test_nobody_acts_before_what_they_had_seen(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    house.clock.set("10:00")
    await house.submit(LY, ("ticket.edit", T, {"priority": "HIGH"}))
    seen = await house.rev()
    note(tablet, "09:00", saw=seen)
    note(tablet, "09:30", saw=seen + 10**9)
    house.clock.set("18:00")
    await tablet.push()
    assert [at for at, _ in await deeds(house)] == [when("10:00") + 1, when("10:00") + 1]
    lines = await house.rows(select(CHANGE.c.saw).where(CHANGE.c.kind == "ticket.note"))
    assert {line["saw"] for line in lines} == {seen}


async def test_deeds_of_a_device_never_go_backwards_across_uploads(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    note(tablet, "11:00")
    house.clock.set("12:00")
    await tablet.push()
    note(tablet, "09:00")
    house.clock.set("13:00")
    await tablet.push()
    assert await deeds(house) == [(when("11:00"), 10), (when("11:00"), 10 + 2 * HOUR)]


async def test_a_services_moments_are_corrected_by_their_own_runs(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    tablet.runs = (RunOffset(1, HOUR, 5), RunOffset(2, 0, 5))
    data = {
        "member": M1,
        "start": {"at": "2026-11-23T00:00:00.000Z", "run": 1},
        "end": {"at": "2026-11-23T09:00:00.000Z", "run": 2},
    }
    tablet.record("service.record", S, data, at="16:00", run=2)
    house.clock.set("18:00")
    await tablet.push()
    (line,) = await house.rows(select(CHANGE).where(CHANGE.c.kind == "service.record"))
    assert (line["start"], line["end"]) == (when("09:00"), when("16:00"))


async def test_an_upload_that_took_ten_minutes_arrived_when_it_came(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    note(tablet, "17:55")
    house.clock.set("18:05")
    await tablet.push()
    assert await deeds(house) == [(when("17:55"), 10)]
    assert when("18:05") - when("17:55") == 10 * MINUTE


def test_a_rev_that_the_hub_does_not_know_counts_as_the_commit_at_or_below_it() -> None:
    commits = Commits()
    for number, (first_rev, at) in enumerate([(10, 100), (20, 200), (30, 300)], 1):
        commits.add(number, first_rev, at)
    assert [commits.at(saw) for saw in (0, 9, 10, 19, 20, 29, 30, 99)] == [
        *(None, None, 100, 100),
        *(200, 200, 300, 300),
    ]


async def test_a_doubt_below_nothing_counts_as_unknown(house: House) -> None:
    tablet = await ticket_and_tablet(house)
    tablet.runs = (RunOffset(1, 0, -1_000_000_000),)
    note(tablet, "09:00")
    house.clock.set("18:00")
    await tablet.push()
    assert await deeds(house) == [(when("09:00"), None)]
