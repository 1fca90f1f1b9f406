"""The honour roll: by units and grids, by members only where the community ranks them; of a period, as far as one may see."""

from typing import Any

import pytest

from tests.door.house import COMMUNITY, FAR_MEMBER, MEMBER, MEMBER_2, MEMBER_3, VILLAGE, House

ROLL = """query ($community: ID!, $from: Date!, $until: Date!, $by: HonourBy!, $first: Int!) {
    honourRoll(community: $community, from: $from, until: $until, by: $by, first: $first) {
        place points members qualified team { code } unit { code } grid { code } member { number } } }"""


@pytest.fixture(scope="module")
async def earned(house: House) -> House:
    """U1 earns six points by two members in one grid, U2 three by one in another; some are redeemed."""
    for member in (MEMBER, MEMBER_2, MEMBER_3):
        await house.service(member)
        house.clock.go_on()
    await house.service(FAR_MEMBER, "far dispatcher")
    await house.do("points.redeem", house.ids.uuid7(), member=MEMBER, points=5, reward="毛巾")
    return house


async def roll(house: House, role: str = "dispatcher", by: str = "UNIT", **more: Any) -> Any:
    asked = {
        "community": COMMUNITY,
        "from": "2026-11-01",
        "until": "2026-11-30",
        "by": by,
        "first": 10,
        **more,
    }
    return (await house.ask(ROLL, role, **asked))["honourRoll"]


async def test_units_and_grids_are_honoured_for_what_their_members_earned(earned: House) -> None:
    units = [(one["place"], one["unit"]["code"], one["points"], one["members"]) for one in await roll(earned)]
    assert units == [(1, "U1", 6, 2), (2, "U2", 3, 1)]
    grids = [(one["place"], one["grid"]["code"], one["points"]) for one in await roll(earned, by="GRID")]
    assert grids == [(1, "LY-1", 6), (2, "LY-2", 3)]
    (first,) = await roll(earned, "reader", first=1)
    assert (first["unit"]["code"], first["member"], first["grid"]) == ("U1", None, None)


async def test_only_the_period_counts(earned: House) -> None:
    assert await roll(earned, until="2026-11-22") == []
    assert await roll(earned, **{"from": "2026-11-24"}) == []
    assert len(await roll(earned, **{"from": "2026-11-23", "until": "2026-11-23"})) == 2


async def test_members_are_honoured_only_where_the_community_ranks_them(earned: House) -> None:
    asked = {"community": COMMUNITY, "from": "2026-11-01", "until": "2026-11-30", "by": "MEMBER", "first": 10}
    refused = await earned.post(ROLL, "dispatcher", **asked)
    assert refused["errors"][0]["extensions"]["code"] == "RANKING_OFF"
    (line,) = await roll(earned, "far dispatcher", "MEMBER", community=VILLAGE)
    assert (line["place"], line["points"], line["member"]["number"]) == (1, 3, "901")


async def test_the_roll_tells_beside_the_points_who_was_found_qualified(earned: House) -> None:
    """By periods that ended within, on the community's own clock; a reader, who sees no evaluation, is told nothing."""
    for member, period, grade in (
        (MEMBER, "2026-11", "EXCELLENT"),
        (MEMBER, "2026-Q4", "QUALIFIED"),
        (MEMBER_2, "2026-11", "QUALIFIED"),
        (MEMBER_3, "2026-11", "BASIC"),
    ):
        given = {"member": member, "community": COMMUNITY, "period": period, "grade": grade}
        await earned.do("evaluation.submit", earned.ids.uuid7(), **given)
    assert [(one["unit"]["code"], one["qualified"]) for one in await roll(earned)] == [("U1", 2), ("U2", 0)]
    assert [one["qualified"] for one in await roll(earned, until="2026-11-29")] == [0, 0]
    assert [one["qualified"] for one in await roll(earned, until="2026-12-31")] == [3, 0]
    assert {one["qualified"] for one in await roll(earned, "reader")} == {None}


async def test_everybody_sees_their_own_part(earned: House) -> None:
    assert await roll(earned, "far dispatcher") is None
    assert [one["unit"]["code"] for one in await roll(earned, "unit")] == ["U1"]


async def test_teams_are_honoured_for_what_was_earned_for_them(earned: House) -> None:
    team, activity = earned.ids.uuid7(), earned.ids.uuid7()
    name = {"zh": "先锋队", "en": "Vanguard"}
    rule = {"code": "sign", "name": name, "per": "ACTIVITY", "points": 4, "from": "2026-01-01"}
    await earned.do("pointRule.put", earned.ids.uuid7(), "admin", **rule)
    await earned.do("team.put", team, code="V1", name=name, community=COMMUNITY)
    times = {"start": "2026-11-23T05:00:00.000Z", "end": "2026-11-23T06:00:00.000Z"}
    await earned.do("activity.open", activity, community=COMMUNITY, title="清扫", team=team, **times)
    await earned.do("activity.join", activity, member=MEMBER)
    await earned.do("activity.join", activity, member=MEMBER_3)
    (line,) = await roll(earned, by="TEAM")
    assert line["qualified"] is None
    assert (line["place"], line["team"]["code"], line["points"], line["members"]) == (1, "V1", 8, 2)


STATISTICS = """query ($filter: StatisticsFilter, $by: HonourBy!, $first: Int!) { statistics(filter: $filter) {
    honourRoll(by: $by, first: $first) {
        place points members qualified team { code } unit { code } grid { code } member { number } } } }"""


async def test_the_roll_of_a_period_is_reached_from_its_statistics(earned: House) -> None:
    """The local days in which the period lies, in the community that was asked of."""
    day = {"from": "2026-11-22T16:00:00.000Z", "until": "2026-11-23T16:00:00.000Z"}
    for by in ("UNIT", "GRID", "TEAM"):
        given = {"filter": {"community": COMMUNITY, **day}, "by": by, "first": 10}
        found = (await earned.ask(STATISTICS, "dispatcher", **given))["statistics"]["honourRoll"]
        assert found == await roll(earned, by=by, **{"from": "2026-11-23", "until": "2026-11-23"})
    ever = {"filter": {"community": COMMUNITY}, "by": "UNIT", "first": 1}
    found = (await earned.ask(STATISTICS, "dispatcher", **ever))["statistics"]["honourRoll"]
    assert found == await roll(earned, first=1, **{"from": "2026-01-01", "until": "2027-12-31"}) != []
    before = {
        "filter": {"community": COMMUNITY, "until": "2026-11-22T16:00:00.000Z"},
        "by": "UNIT",
        "first": 9,
    }
    assert (await earned.ask(STATISTICS, "dispatcher", **before))["statistics"]["honourRoll"] == []


async def test_from_statistics_too_no_roll_is_had_of_nowhere_elsewhere_or_of_persons(earned: House) -> None:
    for given in ({}, {"community": VILLAGE}):
        asked = {"filter": given, "by": "UNIT", "first": 9}
        assert (await earned.ask(STATISTICS, "dispatcher", **asked))["statistics"]["honourRoll"] is None
    asked = {"filter": {"community": COMMUNITY}, "by": "MEMBER", "first": 9}
    refused = await earned.post(STATISTICS, "dispatcher", **asked)
    assert refused["errors"][0]["extensions"]["code"] == "RANKING_OFF"
