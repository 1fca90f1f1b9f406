"""The inputs of the mutations, built from the kinds of change in sync/kinds; and back to a raw change.

One source of truth: a kind's fields, types and limits are declared there once. Private parts
stand among the other fields here and are moved to `private` on the way.
"""

from enum import Enum
from types import GenericAlias
from typing import Any, Final, get_args

import strawberry
from msgspec import Struct, UnsetType, inspect
from msgspec.structs import fields
from strawberry import UNSET

from schema.input_words import ENTITIES, ENVELOPE, FIELDS, KINDS, SHAPES, SPECIAL
from schema.types import enums
from schema.types.scalars import Date, DateTime, Long
from sync import shapes
from sync.kinds.district import Clock
from sync.kinds.kind import Kind
from sync.kinds.services import ServiceLink
from sync.kinds.tickets import DispatchTarget, TicketDispatch
from sync.shapes import Moment

ONE_OF: Final = frozenset({TicketDispatch, ServiceLink})
"""Kinds whose data is one of several: an input of its own, named `to`."""

CHOICES: Final = frozenset({DispatchTarget})
"""What stands inside others and is one of several."""

TO: Final = "to"
SALT: Final = "salt"

_WORDS: Final[dict[frozenset[Any], type[Enum]]] = {
    frozenset(str(word.value) for word in one): one
    for one in (
        enums.Priority,
        enums.Standing,
        enums.CommunityKind,
        enums.DutyKind,
        enums.EvaluationGrade,
        enums.PointsPer,
        enums.PointHours,
        enums.RedactableField,
        enums.DepartmentAnswer,
    )
}


def _pattern(annotated: Any) -> str:
    return str(get_args(annotated)[1].pattern)


_TEXTS: Final[dict[str, tuple[Any, str]]] = {
    _pattern(shapes.Id): (strawberry.ID, ""),
    _pattern(shapes.ChangeId): (strawberry.ID, ""),
    _pattern(shapes.Time): (DateTime, ""),
    _pattern(shapes.Date): (Date, ""),
    _pattern(shapes.Code): (str, "Letters, digits, `_`, `.` and `-`; at most 32."),
    _pattern(Clock): (str, "`HH:MM`."),
}

_built: Final[dict[type[Struct], type[Any]]] = {}


def graphql_name(kind: Kind) -> str:
    """`ticket.claim` as the mutation's name, `ticketClaim`."""
    thing, _, verb = kind.name.partition(".")
    return thing + verb.capitalize()


def input_type(kind: Kind) -> type[Any]:
    """The input of a kind's mutation: the change's envelope, its data and its private parts."""
    put = kind.name.endswith(".put")
    entity = ENTITIES["put" if put else "creates" if kind.creates else kind.thing]
    members: dict[str, tuple[Any, Any]] = {
        "id": (strawberry.ID, strawberry.field(description=ENVELOPE["id"])),
        "saw": _saw(kind),
        "entity": (strawberry.ID, strawberry.field(description=entity)),
        "by": _optional(strawberry.ID, ENVELOPE["by"]),
    }
    if kind.data in ONE_OF:
        to = _shape(kind.data, f"{_title(kind)}Target", one_of=True)
        members[TO] = (to, strawberry.field(description=FIELDS[TO]))
    else:
        members |= _members(kind.data)
    members |= {} if kind.private is None else _members(kind.private)
    return _input(f"{_title(kind)}Input", KINDS[kind.name], members)


def raw_change(kind: Kind, given: Any, at: str, salt: str) -> dict[str, Any]:
    """The change that an input means, as it would come in an upload."""
    data = _plain(getattr(given, TO) if kind.data in ONE_OF else given, kind.data, kind.creates)
    raw = {
        "id": str(given.id),
        "at": at,
        "run": 0,
        "saw": given.saw,
        "kind": kind.name,
        "entity": str(given.entity),
        "by": None if given.by in (None, UNSET) else str(given.by),
        "data": data,
    }
    private = {} if kind.private is None else _plain(given, kind.private, kind.creates)
    return {**raw, "private": {SALT: salt, **private}} if private else raw


def input_path(kind: Kind, path: str) -> str:
    """Where in the input a place of the raw change is: `$.data.title` is `input.title`."""
    steps = [step for step in path.split(".")[1:] if step not in {"data", "private"}]
    if steps and steps[-1] in {"at", "run"} and len(steps) > 1:
        steps.pop()
    if path.startswith("$.data") and kind.data in ONE_OF:
        steps.insert(0, TO)
    return ".".join(["input", *steps])


