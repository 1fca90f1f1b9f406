"""`lianxin stats` for a period and a place, as text and as data."""

import json

import pytest

from tests.server.test_cli import Lianxin, clock, district, lianxin, loaded

__all__ = ["clock", "district", "lianxin", "loaded"]


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
