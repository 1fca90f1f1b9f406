"""From the text of a district file to plain values of declared shapes, noting the line of every key.

It walks the YAML nodes along the types of the shapes (sync/kinds holds the limits), so that
all problems are found at once and none is raised half-way. Nothing is constructed from YAML tags.
"""

import datetime
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec.inspect as shapes
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from server.district_problems import Problem, problem
from sync.kinds.district import Clock
from sync.shapes import MAX_INTEGER, Code, Date

BAD: Final = object()
"""Stands where a value could not be read; its problem has been noted."""

_DIGITS: Final = len(str(-MAX_INTEGER))
_TAG: Final = "tag:yaml.org,2002:"
_AS_WRITTEN: Final = {f"{_TAG}{name}" for name in ("str", "int", "float", "timestamp")}
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "text": ("文字", "text"),
    "number": ("整数", "a whole number"),
    "decimal": ("小数", "a decimal number"),
    "truth": ("true 或 false", "true or false"),
    "list": ("列表", "a list"),
    "mapping": ("若干“键: 值”", "a mapping of keys to values"),
    "nothing": ("空值", "nothing"),
    "characters": ("字符", "characters"),
    "items": ("项", "items"),
}
_FOUND: Final = {
    f"{_TAG}str": "text",
    f"{_TAG}timestamp": "text",
    f"{_TAG}int": "number",
    f"{_TAG}float": "decimal",
    f"{_TAG}bool": "truth",
    f"{_TAG}null": "nothing",
    f"{_TAG}map": "mapping",
    f"{_TAG}seq": "list",
}


def _pattern(annotated: Any) -> str:
    return str(annotated.__metadata__[0].pattern)


_PATTERNS: Final = {
    _pattern(Code): "NOT_A_CODE",
    _pattern(Clock): "NOT_A_CLOCK",
    _pattern(Date): "NOT_A_DATE",
}


def compose(source: bytes) -> tuple[Node | None, list[Problem]]:
    """The root node of the file's one document; or None, and why not."""
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [problem(source.count(b"\n", 0, error.start) + 1, "", "NOT_TEXT")]
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [problem(line, "", "NOT_YAML", what=error.problem)]
    except YAMLError:
        return None, [problem(1, "", "NOT_YAML", what="a character that no text file holds")]
    except RecursionError:
        return None, [problem(1, "", "NOT_YAML", what="nested too deeply")]
    if root is None or root.tag == f"{_TAG}null":
        return None, [problem(1, "", "EMPTY_FILE")]
    return root, []


