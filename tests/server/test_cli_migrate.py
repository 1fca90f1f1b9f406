"""`lianxin migrate`: from a file to PostgreSQL when a district grows, and back, in words and as data."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.cli_tools import Desk
from server.settings import Settings, sqlite_url
from server.system import SystemIds
from tests.databases import Databases
from tests.server.house import HandClock
from tests.sync.world import when

EXAMPLE = "server/examples/red-cell.yaml"
Lianxin = Callable[..., Result]

on_postgresql = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


@pytest.fixture
def lianxin() -> Lianxin:
    """Runs a command on the database with this URL."""
    clock, ids = HandClock(when("07:00")), SystemIds()

    def run(url: str, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, obj=Desk(Settings(database_url=url), clock, ids))

    return run


@pytest.fixture
def file(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "district.db")


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@on_postgresql
def test_a_district_grows_into_postgresql_and_comes_back(
    lianxin: Lianxin, databases: Databases, file: str, tmp_path: Path
) -> None:
    back = sqlite_url(tmp_path / "back.db")
    assert lianxin(file, "load", EXAMPLE).exit_code == 0
    counted = data(lianxin(file, "stats", "--json"))
    with databases.fresh(tmp_path) as url:
        there = data(lianxin(file, "migrate", "--to", url, "--json"))
        assert there["rows"] == sum(there["tables"].values())
        assert there["tables"]["member"] == 150
        assert data(lianxin(url, "verify", "--json"))["differences"] == []
        assert data(lianxin(url, "stats", "--json")) == counted
        assert data(lianxin(url, "load", EXAMPLE, "--json"))["changes"] == {}
        said = lianxin(url, "migrate", "--to", back)
    assert said.exit_code == 0
    assert (
        f"Moved {there['rows']} rows of {len(there['tables'])} tables to {tmp_path}/back.db." in said.stdout
    )
    assert f"SHA-256 {there['digest']}." in said.stdout
    assert "no difference" in said.stdout
    assert "LIANXIN_DATABASE_URL" in said.stdout
    assert data(lianxin(back, "stats", "--json")) == counted


def test_the_old_database_says_where_its_district_is_and_can_be_told_to_go_on(
    lianxin: Lianxin, file: str, tmp_path: Path
) -> None:
    new = sqlite_url(tmp_path / "new.db")
    assert lianxin(file, "load", EXAMPLE).exit_code == 0
    assert lianxin(file, "migrate", "--to", new).exit_code == 0
    for command in (
        ["serve", "--port", "0"],
        ["settle"],
        ["load", EXAMPLE],
        ["migrate", "--to", new],
        ["restore", str(tmp_path / "new.db"), "--yes"],
    ):
        refused = lianxin(file, *command)
        assert refused.exit_code == 1
        assert f"moved to {tmp_path}/new.db" in refused.output.replace("\n", " ")
        assert "lianxin migrate --stay" in refused.output.replace("\n", " ")
    assert "goes on here" in lianxin(file, "migrate", "--stay").output
    assert data(lianxin(file, "migrate", "--stay", "--json")) == {"stayed": False}
    assert lianxin(file, "settle").exit_code == 0


def test_what_cannot_be_moved_is_said_in_words(lianxin: Lianxin, file: str, tmp_path: Path) -> None:
    other = sqlite_url(tmp_path / "other.db")
    nowhere = lianxin(file, "migrate", "--to", other)
    assert (nowhere.exit_code, "no district" in nowhere.output) == (1, True)
    for url in (file, other):
        assert lianxin(url, "load", EXAMPLE).exit_code == 0
    occupied = lianxin(file, "migrate", "--to", other)
    assert (occupied.exit_code, "not empty" in occupied.output) == (1, True)
    assert lianxin(file, "settle").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [(), ("--to", "mysql://u:secret@h/d"), ("--to", "sqlite://"), ("--to", "sqlite:///x", "--stay")],
)
def test_what_is_asked_wrongly_ends_with_2(lianxin: Lianxin, file: str, arguments: tuple[str, ...]) -> None:
    result = lianxin(file, "migrate", *arguments)
    assert result.exit_code == 2
    assert "secret" not in result.output


def test_a_database_that_is_out_of_reach_is_said_so_without_its_password(
    lianxin: Lianxin, file: str, tmp_path: Path
) -> None:
    assert lianxin(file, "load", EXAMPLE).exit_code == 0
    result = lianxin(file, "migrate", "--to", f"postgresql://u:secret@/d?host={tmp_path}")
    assert result.exit_code == 1
    assert "cannot be used" in result.output
    assert "secret" not in result.output
    assert lianxin(file, "settle").exit_code == 0
