"""`lianxin stats` for a period and a place, as text and as data."""

import asyncio
import json
from pathlib import Path

import pytest

from schema.figures import Period
from server.cli_figures import roll_of
from server.settings import sqlite_url
from server.stats import stats
from tests.server.house import House, opened
from tests.server.test_cli import Lianxin, clock, district, lianxin, loaded
from tests.sync.world import A1, LY, M1, M2, PER_ACTIVITY, TEAM, activity, point_rule, team, when

__all__ = ["clock", "district", "lianxin", "loaded"]


async def a_session_of_a_team(house: House) -> None:
    """Two of unit 1 are at the team's session, of whom one leaves the team."""
    await house.submit("district", ("pointRule.put", PER_ACTIVITY, point_rule("ACTIVITY", 2)))
    await house.submit(LY, ("team.put", TEAM, team()))
    await house.submit(LY, ("activity.open", A1, activity("05:00", "06:00", team=TEAM)))
    await house.submit(LY, *(("team.join", TEAM, {"member": one}) for one in (M1, M2)))
    await house.submit(LY, *(("activity.join", A1, {"member": one}) for one in (M1, M2)))
    house.clock.set("08:00")
    await house.submit(LY, ("team.leave", TEAM, {"member": M2}))


def test_figures_of_a_period_and_place_are_shown_and_given_as_data(loaded: Lianxin) -> None:
    asked = ("stats", "--from", "2026-01-01", "--until", "2026-12-31", "--community", "LY")
    data = json.loads(loaded(*asked, "--json").stdout)
    assert data["figures"]["personTimes"] == 0
    assert data["figures"]["minutesToAccept"] is None
    assert data["waiting"] == []
    shown = loaded(*asked, "--grid", "LY-1", "--unit", "LY-U01", "--category", "parking").stdout
    assert "person-times of service" in shown
    assert "–" in shown
    assert "服务人次" in loaded("--language", "zh", *asked).stdout


@pytest.mark.parametrize("option", ["--grid", "--team"])
def test_a_code_that_nothing_has_is_said(loaded: Lianxin, option: str) -> None:
    result = loaded("stats", option, "LY-99")
    assert result.exit_code != 0
    assert "LY-99" in result.stderr + result.stdout


async def test_each_team_has_its_members_sessions_sign_ins_and_points(house: House) -> None:
    await a_session_of_a_team(house)
    found = await stats(house.hub)
    (line,) = found["teams"]
    assert (line["code"], line["community"]) == ("vanguard", "LY")
    assert (line["members"], line["sessions"], line["personTimes"], line["points"]) == (1, 1, 2, 4)
    total = found["total"]
    assert (total["teams"], total["sessions"], total["sessionsOfTeams"], total["pointsOfTeams"]) == (
        1,
        1,
        1,
        4,
    )


async def test_the_roll_of_a_period_is_had_with_the_names(house: House) -> None:
    await a_session_of_a_team(house)
    (first,) = await roll_of(house.hub, Period(community=LY), "team")
    assert (first["place"], first["code"], first["points"], first["members"]) == (1, "vanguard", 4, 2)
    (unit,) = await roll_of(
        house.hub, Period(community=LY, start=when("00:00"), until=when("1/00:00")), "unit"
    )
    assert (unit["code"], unit["points"], unit["qualified"]) == ("LY-U1", 4, 0)
    assert await roll_of(house.hub, Period(community=LY, until=when("00:00")), "unit") == []


def test_teams_and_the_roll_are_shown(lianxin: Lianxin, tmp_path: Path) -> None:
    async def prepared() -> None:
        async with opened(sqlite_url(tmp_path / "lianxin.db")) as house:
            await a_session_of_a_team(house)

    asyncio.run(prepared())
    shown = lianxin("stats").stdout
    assert "teams" in shown
    assert "vanguard" in shown
    asked = ("stats", "--community", "LY", "--honours")
    shown = lianxin(*asked, "unit").stdout
    assert "LY-U1" in shown
    assert "qualified" in shown
    data = json.loads(lianxin(*asked, "team", "--json").stdout)
    assert [(one["place"], one["code"], one["points"], one["qualified"]) for one in data["honours"]] == [
        (1, "vanguard", 4, None)
    ]
    assert data["figures"]["pointsOfTeams"] == 4
    assert "–" in lianxin(*asked, "team").stdout
    refused = lianxin(*asked, "member")
    assert refused.exit_code == 1
    assert "LY does not rank individuals." in refused.output
    assert lianxin("stats", "--honours", "team").exit_code == 2


def test_what_cannot_be_had_of_a_grid_is_null(loaded: Lianxin) -> None:
    data = json.loads(loaded("stats", "--grid", "LY-1", "--json").stdout)
    assert data["figures"]["pointsEarned"] == 0
    assert data["figures"]["pointsRedeemed"] is None