class Reader:
    """Reads nodes into plain values; `lines` gives the line of each path, `problems` what was wrong."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def read(self, root: Node, shape: type[Any]) -> dict[str, Any]:
        """The document as `shape`, without whatever could not be read."""
        value = self._value(root, shapes.type_info(shape), "")
        return value if isinstance(value, dict) else {}

    def _note(self, path: str, code: str, /, **details: object) -> Any:
        return self._note_at(self.lines[path], path, code, **details)

    def _note_at(self, line: int, path: str, code: str, /, **details: object) -> Any:
        self.problems.append(problem(line, path, code, **details))
        return BAD

    def _wrong_type(self, node: Node, wanted: str, path: str) -> Any:
        found = _FOUND[str(node.tag)]
        if found == "nothing":
            return self._note(path, "NO_VALUE")
        (wanted_zh, wanted_en), (found_zh, found_en) = _WORDS[wanted], _WORDS[found]
        return self._note(
            path,
            "WRONG_TYPE",
            wanted_zh=wanted_zh,
            wanted_en=wanted_en,
            found_zh=found_zh,
            found_en=found_en,
        )

    def _value(self, node: Node, kind: shapes.Type, path: str) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            return self._note(path, "ALIAS")
        self._seen.add(id(node))
        if node.tag not in _FOUND:
            return self._note(path, "TAG")
        readers: dict[type[shapes.Type], Callable[[Node, Any, str], Any]] = {
            shapes.StructType: self._mapping,
            shapes.ListType: self._list,
            shapes.StrType: self._text,
            shapes.IntType: self._number,
            shapes.BoolType: self._truth,
            shapes.LiteralType: self._one_of,
        }
        return readers[type(kind)](node, kind, path)

    def _mapping(self, node: Node, kind: shapes.StructType, path: str) -> Any:
        if not isinstance(node, MappingNode):
            return self._wrong_type(node, "mapping", path)
        fields = {one.encode_name: one for one in kind.fields}
        first: dict[str, int] = {}
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode) or key not in fields:
                shown = key if isinstance(key_node, ScalarNode) else "[…]"
                self._note_at(line, path, "UNKNOWN_KEY", key=shown[:40], allowed=", ".join(fields))
            elif key in first:
                self._note_at(line, path, "REPEATED_KEY", key=key, first=first[key])
            else:
                first[key] = line
                at = f"{path}.{key}" if path else key
                self.lines[at] = line
                values[key] = self._value(value_node, fields[key].type, at)
        for key, one in fields.items():
            if one.required and key not in first:
                self._note(path, "MISSING_KEY", key=key)
        return {key: value for key, value in values.items() if value is not BAD}

    def _list(self, node: Node, kind: shapes.ListType, path: str) -> Any:
        """Elements that could not be read stay as `BAD` in their place, so that the others keep theirs."""
        if not isinstance(node, SequenceNode):
            return self._wrong_type(node, "list", path)
        if not self._long_enough(len(node.value), kind, path, "items"):
            return BAD
        return [self._value(one, kind.item_type, f"{path}[{n}]") for n, one in enumerate(node.value)]

    def _text(self, node: Node, kind: shapes.StrType, path: str) -> Any:
        """Codes and numbers may be written without quotes: `017` is the text 017."""
        if node.tag not in _AS_WRITTEN:
            return self._wrong_type(node, "text", path)
        text = _joined(str(node.value))
        if text is None or "\0" in text:
            return self._note(path, "NOT_WRITABLE")
        if kind.pattern is not None:
            code = _PATTERNS[kind.pattern]
            fits = re.search(kind.pattern, text) and (code != "NOT_A_DATE" or _exists(text))
            return text if fits else self._note(path, code)
        return text if self._long_enough(len(text), kind, path, "characters") else BAD

    def _long_enough(self, length: int, kind: shapes.StrType | shapes.ListType, path: str, unit: str) -> bool:
        unit_zh, unit_en = _WORDS[unit]
        words = {"unit_zh": unit_zh, "unit_en": unit_en}
        if kind.min_length is not None and length < kind.min_length:
            self._note(path, "TOO_SHORT", limit=kind.min_length, **words)
            return False
        if kind.max_length is not None and length > kind.max_length:
            self._note(path, "TOO_LONG", limit=kind.max_length, length=length, **words)
            return False
        return True

    def _number(self, node: Node, kind: shapes.IntType, path: str) -> Any:
        if node.tag != f"{_TAG}int" or not re.fullmatch(r"[-+]?[0-9]+", node.value):
            return self._wrong_type(node, "number", path)
        low, high = kind.ge or 0, MAX_INTEGER if kind.le is None else kind.le
        # Python refuses to read a number of thousands of digits.
        if len(node.value) > _DIGITS or not low <= int(node.value) <= high:
            return self._note(path, "OUT_OF_RANGE", low=low, high=high)
        return int(node.value)

    def _truth(self, node: Node, _: shapes.BoolType, path: str) -> Any:
        if node.tag != f"{_TAG}bool":
            return self._wrong_type(node, "truth", path)
        return node.value.lower() == "true"

    def _one_of(self, node: Node, kind: shapes.LiteralType, path: str) -> Any:
        if node.tag not in _AS_WRITTEN:
            return self._wrong_type(node, "text", path)
        if node.value not in kind.values:
            return self._note(path, "NOT_ONE_OF", allowed=", ".join(str(value) for value in kind.values))
        return node.value


def _joined(text: str) -> str | None:
    """The text with surrogate pairs (JSON's way to write rare characters) joined; None when one is alone."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None


def _exists(date: str) -> bool:
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        return False
    return True
