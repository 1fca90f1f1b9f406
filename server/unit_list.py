"""A unit's list of members (双报到), as CSV or YAML: what each line says, and what in it cannot be read.

Pure. A line that cannot be read never keeps the others back. What is wrong is said by line, column and code,
never by what the list says about anybody; columns that nobody asked for are not read at all.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from schema.values import ListRefused
from server.district_yaml import compose

MOST_LINES: Final = 5_000

COLUMNS: Final[dict[str, frozenset[str]]] = {
    "number": frozenset({"number", "编号", "工号", "党员编号"}),
    "name": frozenset({"name", "姓名"}),
    "grid": frozenset({"grid", "网格", "报到网格"}),
    "phone": frozenset({"phone", "telephone", "电话", "手机", "联系电话"}),
    "skills": frozenset({"skills", "技能", "特长"}),
}
"""What a list may say of a member, and how the columns may be headed. Only number and name must be there."""

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # Of the whole list
    "NOT_TEXT": ("文件不是文本（UTF-8 或 GB18030）。", "The file is no text in UTF-8 or GB18030."),
    "NOT_YAML": ("文件无法按 YAML 读取。", "The file cannot be read as YAML."),
    "EMPTY_LIST": ("名单里没有人。", "Nobody is in the list."),
    "NO_HEADER": (
        "第一行要有“编号”和“姓名”两栏的名称。",
        "The first line must name the columns, `number` and `name` among them.",
    ),
    "TOO_MANY_LINES": (f"一份名单最多 {MOST_LINES} 行。", f"A list may have at most {MOST_LINES:,} lines."),
    # Of a line
    "UNREADABLE_LINE": ("这一行读不懂。", "This line cannot be read."),
    "NO_VALUE": ("这一栏必须填写。", "This column must be filled in."),
    "NOT_A_CODE": (
        "由字母、数字、“_”“.”“-”组成，以字母或数字开头，最多 32 个字符。",
        "Letters, digits, “_”, “.” and “-”, beginning with a letter or digit; 32 at most.",
    ),
    "TOO_LONG": ("太长了。", "It is too long."),
    "DUPLICATE_NUMBER": (
        "编号与第 {first} 行相同；先写的为准。",
        "The number is that of line {first}, which stands.",
    ),
    "UNKNOWN_GRID": ("这个单位所在的社区没有这个网格。", "There is no such grid in the unit's community."),
    "UNKNOWN_SKILL": ("社区的技能表里没有这一项。", "There is no such skill in the community's list."),
    "NAME_DIFFERS": (
        "此编号已登记，姓名不同；请先核对，登记未改。",
        "The number is registered with another name; check it first. Nothing was changed.",
    ),
    "REGISTERED_ELSEWHERE": (
        "此人已在别处登记；登记未改。",
        "The member is registered elsewhere already. Nothing was changed.",
    ),
    "SETTLED_OTHERWISE": ("登记未成：{code}。", "It was decided otherwise: {code}."),
}

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_MOST: Final = {"name": 60, "phone": 30}
_MOST_SKILLS: Final = 20
_PARTS: Final = re.compile(r"[;；、,，\s]+")
_BAD: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Line(NamedTuple):
    """One member, as a line of the list says."""

    line: int
    number: str
    name: str
    grid: str | None = None
    phone: str | None = None
    skills: tuple[str, ...] = ()


class Problem(NamedTuple):
    """What does not fit, by line and column; `column` is empty where it is about the whole line."""

    line: int
    column: str
    code: str
    details: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> dict[str, str]:
        zh, en = SENTENCES[self.code]
        return {"zh": zh.format(**dict(self.details)), "en": en.format(**dict(self.details))}


class Listed(NamedTuple):
    """What was read: those lines that could be, and what was wrong with the others."""

    lines: list[Line]
    problems: list[Problem]


Cells = dict[str, str]


def read(source: bytes, *, yaml: bool = False) -> Listed:
    """A list as CSV (comma, semicolon or tab), or as YAML: a list of mappings. Raises ListRefused."""
    lines: list[Line] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for number, cells in _yaml(source) if yaml else _csv(source):
        if len(lines) + len(problems) >= MOST_LINES:
            raise ListRefused("TOO_MANY_LINES")
        found = [Problem(number, "", "UNREADABLE_LINE")] if cells is None else list(_wrong(number, cells))
        if cells is None or found:
            problems += found
            continue
        line = _line(number, cells)
        if line.number in first:
            details = (("first", str(first[line.number])),)
            problems.append(Problem(number, "number", "DUPLICATE_NUMBER", details))
            continue
        first[line.number] = number
        lines.append(line)
    if not lines and not problems:
        raise ListRefused("EMPTY_LIST")
    return Listed(lines, problems)


def _line(number: int, cells: Cells) -> Line:
    skills = tuple(dict.fromkeys(_PARTS.split(cells["skills"]))) if cells.get("skills") else ()
    grid, phone = cells.get("grid") or None, cells.get("phone") or None
    return Line(number, cells["number"], cells["name"], grid, phone, skills)


def _wrong(number: int, cells: Cells) -> Iterator[Problem]:
    for column in ("number", "name"):
        if not cells.get(column):
            yield Problem(number, column, "NO_VALUE")
    for column, value in cells.items():
        if _BAD.search(value):
            yield Problem(number, column, "UNREADABLE_LINE")
        elif len(value) > _MOST.get(column, len(value)):
            yield Problem(number, column, "TOO_LONG")
    codes = [(column, cells[column]) for column in ("number", "grid") if cells.get(column)]
    skills = _PARTS.split(cells["skills"]) if cells.get("skills") else []
    if len(skills) > _MOST_SKILLS:
        yield Problem(number, "skills", "TOO_LONG")
    for column, value in (*codes, *(("skills", skill) for skill in skills[:_MOST_SKILLS])):
        if not _CODE.fullmatch(value) and not _BAD.search(value):
            yield Problem(number, column, "NOT_A_CODE")


# CSV


def _text(source: bytes) -> str:
    """UTF-8, or what spreadsheets in China write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListRefused("NOT_TEXT")


