"""The command line after a day: the demo's folder, looked at and worked on with the other commands."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.cli_tools import Desk
from server.demo_world import LaterClock, moment
from server.settings import Settings, sqlite_url
from server.system import SystemClock, SystemIds

Lianxin = Callable[..., Result]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `lianxin demo --data` leaves."""
    folder = tmp_path_factory.mktemp("day") / "new"
    done = CliRunner().invoke(main, ["demo", "--no-serve", "--data", str(folder)])
    assert done.exit_code == 0, done.output
    (folder / "said.txt").write_text(done.output, "utf-8")
    return folder


@pytest.fixture
def lianxin(day: Path, tmp_path: Path) -> Lianxin:
    shutil.copy(day / "lianxin.db", tmp_path / "lianxin.db")
    settings = Settings(database_url=sqlite_url(tmp_path / "lianxin.db"))
    clock = LaterClock(SystemClock(), moment("+2 12:00"))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(
            main, arguments, obj=Desk(settings, clock, SystemIds()), catch_exceptions=False
        )

    return run


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_demo_tells_its_day_to_people(day: Path) -> None:
    said = (day / "said.txt").read_text("utf-8")
    assert "Who lost what to whom" in said
    assert "lost 党员 005 took it" in said
    assert "the same digest" in said
    for shown in ("an even division", "planned together", "honour roll, teams", "community's figures"):
        assert shown in said
    assert "Traceback" not in said


def test_the_readme_shows_what_the_demo_prints(day: Path) -> None:
    """Some of its lines, in order; a line of dots stands for the rest of a cell."""
    said = [line.rstrip() for line in (day / "said.txt").read_text("utf-8").splitlines()]
    readme = Path("README.md").read_text("utf-8")
    shown = readme.partition("<!-- the demo -->\n```\n")[2].partition("\n```\n")[0].splitlines()
    assert len(shown) > 20
    place = 0
    for line in shown:
        if line.strip() != "…":
            assert line in said[place:], line
            place = said.index(line, place) + 1


def test_a_demo_does_not_begin_in_a_folder_that_is_in_use(day: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--no-serve", "--data", str(day)])
    assert (result.exit_code, "not empty" in result.output) == (1, True)


def test_the_last_nights_report_can_be_read_again(lianxin: Lianxin, day: Path) -> None:
    report = data(lianxin("report", "--json"))
    first = re.search(r"Settlement (\d+) · 2026-03-17", (day / "said.txt").read_text("utf-8"))
    assert first is not None
    earlier = data(lianxin("report", first[1], "--json"))
    assert earlier["changes"] > report["changes"] > 0
    assert "Points of the day" in lianxin("report").output
    assert "当日积分" in lianxin("--language", "zh", "report").output


def test_conflicts_list_both_sides(lianxin: Lianxin) -> None:
    waiting = data(lianxin("conflicts", "--json"))
    assert {one["state"] for one in waiting} == {"REVIEW"}
    done_after_cancel = next(one for one in waiting if one["rule"] == "lifecycle")
    assert done_after_cancel["stands"]["member"] == "党员 133"
    assert {side["kind"] for side in done_after_cancel["others"]} >= {"ticket.cancel"}
    assert data(lianxin("conflicts", "--community", "CG", "--json")) == [done_after_cancel]
    text = lianxin("conflicts").output
    assert "党员 133 (平板 V) 15:00" in text
    assert "finished" in text


def test_stats_count_the_day(lianxin: Lianxin) -> None:
    counted = data(lianxin("stats", "--json"))
    assert {one["code"] for one in counted["communities"]} == {"CG", "LY"}
    total = counted["total"]
    assert total["enterpriseProblems"] == 1
    assert total["deeds"] >= 4
    assert total["personTimes"] == total["onDuty"] + total["outOfHours"] > 0
    spent = total["pointsRedeemed"] + total["pointsExpired"]
    assert total["points"] == total["pointsEarned"] + total["pointsAdjusted"] - spent > 0


def test_a_stick_that_was_imported_counts_once_more_not_at_all(
    lianxin: Lianxin, day: Path, tmp_path: Path
) -> None:
    """Line 16, at the command line."""
    stick = tmp_path / "V.lianxin"
    shutil.copy(day / "V.lianxin", stick)
    before = data(lianxin("stats", "--json"))
    done = data(lianxin("import", str(stick), "--json"))
    assert (done["taken"], done["refused"]) == (0, None)
    assert Path(done["answer"]) == tmp_path / "V.answer.lianxin"
    assert Path(done["answer"]).stat().st_size > 0
    assert "0 new changes" in lianxin("import", str(stick), "--answer", str(tmp_path / "back")).output
    assert (tmp_path / "back").exists()
    assert data(lianxin("settle", "--json"))["changes"] == 0
    assert data(lianxin("stats", "--json")) == before


def test_a_stick_that_was_changed_on_the_way_is_refused(lianxin: Lianxin, day: Path, tmp_path: Path) -> None:
    whole = (day / "V.lianxin").read_bytes()
    for number, damaged in enumerate((whole[:-9], whole[:40] + b"x" + whole[41:])):
        stick = tmp_path / f"damaged-{number}.lianxin"
        stick.write_bytes(damaged)
        result = lianxin("import", str(stick))
        assert result.exit_code == 1
        assert "Traceback" not in result.output


def test_tablets_are_listed_assigned_and_revoked_by_name(lianxin: Lianxin) -> None:
    listed = {one["name"]: one for one in data(lianxin("devices", "--json"))}
    assert listed["平板 A"]["grids"] == ["LY-1"]
    assert listed["平板 A"]["state"] == "ACTIVE"
    assert "平板 A" in lianxin("devices").output
    moved = data(lianxin("assign", "平板 A", "--grid", "LY-2", "--grid", "LY-3", "--json"))
    assert moved == {
        "device": listed["平板 A"]["device"],
        "grids": ["LY-2", "LY-3"],
        "outcome": "APPLIED",
        "queued": False,
    }
    listed = {one["name"]: one for one in data(lianxin("devices", "--json"))}
    assert listed["平板 A"]["grids"] == ["LY-2", "LY-3"]
    assert lianxin("assign", "nobody", "--grid", "LY-1").exit_code == 1
    assert data(lianxin("revoke", "平板 G", "--json")) == {"revoked": listed["平板 G"]["device"]}
    assert data(lianxin("devices", "--json"))[-1]["state"] == "REVOKED"
    assert lianxin("verify").exit_code == 0


def test_a_load_over_a_days_work_leaves_what_people_changed(lianxin: Lianxin) -> None:
    again = data(lianxin("load", "server/examples/red-cell.yaml", "--json"))
    assert again["changes"] == {}
    assert lianxin("verify").exit_code == 0


@pytest.mark.parametrize("table", ["ticket", "member", "service", "point_entry", "conflict"])
def test_verify_names_the_table_in_which_a_row_is_missing(
    lianxin: Lianxin, tmp_path: Path, table: str
) -> None:
    """Line 15, at the command line."""
    assert lianxin("verify").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "lianxin.db")) as database, database:
        key = database.execute(f"SELECT id FROM {table} ORDER BY id LIMIT 1").fetchone()[0]
        database.execute(f"DELETE FROM {table} WHERE id = ?", (key,))
    result = lianxin("verify")
    assert result.exit_code == 1
    assert table in result.output
