"""The tables as people read them: Markdown for README.md, plain text for a terminal, in Chinese and English.

What is shown comes from the manifest, and so from the tables that the code looks up. A README is
brought up to date by `render`; writing it to its file is the caller's business.
"""

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from sync import layout
from sync.manifest import Json, manifest
from sync.shaping import PATTERNS, fields_of, inner_shapes

LANGUAGES: Final = ("zh", "en")
NOTHING: Final = "—"


class Table(NamedTuple):
    """One table; the first column groups rows that belong together."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


_HEADINGS: Final[dict[str, tuple[str, str]]] = {
    "rules": ("字段规则", "Field rules"),
    "fields": ("各字段按哪条规则", "Which field goes by which rule"),
    "states": ("定单状态", "The states of a ticket"),
    "transitions": ("定单流程", "The steps of a ticket"),
    "rule": ("规则", "rule"),
    "says": ("说明", "what it says"),
    "thing": ("事物", "thing"),
    "field": ("字段", "field"),
    "by": ("谁可定", "who decides"),
    "why": ("缘由", "why"),
    "order": ("次序", "order"),
    "state": ("状态", "state"),
    "word": ("名称", "in words"),
    "kind": ("变更", "step"),
    "meets": ("遇到的状态", "meets"),
    "to": ("之后的状态", "leads to"),
    "then": ("结果", "what follows"),
    "seen": ("已看到：", "seen: "),
    "unseen": ("；未看到：", "; not seen: "),
    "anybody": ("均可", "anybody"),
    "private": ("（可删除）", " (erasable)"),
    "book": ("规则手册，第 {n} 版", "The rule book, version {n}"),
}


class _Words:
    """Headings and the manifest's texts in one language."""

    def __init__(self, language: str, data: Json) -> None:
        self.language = language
        self.data = data
        self._index = LANGUAGES.index(language)

    def heading(self, key: str) -> str:
        return _HEADINGS[key][self._index]

    def headings(self, *keys: str) -> tuple[str, ...]:
        return tuple(self.heading(key) for key in keys)

    def said(self, texts: Json) -> str:
        return str(texts[self.language])

    def word(self, name: str) -> str:
        return self.said(self.data["words"][name])


def _rules(words: _Words) -> Table:
    rows = [(name, words.said(texts)) for name, texts in words.data["rules"].items()]
    return Table(words.heading("rules"), words.headings("rule", "says"), rows)


def _fields(words: _Words) -> Table:
    def alike(row: Json) -> tuple[str, ...]:
        return row["thing"], row["rule"], _decider(words, row), words.said(row)

    rows: list[tuple[str, ...]] = []
    for (thing, rule, by, why), group in groupby(words.data["fields"], alike):
        names = [row["field"] + (words.heading("private") if row["private"] else "") for row in group]
        rows.append((thing, ", ".join(names), rule, by, why))
    return Table(words.heading("fields"), words.headings("thing", "field", "rule", "by", "why"), rows)


def _decider(words: _Words, row: Json) -> str:
    if row["rule"] in {"derived", "lifecycle"}:
        return NOTHING
    return words.heading("anybody") if row["by"] == "LIAISON" else words.word(row["by"])


def _states(words: _Words) -> Table:
    rows = [(str(order), state, words.word(state)) for state, order in words.data["states"].items()]
    return Table(words.heading("states"), words.headings("order", "state", "word"), rows)


def _transitions(words: _Words) -> Table:
    def alike(row: Json) -> tuple[str, ...]:
        to = NOTHING if row["to"] == row["state"] else row["to"]
        return row["kind"], to, row["seen"], row["unseen"]

    rows: list[tuple[str, ...]] = []
    for (kind, to, seen, unseen), group in groupby(words.data["transitions"], alike):
        rows.append((kind, ", ".join(row["state"] for row in group), to, _follows(words, seen, unseen)))
    return Table(words.heading("transitions"), words.headings("kind", "meets", "to", "then"), rows)


def _follows(words: _Words, seen: str, unseen: str) -> str:
    moves = words.data["moves"]
    if seen == unseen:
        return words.said(moves[seen])
    parts = (
        words.heading("seen"),
        words.said(moves[seen]),
        words.heading("unseen"),
        words.said(moves[unseen]),
    )
    return "".join(parts)


