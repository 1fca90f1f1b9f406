"""`lianxin export --unit`: a spreadsheet for a unit's appraisal of the year, in either form, or why not."""

import csv
import io
import zipfile
from pathlib import Path

from tests.server.test_cli import Lianxin, clock, district, lianxin, loaded

__all__ = ["clock", "district", "lianxin", "loaded"]


def test_a_units_year_is_written_in_either_form(loaded: Lianxin, tmp_path: Path) -> None:
    for ending in ("zip", "xlsx"):
        file = tmp_path / f"unit.{ending}"
        told = loaded("export", "--unit", "LY-U01", "--period", "2026", "--output", str(file)).output
        assert "members of LY-U01 in 2026" in told
        assert zipfile.is_zipfile(file)
    with zipfile.ZipFile(tmp_path / "unit.zip") as packed:
        text = packed.read("1-Summary.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert {row["服务次数 Services"] for row in rows} == {"0"}


def test_what_is_asked_wrongly_is_said(loaded: Lianxin, tmp_path: Path) -> None:
    file = str(tmp_path / "unit.xlsx")
    for arguments, word in (
        (("--unit", "LY-U01", "--period", "2026"), "--output"),
        (("--unit", "LY-U01", "--period", "2026", "--output", str(tmp_path / "unit.ods")), ".xlsx"),
        (("--unit", "LY-U01", "--period", "2026-13", "--output", file), "--period"),
        (("--unit", "LY-U01", "--output", file), "--period"),
        (("--period", "2026"), "--unit"),
        (("--unit", "LY-U99", "--period", "2026", "--output", file), "LY-U99"),
    ):
        result = loaded("export", *arguments)
        assert result.exit_code in {1, 2}
        assert word in result.output + result.stderr
    assert not Path(file).exists()