def _title(kind: Kind) -> str:
    name = graphql_name(kind)
    return name[0].upper() + name[1:]


def _saw(kind: Kind) -> tuple[Any, Any]:
    if kind.creates:
        return Long, strawberry.field(description=ENVELOPE["saw"], default=Long(0))
    return Long, strawberry.field(description=ENVELOPE["saw"])


def _optional(type_: Any, description: str) -> tuple[Any, Any]:
    return type_ | None, strawberry.field(description=description, default=UNSET)


def _members(shape: type[Struct], *, one_of: bool = False) -> dict[str, tuple[Any, Any]]:
    """A struct's fields as fields of an input: name -> annotation and field."""
    members = {}
    for one in inspect.type_info(shape).fields:  # type: ignore[attr-defined]
        if one.name == SALT:
            continue
        type_, limits, nullable = _type(one.type)
        words = SPECIAL.get((shape.__name__, one.name)) or FIELDS[one.name]
        if nullable and one.required:  # null means something, or is not for people to say
            nullable = not issubclass(shape, shapes.Private)
        members[one.name] = (
            type_ if one.required and not nullable else type_ | None,
            strawberry.field(
                name=one.encode_name,
                description=" ".join(filter(None, (words, limits))),
                **({} if one.required and not nullable else {"default": UNSET}),
            ),
        )
    return members


def _type(info: Any) -> tuple[Any, str, bool]:
    """The GraphQL type of a struct's field, its limits in words, and whether it may be null."""
    if isinstance(info, inspect.UnionType):
        inner = next(one for one in info.types if not isinstance(one, inspect.NoneType))
        type_, limits, _ = _type(inner)
        return type_, limits, True
    if isinstance(info, inspect.StrType):
        type_, limits = _TEXTS.get(str(info.pattern), (str, ""))
        return type_, limits or _length("characters", info), False
    if isinstance(info, inspect.IntType):
        return int, f"{info.ge:,} to {info.le:,}.".replace("-", "−"), False
    if isinstance(info, inspect.BoolType):
        return bool, "", False
    if isinstance(info, inspect.LiteralType):
        return _WORDS[frozenset(str(value) for value in info.values)], "", False
    if isinstance(info, inspect.ListType):
        item, limits, _ = _type(info.item_type)
        return GenericAlias(list, (item,)), " ".join(filter(None, (_length("of them", info), limits))), False
    if isinstance(info, inspect.StructType):
        if info.cls is Moment:
            return DateTime, "", False
        return _shape(info.cls, f"{info.cls.__name__}Input", one_of=info.cls in CHOICES), "", False
    raise TypeError(f"no GraphQL type for {info}")


def _length(what: str, info: Any) -> str:
    if info.max_length is None:
        return ""
    return f"{info.min_length or 0} to {info.max_length:,} {what}."


def _shape(shape: type[Struct], name: str, *, one_of: bool = False) -> type[Any]:
    if shape not in _built:
        _built[shape] = _input(name, SHAPES[shape.__name__], _members(shape), one_of=one_of)
    return _built[shape]


def _input(
    name: str, description: str, members: dict[str, tuple[Any, Any]], *, one_of: bool = False
) -> type[Any]:
    annotations = {key: annotation for key, (annotation, _) in members.items()}
    body: dict[str, Any] = {"__annotations__": annotations, "__module__": __name__}
    body |= {key: declared for key, (_, declared) in members.items()}
    return strawberry.input(type(name, (), body), description=description, one_of=one_of)


def _plain(given: Any, shape: type[Struct], creates: bool) -> dict[str, Any]:
    """An input as the JSON of a struct. Null is absent where something is created; else it clears."""
    plain: dict[str, Any] = {}
    for one in fields(shape):
        value = getattr(given, one.name, UNSET)
        if one.required and value is UNSET and one.name != SALT:
            plain[one.encode_name] = None
        elif value is not UNSET and not (value is None and creates):
            plain[one.encode_name] = _value(value, one.type, creates)
    return plain


def _value(value: Any, declared: Any, creates: bool) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [_value(item, declared, creates) for item in value]
    shape = _struct_in(declared)
    if shape is Moment and value is not None:
        return {"at": str(value), "run": 0}
    if shape is not None and value is not None:
        return _plain(value, shape, creates=True)
    return value


def _struct_in(declared: Any) -> type[Struct] | None:
    """The struct that a field's annotation is made of, if it is made of one."""
    if isinstance(declared, type) and issubclass(declared, Struct):
        return declared
    found = (_struct_in(one) for one in get_args(declared) if one is not UnsetType)
    return next((one for one in found if one is not None), None)
