"""JSON Schema in a few words: `seats?: 1-50`, for people who read a table."""

from collections.abc import Collection
from typing import Any, Final, get_args

from sync import shapes
from sync.kinds.district import Clock
from sync.kinds.evaluations import PeriodCode
from sync.manifest import Json, portable

_NAMED: Final[dict[str, Any]] = {
    "id": shapes.Id,
    "UUIDv7": shapes.ChangeId,
    "time": shapes.Time,
    "code": shapes.Code,
    "clock": Clock,
    "date": shapes.Date,
    "period": PeriodCode,
    "salt": shapes.Salt,
}
PATTERNS: Final[dict[str, str]] = {
    portable(get_args(alias)[1].pattern): name for name, alias in _NAMED.items()
}
"""The name of each pattern that a string may have to match."""


def fields_of(data: Json, shape: Json, leave_out: Collection[str] = ()) -> str:
    """The fields of a shape, each with its type and limits; `?` may be left out."""
    schema = _resolved(data, shape)
    choice = "maxProperties" in schema
    certain = schema["properties"] if choice else schema["required"]
    said = [
        f"`{name}{'' if name in certain else '?'}` {type_of(data, field)}"
        for name, field in schema["properties"].items()
        if name not in leave_out
    ]
    text = ", ".join(said) or "nothing"
    return f"exactly one of {text}" if choice else text


def _resolved(data: Json, schema: Json) -> Json:
    found: Json = data["$defs"][schema["$ref"].rpartition("/")[2]]
    return found


def type_of(data: Json, schema: Json) -> str:
    """One type with its limits, in words."""
    if "$ref" in schema:
        resolved = _resolved(data, schema)
        return str(resolved["title"]) if "properties" in resolved else type_of(data, resolved)
    if "anyOf" in schema:
        return " or ".join(type_of(data, one) for one in schema["anyOf"])
    if "enum" in schema:
        return " / ".join(f"`{value}`" for value in schema["enum"])
    return _WORDS.get(schema.get("type", ""), _anything)(data, schema)


def inner_shapes(data: Json) -> set[str]:
    """The names of the objects that stand inside others."""
    inside = {name for schema in data["$defs"].values() for name in _refs(schema.get("properties", {}))}
    return {name for name in inside if "properties" in data["$defs"][name]}


def _refs(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        named = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
        return named.union(*map(_refs, schema.values()))
    return set[str]().union(*map(_refs, schema)) if isinstance(schema, list) else set()


def _anything(data: Json, schema: Json) -> str:
    return str(schema.get("type", "anything"))


def _string(data: Json, schema: Json) -> str:
    if "pattern" in schema:
        return PATTERNS[schema["pattern"]]
    return "text" + _range(schema, "minLength", "maxLength")


def _integer(data: Json, schema: Json) -> str:
    return "integer" + _range(schema, "minimum", "maximum")


def _list(data: Json, schema: Json) -> str:
    items = type_of(data, schema.get("items", {}))
    return f"list{_range(schema, 'minItems', 'maxItems')} of {items}"


def _range(schema: Json, least: str, most: str) -> str:
    if most not in schema:
        return ""
    highest = "2^53-1" if schema[most] == shapes.MAX_INTEGER else schema[most]
    return f" {schema.get(least, 0)}..{highest}"


_WORDS: Final = {"string": _string, "integer": _integer, "array": _list}
