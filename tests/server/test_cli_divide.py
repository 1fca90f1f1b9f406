"""`lianxin divide` on the example district: proposed, taken up, and then there is nothing to move."""

import json

from tests.server.test_cli import Lianxin, clock, district, lianxin, loaded

__all__ = ["clock", "district", "lianxin", "loaded"]


def test_a_units_members_are_spread_over_the_grids_and_then_stay(loaded: Lianxin) -> None:
    proposed = json.loads(loaded("divide", "--community", "LY", "--unit", "LY-U01", "--json").stdout)
    sizes = [grid["after"] for grid in proposed["grids"]]
    assert max(sizes) - min(sizes) <= 1
    assert proposed["outcomes"] == []
    applied = json.loads(
        loaded("divide", "--community", "LY", "--unit", "LY-U01", "--apply", "--json").stdout
    )
    assert applied["outcomes"] == ["APPLIED"] * len(proposed["moves"])
    again = json.loads(loaded("divide", "--community", "LY", "--unit", "LY-U01", "--json").stdout)
    assert again["moves"] == []
    assert loaded("verify").exit_code == 0


def test_a_person_reads_counts_and_reasons(loaded: Lianxin) -> None:
    shown = loaded("divide", "--community", "LY")
    assert shown.exit_code == 0
    assert "LY-1" in shown.stdout
    assert "moves proposed." in shown.stdout


def test_a_unit_of_another_community_is_refused(loaded: Lianxin) -> None:
    assert loaded("divide", "--community", "CG", "--unit", "LY-U01").exit_code != 0
