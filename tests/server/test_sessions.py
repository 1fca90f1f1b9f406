"""One session that two tablets open, on real databases: found by its day, counted once, and proved by a replay."""

from typing import Any

from sqlalchemy import select

from schema.tables.activity import ACTIVITY
from server.settlement import decide_night, touched
from server.stats import stats
from tests.server.house import House
from tests.sync.world import A1, A2, G1, G2, LY, M1, M2, activity, ident


async def opened_twice(house: House) -> None:
    """Both tablets sign M1 in, B also M2; A is heard one night before B."""
    a, b = await house.tablet("A", G1), await house.tablet("B", G2)
    a.record("activity.open", A1, activity(), at="08:30")
    a.record("activity.join", A1, {"member": M1}, at="09:20")
    b.record("activity.open", A2, activity("09:30"), at="08:20")
    for member in (M1, M2):
        b.record("activity.join", A2, {"member": member}, at="09:15")
    house.clock.set("18:00")
    await a.push()
    house.clock.set("23:00")
    await house.hub.settle()
    house.clock.set("1/18:00")
    await b.push()
    house.clock.set("1/23:00")


async def sessions(house: House) -> dict[str, str | None]:
    rows = await house.rows(select(ACTIVITY.table.c.id, ACTIVITY.table.c.same_as))
    return {row["id"]: row["same_as"] for row in rows}


async def test_a_session_opened_twice_is_one_in_the_figures_and_follows_from_the_log(house: House) -> None:
    await opened_twice(house)
    await house.hub.settle()
    assert await sessions(house) == {A1: None, A2: A1}
    total: dict[str, Any] = (await stats(house.hub))["total"]
    assert total["sessions"] == 1
    await house.verified()


async def test_a_session_that_a_desk_opens_while_the_night_is_decided_makes_it_decide_again(
    house: House,
) -> None:
    await opened_twice(house)
    database, now = house.hub.database, house.clock.now()
    decided = await database.read_in_thread(lambda connection: decide_night(connection, now))
    assert decided is not None
    assert not await database.read_in_thread(lambda connection: touched(connection, decided))
    await house.submit(LY, ("activity.open", ident("a third activity"), activity("12:00", "13:00")))
    assert await database.read_in_thread(lambda connection: touched(connection, decided))
