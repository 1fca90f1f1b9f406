"""`lianxin page`: a one-time code for a member's own page."""

import json

import pytest

from tests.server.test_cli import Lianxin, clock, district, lianxin, loaded

__all__ = ["clock", "district", "lianxin", "loaded"]


def test_a_member_is_given_a_code_by_unit_and_number(loaded: Lianxin) -> None:
    made = json.loads(loaded("page", "--unit", "LY-U01", "--number", "001", "--json").stdout)
    assert made["url"].endswith(made["code"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unit", "LY-U01", "--number", "nobody"), "no member of this number"),
        (("--unit", "LY-U99", "--number", "1"), "unit"),
    ],
)
def test_whoever_is_not_there_gets_no_code(loaded: Lianxin, arguments: tuple[str, ...], said: str) -> None:
    result = loaded("page", *arguments)
    assert result.exit_code != 0
    assert said in result.stderr + result.stdout
