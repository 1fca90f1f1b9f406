"""`lianxin paper`: slips with codes by which residents rate, for what is done and unrated, or for one ticket."""

import json
from pathlib import Path

from tests.server.test_cli_day import Lianxin, day, lianxin

__all__ = ["day", "lianxin"]


def test_slips_are_printed_for_what_is_done_and_unrated(lianxin: Lianxin, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    made = json.loads(lianxin("paper", "--community", "CG", "--output", str(sheet), "--json").stdout)
    page = sheet.read_text("utf-8")
    assert made, "the community has something that is done and not rated yet"
    for one in made:
        assert one["code"] in page
        assert one["url"].endswith(one["code"].replace("-", ""))
    assert page.count("<section>") == page.count("<svg") == len(made)
    assert page.index("请给这次服务评分") < page.index("Please rate this service")
    told = lianxin("paper", "--ticket", made[0]["ticket"]).output
    assert made[0]["code"] not in told, "a new one ends the one before"
    assert "slips" in lianxin("paper", "--ticket", made[0]["ticket"], "--output", str(sheet)).output


def test_what_is_asked_wrongly_is_said(lianxin: Lianxin) -> None:
    assert lianxin("paper").exit_code == 2
    assert "no ticket to be rated" in lianxin("paper", "--ticket", "nothing").stderr
