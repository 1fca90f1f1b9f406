"""The rule book as people read it says everything that the code looks up."""

import pytest

from sync.layout import wide
from sync.rendering import LANGUAGES, marked, render, rules_text, tables
from sync.rules import VERSION
from sync.rules.fields import FIELDS, RULES
from sync.rules.transitions import MOVES, STATES, TRANSITIONS
from sync.verdicts import SENTENCES, WORDS


def unbroken(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rule_book_for_a_terminal_says_every_rule_field_state_and_step(language: str) -> None:
    said = rules_text(language, width=1000)
    index = LANGUAGES.index(language)
    for rule in RULES.values():
        assert f"{rule.name} " in said
        assert (rule.zh, rule.en)[index] in said
    for row in FIELDS.values():
        assert (row.zh, row.en)[index] in said
        assert row.thing in said
        assert unbroken(row.field) in unbroken(said)
    for state in STATES:
        assert WORDS[state][index] in said
    for step in TRANSITIONS.values():
        assert step.kind in said
        assert MOVES[step.seen][index] in said
        assert MOVES[step.unseen][index] in said
    assert str(VERSION) in said.splitlines()[0]


def test_it_is_no_wider_than_the_terminal() -> None:
    for language in LANGUAGES:
        assert max(map(wide, rules_text(language, 110).splitlines())) <= 110


def test_every_step_meets_every_state_in_one_row() -> None:
    rows = [line.split(" | ") for line in tables()["transitions en"].splitlines()[2:]]
    met = [(row[0].removeprefix("| "), state) for row in rows for state in row[1].split(", ")]
    assert sorted(met) == sorted(TRANSITIONS)


def test_the_list_of_codes_says_each_with_both_sentences() -> None:
    said = tables()["codes"]
    for code, row in SENTENCES.items():
        outcome = "—" if row.outcome is None else row.outcome.value
        assert f"| `{code}` | {outcome} | {row.zh} | {row.en} |" in said


def test_a_marked_table_is_filled_and_the_rest_is_left_alone() -> None:
    text = "# A\n<!-- table: limits -->\nold\n<!-- end -->\nB\n<!-- table: rules zh -->\n<!-- end -->\n"
    filled = render(text)
    known = tables()
    assert filled == (
        f"# A\n<!-- table: limits -->\n{known['limits']}<!-- end -->\nB\n"
        f"<!-- table: rules zh -->\n{known['rules zh']}<!-- end -->\n"
    )
    assert render(filled) == filled
    assert marked(text) == ["limits", "rules zh"]


def test_a_marker_of_no_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        render("<!-- table: nothing -->\n<!-- end -->\n")
