"""`lianxin backup` and `lianxin restore`, as an administrator types them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.cli_tools import Desk
from server.settings import Settings, sqlite_url
from server.system import SystemClock, SystemIds

Lianxin = Callable[..., Result]
EXAMPLE = "server/examples/red-cell.yaml"


@pytest.fixture
def lianxin(tmp_path: Path) -> Lianxin:
    settings = Settings(database_url=sqlite_url(tmp_path / "lianxin.db"), backups=tmp_path / "backups")

    def run(*arguments: str, **more: Any) -> Result:
        desk = Desk(settings, SystemClock(), SystemIds())
        return CliRunner().invoke(main, arguments, obj=desk, catch_exceptions=False, **more)

    return run


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_district_goes_back_to_its_backup_with_what_was_done_since(
    lianxin: Lianxin, tmp_path: Path
) -> None:
    assert lianxin("load", EXAMPLE).exit_code == 0
    made = data(lianxin("backup", "--json"))
    assert {"path", "at", "epoch", "rev", "size", "settlements", "changes"} == made.keys()
    token = data(lianxin("token", "--role", "reader", "--json"))["token"]
    (tmp_path / "lianxin.db").write_bytes(b"what a broken disk left " * 1000)
    for side in ("-wal", "-shm"):
        (tmp_path / f"lianxin.db{side}").unlink(missing_ok=True)
    assert lianxin("verify").exit_code != 0
    restored = data(lianxin("restore", made["path"], "--json"))
    assert (restored["epoch"]["epoch"], restored["epoch"]["replayed"]) == (2, 1)
    assert (restored["epoch"]["gaps"], restored["differences"]) == ([], [])
    assert restored["broken"].startswith(str(tmp_path / "lianxin.db.broken-"))
    assert data(lianxin("verify", "--json"))["verify"]
    assert token


def test_a_restore_asks_first_and_says_what_it_did(lianxin: Lianxin) -> None:
    lianxin("load", EXAMPLE)
    said = lianxin("backup")
    assert "Proved: 1 settlements" in said.output
    path = said.output.split()[0]
    refused = lianxin("restore", path, input="n\n")
    assert (refused.exit_code, "Replace this district's database" in refused.output) == (1, True)
    done = lianxin("restore", path, input="y\n")
    assert done.exit_code == 0
    for part in (
        "Epoch 2 begins",
        "0 changes of offices",
        "is kept as",
        "comes back with their next meetings",
    ):
        assert part in done.output


def test_what_nobody_has_is_said_with_its_hour(lianxin: Lianxin, tmp_path: Path) -> None:
    lianxin("load", EXAMPLE)
    path = data(lianxin("backup", "--json"))["path"]
    lianxin("token", "--role", "reader")
    for journal in (tmp_path / "backups").glob("*.journal"):
        journal.unlink()
    restored = lianxin("restore", path, "--yes")
    assert "MISSING: what offices did from 20" in restored.output
    assert "on. Ask them" in restored.output


def test_what_is_no_backup_changes_nothing(lianxin: Lianxin, tmp_path: Path) -> None:
    lianxin("load", EXAMPLE)
    (tmp_path / "notes.txt").write_text("no database")
    refused = lianxin("restore", str(tmp_path / "notes.txt"), "--yes")
    assert (refused.exit_code, "Nothing was changed" in refused.output) == (1, True)
    assert data(lianxin("verify", "--json"))["verify"]


def test_a_backup_without_a_folder_says_which_setting_is_missing(tmp_path: Path) -> None:
    desk = Desk(Settings(database_url=sqlite_url(tmp_path / "x.db")), SystemClock(), SystemIds())
    refused = CliRunner().invoke(main, ["backup"], obj=desk)
    assert (refused.exit_code, "LIANXIN_BACKUPS" in refused.output) == (1, True)
