"""The codes: each told in both languages, with what to do about it; the rule book's word for word."""

import re

import pytest

from schema.codes import ERRORS, VERDICTS, Code
from sync.verdicts import SENTENCES

ALL = [*ERRORS.values(), *VERDICTS.values()]


@pytest.mark.parametrize("row", ALL, ids=lambda row: f"{'verdict' if row.outcome else 'error'}-{row.code}")
def test_a_code_says_what_it_is_and_what_to_do_in_both_languages(row: Code) -> None:
    for chinese, english in (row.says, row.remedy):
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert not re.search(r"[\u3000-\u9fff]", english)
        assert chinese.endswith(("。", "}"))
        assert english.endswith((".", "}"))


def test_every_code_of_the_rule_book_is_told_once_as_it_says_it() -> None:
    refusals = {code for code, row in SENTENCES.items() if row.outcome is None}
    assert refusals <= set(ERRORS)
    assert set(VERDICTS) == set(SENTENCES) - refusals
    for code, row in SENTENCES.items():
        told = (ERRORS if row.outcome is None else VERDICTS)[code]
        assert (told.says, told.outcome) == ((row.zh, row.en), row.outcome)


def test_what_may_succeed_later_as_it_is() -> None:
    assert {"RETRY", "GAP", "BUDGET_SPENT", "TIME_LIMIT", "INTERNAL"} <= {
        row.code for row in ALL if row.again
    }
    assert not any(
        ERRORS[code].again for code in ("LIMIT", "FORBIDDEN", "BAD_USER_INPUT", "REVOKED", "FORKED")
    )
