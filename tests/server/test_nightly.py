"""The nightly run: on time, after what was missed, after every upload where that is the setting, and never down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from server import nightly
from tests.server.house import House, opened
from tests.sync.world import G1, T

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


@asynccontextmanager
async def running(house: House) -> AsyncIterator[None]:
    """The nightly run beside the test, until it ends."""
    async with anyio.create_task_group() as group:
        group.start_soon(nightly.run, house.hub)
        yield
        group.cancel_scope.cancel()


async def settlements(house: House, count: int) -> None:
    """Wait until there are so many settlements."""
    with anyio.fail_after(60):
        async for _ in house.hub.changes():
            if ((await house.hub.readiness()).settlement or 0) >= count:
                return


async def standing(house: House) -> int:
    return (await house.hub.readiness()).settlement or 0


async def upload(house: House, at: str) -> None:
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, ORDER, at=at)
    await tablet.push()


async def test_the_night_is_settled_when_it_is_due(house: House) -> None:
    house.clock.set("18:00")
    await upload(house, "08:00")
    before = await standing(house)
    async with running(house):
        await house.clock.waiting.wait()
        assert await standing(house) == before
        house.clock.set("1/02:00")
        await settlements(house, before + 1)
    assert (await house.hub.readiness()).unsettled == 0


async def test_a_night_that_was_missed_is_made_up_for_at_once(house: House) -> None:
    house.clock.set("18:00")
    await upload(house, "08:00")
    before = await standing(house)
    house.clock.set("1/09:00")
    async with running(house):
        await settlements(house, before + 1)


async def test_every_upload_is_settled_where_that_is_the_setting(database_url: str) -> None:
    async with opened(database_url, settle="on-upload") as house:
        house.clock.set("18:00")
        async with running(house):
            for number in range(1, 4):
                tablet = await house.tablet(f"tablet {number}", G1)
                before = await standing(house)
                tablet.record("ticket.note", T, {}, at="09:00", private={"text": "seen"})
                await tablet.push()
                await settlements(house, before + 1)


async def test_a_night_that_fails_is_told_and_the_next_completes_it(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.clock.set("18:00")
    await upload(house, "08:00")

    async def full() -> None:
        raise OSError("no space left on 5550100")

    monkeypatch.setattr(house.hub, "settle", full)
    house.clock.set("1/02:00")
    assert not await nightly.night(house.hub)
    readiness = await house.hub.readiness()
    assert (readiness.ready, readiness.reasons) == (True, ("the settlement failed: OSError",))
    assert (readiness.unsettled, house.hub.health.failures) == (1, 1)
    late = await house.tablet("late", G1)
    late.record("ticket.note", T, {}, at="19:00", private={"text": "seen"})
    assert (await late.push()).received_through == 1
    monkeypatch.undo()
    assert await nightly.night(house.hub)
    assert (await house.hub.readiness()).reasons == ()
    assert "the settlement failed" in caplog.text


async def test_a_clock_that_is_behind_is_told(house: House) -> None:
    house.clock.set("18:00")
    await upload(house, "08:00")
    await house.hub.settle()
    await upload(house, "09:00")
    house.clock.set("-1/18:00")
    assert not await nightly.night(house.hub)
    reasons = (await house.hub.readiness()).reasons
    assert any("CLOCK_BEHIND" in reason for reason in reasons)
    assert any("clock is behind" in reason for reason in reasons)


async def test_a_hub_that_is_well_says_when_it_settles_next(house: House) -> None:
    readiness = await house.hub.readiness()
    assert (readiness.ready, readiness.reasons) == (True, ())
    assert readiness.settles_at == "2026-11-23T18:00:00.000Z"