_BOOK: Final[dict[str, Callable[[_Words], Table]]] = {
    "rules": _rules,
    "fields": _fields,
    "states": _states,
    "transitions": _transitions,
}


def rules_text(language: str, width: int = 110) -> str:
    """The rule book for a terminal of `width` columns; language is zh or en."""
    words = _Words(language, manifest())
    parts = [words.heading("book").format(n=words.data["ruleBook"])]
    for build in _BOOK.values():
        table = build(words)
        parts += ["", table.title, layout.text(table.columns, table.rows, width)]
    return "\n".join(parts) + "\n"


# What README.md shows beside the rule book


def _kinds(data: Json) -> Table:
    whose = {"DISPATCHER, DISTRICT": "desk", "DISTRICT": "district"}
    rows = [
        (
            f"`{name}`",
            f"a new {kind['thing']}" if kind["creates"] else kind["thing"],
            whose.get(", ".join(kind["offices"]), "anybody"),
            fields_of(data, kind["data"]),
            NOTHING if kind["private"] is None else fields_of(data, kind["private"], leave_out=("salt",)),
        )
        for name, kind in data["kinds"].items()
    ]
    return Table("Kinds", ("kind", "on", "by", "data", "private"), rows)


def _bodies(data: Json) -> Table:
    rows = [(f"`{name}`", fields_of(data, row["body"])) for name, row in data["collections"].items()]
    return Table("Bodies", ("collection", "body"), rows)


def _wire(data: Json) -> Table:
    rows = [(f"`{name}`", fields_of(data, shape)) for name, shape in data["wire"].items()]
    return Table("Wire", ("what", "fields"), rows)


def _shapes(data: Json) -> Table:
    rows = [(name, fields_of(data, {"$ref": name})) for name in sorted(inner_shapes(data))]
    return Table("Shapes", ("shape", "fields"), rows)


def _patterns(data: Json) -> Table:
    rows = [(name, f"`{pattern}`") for pattern, name in PATTERNS.items()]
    return Table("Patterns", ("type", "a string that matches"), rows)


def _codes(data: Json) -> Table:
    rows = [
        (f"`{code}`", row["outcome"] or NOTHING, row["zh"], row["en"]) for code, row in data["codes"].items()
    ]
    return Table("Codes", ("code", "outcome", "中文", "English"), rows)


def _words(data: Json) -> Table:
    rows = [(f"`{word}`", row["zh"], row["en"]) for word, row in data["words"].items()]
    return Table("Words", ("word", "中文", "English"), rows)


def _limits(data: Json) -> Table:
    rows = [(f"`{name}`", f"{value:,}") for name, value in data["limits"].items()]
    return Table("Limits", ("limit", "value"), rows)


def _history(data: Json) -> Table:
    return Table("History", ("protocol", "what it brought"), list(data["protocol"]["history"].items()))


_LISTS: Final[dict[str, Callable[[Json], Table]]] = {
    "kinds": _kinds,
    "bodies": _bodies,
    "wire": _wire,
    "shapes": _shapes,
    "patterns": _patterns,
    "codes": _codes,
    "words": _words,
    "limits": _limits,
    "history": _history,
}


def tables() -> dict[str, str]:
    """Every table of README.md in Markdown, by the name in its marker."""
    data = manifest()
    found = {name: build(data) for name, build in _LISTS.items()}
    for language in LANGUAGES:
        words = _Words(language, data)
        found.update({f"{name} {language}": build(words) for name, build in _BOOK.items()})
    return {name: layout.markdown(table.columns, table.rows) for name, table in found.items()}


_MARKED: Final = re.compile(r"(<!-- table: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def marked(readme: str) -> list[str]:
    """The names of the tables that a text has markers for, in order."""
    return [match[2] for match in _MARKED.finditer(readme)]


def render(readme: str) -> str:
    """The text with every marked table as it is now; raises KeyError for a marker of no known table."""
    known = tables()

    def fill(match: re.Match[str]) -> str:
        return f"{match[1]}{known[match[2]]}{match[3]}"

    return _MARKED.sub(fill, readme)
