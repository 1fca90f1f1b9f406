"""`lianxin register`: a unit's list on the command line, looked at first, and taken up once."""

import json
from pathlib import Path

from tests.server.test_cli import Lianxin, clock, district, lianxin, loaded

__all__ = ["clock", "district", "lianxin", "loaded"]

LIST = "编号,姓名,网格\n901,新来甲,LY-1\n902,新来乙,LY-99\n"


def test_a_list_is_looked_at_and_then_taken_up_once(loaded: Lianxin, tmp_path: Path) -> None:
    file = tmp_path / "unit.csv"
    file.write_bytes(LIST.encode("gb18030"))
    asked = ("register", str(file), "--unit", "LY-U01")
    looked = loaded(*asked, "--check")
    assert looked.exit_code == 1
    assert "It would be: 1 registered" in looked.stdout
    assert "There is no such grid" in looked.stdout
    assert "新来" not in looked.stdout + looked.stderr
    done = json.loads(loaded(*asked, "--json").stdout)
    assert (done["registered"], [one["line"] for one in done["problems"]]) == (1, [3])
    again = loaded("--language", "zh", *asked)
    assert "登记 0 人，补报到网格 0 人，原已登记 1 人" in again.stdout
    file.write_text("编号,姓名\n901,新来甲\n", "utf-8")
    assert loaded(*asked).exit_code == 0


def test_what_is_no_list_or_no_unit_is_said(loaded: Lianxin, tmp_path: Path) -> None:
    file = tmp_path / "unit.yaml"
    file.write_text("[", "utf-8")
    refused = loaded("register", str(file), "--unit", "LY-U01")
    assert (refused.exit_code, "cannot be read as YAML" in refused.stderr) == (1, True)
    assert "LY-U99" in loaded("register", str(file), "--unit", "LY-U99").stderr
