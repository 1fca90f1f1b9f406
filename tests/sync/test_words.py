"""Whatever is decided can be said: each code has its sentence, each sentence what fills it, each name its word.

Read off the source of sync/, so that a decision which no example happens to reach is held as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import sync
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.kinds.tickets import DispatchTarget
from sync.manifest import placeholders
from sync.rules.fields import FIELDS, RULES
from sync.rules.transitions import STATES
from sync.verdicts import OUTCOMES, SENTENCES, WORDS, sentence

SOURCES = sorted(Path(sync.__path__[0]).glob("*.py"))
FREE = {
    "member": "李四",
    "since": "2026-11-23 08:50",
    "reason": "两人都在场",
    "balance": "7",
    "term": "2026-01-01 – 2026-12-31",
    "rule": "ticket.claim",
    "period": "2026-Q4",
    "day": "2026-12-31",
    "called": "help-desk",
    "price": "3",
    "count": "2",
    "points": "7",
}
"""Placeholders that are not filled with a word of ours."""
SETTLED_BY_FIELD = {"latest", "ranked", "placed", "elements", "growing", "district"}
OURS = {
    "field": "priority,due",
    "office": "DISPATCHER",
    "state": "IN_PROGRESS",
    "thing": "ticket",
    "duty": "SURVEY",
    "who": "LIAISON",
}


class Said(NamedTuple):
    """One `Decision(...)` in the source: the codes it may have, its rule when it is written out, and what it fills."""

    where: str
    codes: set[str]
    rules: set[str]
    filled: set[str]


def decisions() -> Iterator[Said]:
    for source in SOURCES:
        for function in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.Module):
                yield from _decisions(source.name, function)


def _decisions(name: str, function: ast.FunctionDef | ast.Module) -> Iterator[Said]:
    own = list(_own(function))
    assigned: dict[str, list[ast.expr]] = {}
    for node in own:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for node in own:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Decision":
            parts = dict(zip(("code", "rule", "values"), node.args, strict=False))
            parts.update({key.arg: key.value for key in node.keywords if key.arg is not None})
            yield Said(
                f"{name}:{node.lineno}",
                set(_texts(parts["code"], assigned)),
                set(_texts(parts["rule"], assigned)) if "rule" in parts else set(),
                set(_keys(parts["values"], assigned)) if "values" in parts else set(),
            )


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef):
            yield child
            yield from _own(child)


def _texts(node: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _texts(node.body, assigned)
            yield from _texts(node.orelse, assigned)
        case ast.Name():
            yield from (text for value in _assigned(node, assigned) for text in _texts(value, assigned))


def _keys(node: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    match node:
        case ast.Dict():
            yield from (str(key.value) for key in node.keys if isinstance(key, ast.Constant))
        case ast.Name():
            yield from (key for value in _assigned(node, assigned) for key in _keys(value, assigned))
        case ast.Attribute(attr="values"):
            yield from FREE | OURS  # handed on from another decision, which is looked at where it is made


def _assigned(name: ast.Name, assigned: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """What was assigned to a name last before it is used."""
    return [value for value in assigned.get(name.id, ()) if value.lineno <= name.lineno][-1:]


DECISIONS = list(decisions())


def test_the_source_was_read() -> None:
    assert len(DECISIONS) > 50
    assert all(one.codes for one in DECISIONS)


@pytest.mark.parametrize("said", DECISIONS, ids=lambda said: said.where)
def test_every_decision_has_its_sentence_filled(said: Said) -> None:
    for code in said.codes:
        assert code in OUTCOMES, f"{code} is no verdict"
        assert set(placeholders(SENTENCES[code].en)) <= said.filled, f"{code} is not filled"


def test_every_rule_that_is_named_is_in_the_rule_book() -> None:
    named = {rule for said in DECISIONS for rule in said.rules}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "rule"
                and isinstance(node.value, ast.Constant)
                and node.value.value
            ):
                named.add(str(node.value.value))
    assert {"first", "overlap", "held"} <= named
    assert named <= set(RULES)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_is_whole_in_both_languages(code: str) -> None:
    row = SENTENCES[code]
    assert placeholders(row.zh) == placeholders(row.en)
    said = sentence(code, **{name: (FREE | OURS)[name] for name in placeholders(row.en)})
    assert not row.zh.isascii()
    for text in said.values():
        assert not set("{}") & set(text)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_said_in_both_languages(word: str) -> None:
    zh, en = WORDS[word]
    assert zh
    assert not zh.isascii()
    assert en.isascii()
    assert sentence("NOT_FOUND", thing=word) == {"zh": f"找不到所指的{zh}。", "en": f"There is no such {en}."}


def test_there_is_a_word_for_everything_that_a_sentence_may_name() -> None:
    fields = {
        row.field
        for row in FIELDS.values()
        if row.rule in SETTLED_BY_FIELD and row.thing in {"ticket", "member"}
    }
    things = {kind.thing for kind in KINDS.values()} | set(DispatchTarget.__struct_fields__)
    named = {
        str(node.args[0].value)
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Named"
        and isinstance(node.args[0], ast.Constant)
    }
    assert "activity" in named
    for word in {*fields, *things, *named, *STATES, *(office.name for office in Office), "*"}:
        assert word in WORDS, word


def test_several_fields_are_named_one_after_another() -> None:
    said = sentence("MERGED", field="priority,due")
    assert said == {
        "zh": "部分生效；缓急、期限以他人的为准。",
        "en": "Part of it stands; for priority, due time another's stands.",
    }
