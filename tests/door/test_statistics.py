"""Statistics at the door: each figure is the number of the records behind it, over any period and place."""

from typing import Any

import pytest

from sync.shapes import format_time
from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    FAR_MEMBER,
    GRID,
    GRID_2,
    HOUR,
    MEMBER,
    MEMBER_3,
    MORNING,
    UNIT,
    UNIT_2,
    VILLAGE,
    House,
)

DAY = 24 * HOUR
ASK = """query ($filter: StatisticsFilter) { statistics(filter: $filter) {
    figures { name value title zh: title records(first: 50) { totalCount edges { node { id __typename } } } }
    waiting { state days below count records { totalCount } } } }"""
COUNTS = {"personTimes", "onDuty", "outOfHours", "ticketsOpened", "deeds", "enterpriseProblems"}


@pytest.fixture(scope="module")
async def tickets(house: House) -> list[str]:
    """Two tickets done in different grids by two units, one of them yesterday, and one that waits far away."""
    first = await house.ticket()
    house.clock.go_on(30 * 60_000)
    await house.do("ticket.claim", first, member=MEMBER)
    house.clock.go_on(HOUR)
    await house.service(MEMBER, ticket=first)
    await house.do("ticket.finish", first, member=MEMBER)
    house.clock.go_on(DAY)
    second = await house.ticket(grid=GRID_2)
    await house.do("ticket.claim", second, member=MEMBER_3)
    house.clock.go_on(HOUR)
    await house.service(MEMBER_3, ticket=second)
    await house.do("ticket.finish", second, member=MEMBER_3)
    third = await house.ticket("far dispatcher", FAR_GRID)
    house.clock.go_on(4 * DAY)
    await house.service(FAR_MEMBER, "far dispatcher")
    return [first, second, third]


async def counted(house: House, role: str = "admin", **given: Any) -> dict[str, Any]:
    found = (await house.ask(ASK, role, filter=given))["statistics"]
    for one in found["figures"]:
        if one["name"] in COUNTS:
            assert one["value"] == one["records"]["totalCount"] == len(one["records"]["edges"]), one["name"]
    for one in found["waiting"]:
        assert one["count"] == one["records"]["totalCount"] > 0
    return {one["name"]: one["value"] for one in found["figures"]}


async def test_each_figure_counts_the_records_behind_it(house: House, tickets: list[str]) -> None:
    found = await counted(house)
    assert (found["personTimes"], found["deeds"], found["ticketsOpened"]) == (3, 2, 3)
    assert found["hoursOnDuty"] + found["hoursOutOfHours"] == 3
    assert found["minutesToAccept"] == 15
    assert found["minutesToFinish"] == 75
    assert found["pointsEarned"] == found["points"] > 0
    assert found["pointsRedeemed"] == found["sessions"] == 0


PLACES: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("a community", {"community": COMMUNITY}, (2, 2)),
    ("another", {"community": VILLAGE}, (1, 0)),
    ("a grid", {"grid": GRID}, (1, 1)),
    ("a unit", {"unit": UNIT}, (1, 1)),
    ("another unit", {"unit": UNIT_2}, (1, 1)),
    ("a category", {"category": "parking"}, (2, 2)),
    ("a category that nobody ordered", {"category": "legal"}, (0, 0)),
    ("the first day", {"until": format_time(MORNING + 12 * HOUR)}, (1, 1)),
    ("after it", {"from": format_time(MORNING + 12 * HOUR)}, (2, 1)),
    ("a unit on a day", {"unit": UNIT, "from": format_time(MORNING + 12 * HOUR)}, (0, 0)),
]


@pytest.mark.parametrize(("what", "given", "expected"), PLACES, ids=[what for what, _, _ in PLACES])
async def test_figures_are_had_for_any_period_and_place(
    house: House, tickets: list[str], what: str, given: dict[str, Any], expected: tuple[int, int]
) -> None:
    found = await counted(house, **given)
    assert (found["personTimes"], found["deeds"]) == expected
    if given.keys() <= {"grid", "unit", "category", "community"}:
        assert (found["pointsEarned"] > 0) is (expected[0] > 0)


async def test_parts_add_up_to_the_whole(house: House, tickets: list[str]) -> None:
    whole = await counted(house)
    for part in ([{"community": COMMUNITY}, {"community": VILLAGE}],):
        sums = [await counted(house, **one) for one in part]
        for name in (*COUNTS, "points", "pointsEarned"):
            assert whole[name] == sum(one[name] for one in sums), name


async def test_what_waits_is_told_by_state_and_age_and_everybody_sees_their_own(
    house: House, tickets: list[str]
) -> None:
    found = (await house.ask(ASK, "far dispatcher", filter={}))["statistics"]["waiting"]
    assert [(one["state"], one["days"], one["below"], one["count"]) for one in found] == [("OPEN", 3, 7, 1)]
    assert (await house.ask(ASK, "dispatcher", filter={}))["statistics"]["waiting"] == []
    near = await counted(house, "dispatcher")
    assert (near["personTimes"], near["deeds"]) == (2, 2)
    assert (await counted(house, "dispatcher", community=VILLAGE))["personTimes"] == 0
    for role in ("unit", "reader"):
        assert await house.code(ASK, role) == "FORBIDDEN"