def _csv(source: bytes) -> Iterator[tuple[int, Cells | None]]:
    """The line number and the cells of each row that is not empty; None for one that cannot be read."""
    text = _text(source)
    if "\0" in text:
        raise ListRefused("NOT_TEXT")
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str | None] | None = None
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield line, None
            continue
        values = [cell.strip() for cell in row]
        if not any(values):
            continue
        if names is None:
            names = _names(values)
            continue
        if any(values[len(names) :]):
            yield line, None
            continue
        yield line, {name: value for name, value in zip(names, values, strict=False) if name is not None}


def _names(heading: Iterable[str]) -> list[str | None]:
    """What each column holds; None for what nobody asked for."""
    known = {word: name for name, words in COLUMNS.items() for word in words}
    names = [known.get(word.strip().lower()) for word in heading]
    if "number" not in names or "name" not in names:
        raise ListRefused("NO_HEADER")
    return names


# YAML


def _yaml(source: bytes) -> Iterator[tuple[int, Cells | None]]:
    """The line number and the values of each entry, under the same names."""
    root, problems = compose(source)
    if any(one.code != "EMPTY_FILE" for one in problems):
        raise ListRefused("NOT_YAML")
    entries: Any = root
    if isinstance(root, MappingNode) and len(root.value) == 1:
        entries = root.value[0][1]
    if root is not None and not isinstance(entries, SequenceNode):
        raise ListRefused("NOT_YAML")
    for entry in () if root is None else entries.value:
        yield entry.start_mark.line + 1, _entry(entry)


def _entry(entry: Node) -> Cells | None:
    known = {word: name for name, words in COLUMNS.items() for word in words}
    if not isinstance(entry, MappingNode):
        return None
    cells: Cells = {}
    for key, value in entry.value:
        name = known.get(str(key.value).strip().lower()) if isinstance(key, ScalarNode) else None
        parts = value.value if isinstance(value, SequenceNode) and name == "skills" else [value]
        if name is not None and not all(isinstance(one, ScalarNode) for one in parts):
            return None
        if name is not None:
            cells[name] = " ".join(str(one.value).strip() for one in parts)
    return cells
