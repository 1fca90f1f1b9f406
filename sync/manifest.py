"""The tables of the protocol and the rule book as data, for clients in other languages.

Everything is read off the tables that the code itself looks up; nothing is typed here a second
time. Shapes are JSON Schema. Plain JSON values only, and the same bytes every time.
"""

from collections.abc import Iterable
from string import Formatter
from typing import Any, Final

import msgspec
from msgspec import Struct

from sync import changes, wire
from sync.bodies import BODIES
from sync.changes import Envelope, canonical, sha256_hex
from sync.kinds import KINDS
from sync.kinds.kind import Kind, Office
from sync.kinds.tickets import DispatchTarget
from sync.rules import VERSION
from sync.rules.duties import DUTIES
from sync.rules.evaluations import GRADES
from sync.rules.fields import FIELDS, RULES
from sync.rules.transitions import MOVES, STATES, TRANSITIONS
from sync.shapes import MAX_INTEGER
from sync.state import Result
from sync.verdicts import SENTENCES, WORDS, Sentence

Json = dict[str, Any]

WIRE: Final[dict[str, type[Struct]]] = {
    "change": Envelope,
    "upload": wire.Upload,
    "receipt": wire.Receipt,
    "page": wire.Page,
}

INNER_CHOICES: Final = frozenset({DispatchTarget.__name__})
"""Shapes that stand only inside others, and of which exactly one field is meant."""

LIMITS: Final[dict[str, int]] = {
    "maxChanges": wire.MAX_CHANGES,
    "maxUploadBytes": wire.MAX_UPLOAD_BYTES,
    "maxChangeBytes": changes.MAX_CHANGE_BYTES,
    "maxInteger": MAX_INTEGER,
    "maxDepth": changes.MAX_DEPTH,
    "maxPage": wire.MAX_PAGE,
    "epochSize": wire.EPOCH_SIZE,
}


def manifest() -> Json:
    """Every table as data. Texts are `{zh, en}`; `$ref` points into `$defs`."""
    return {
        "protocol": {
            "version": wire.PROTOCOL,
            "oldest": wire.OLDEST_PROTOCOL,
            "history": {str(version): line for version, line in wire.HISTORY.items()},
            "shapes": shapes_digest(),
        },
        "ruleBook": VERSION,
        "limits": dict(LIMITS),
        "offices": {office.name: office.value for office in Office},
        "wire": {name: _ref(shape) for name, shape in WIRE.items()},
        "collections": _collections(),
        "kinds": _kinds(),
        "rules": {name: _said(rule.zh, rule.en) for name, rule in RULES.items()},
        "fields": _fields(),
        "states": dict(STATES),
        "moves": {move.value: _said(*words) for move, words in MOVES.items()},
        "transitions": _transitions(),
        "outcomes": [result.value for result in Result],
        "duties": {kind: {"months": row.months, **_said(row.zh, row.en)} for kind, row in DUTIES.items()},
        "grades": {
            grade: {"qualified": row.qualified, **_said(row.zh, row.en)} for grade, row in GRADES.items()
        },
        "codes": {code: _code(row) for code, row in SENTENCES.items()},
        "words": {word: _said(*words) for word, words in WORDS.items()},
        "$defs": definitions(),
    }


def _said(zh: str, en: str) -> Json:
    return {"zh": zh, "en": en}


def _ref(shape: type[Struct]) -> Json:
    return {"$ref": f"#/$defs/{shape.__name__}"}


def _collections() -> Json:
    return {
        name: {"body": _ref(BODIES[name]), "fields": list(BODIES[name].__struct_encode_fields__)}
        for name in wire.COLLECTIONS
    }


def _kinds() -> Json:
    return {name: _kind(kind) for name, kind in KINDS.items()}


def _kind(kind: Kind) -> Json:
    return {
        "thing": kind.thing,
        "creates": kind.creates,
        "offices": [office.name for office in sorted(kind.offices)],
        "identity": kind.identity,
        "data": _ref(kind.data),
        "private": None if kind.private is None else _ref(kind.private),
        "needsPrivate": needs_private(kind),
    }


def needs_private(kind: Kind) -> bool:
    """Whether a change of this kind says nothing without its private part."""
    return kind.private is not None and {"salt"} < required(kind.private)


def _fields() -> list[Json]:
    return [
        {
            "thing": row.thing,
            "field": row.field,
            "rule": row.rule,
            "private": row.private,
            "by": row.by.name,
            **_said(row.zh, row.en),
        }
        for row in FIELDS.values()
    ]


def _transitions() -> list[Json]:
    return [
        {
            "kind": row.kind,
            "state": row.state,
            "to": row.to,
            "seen": row.seen.value,
            "unseen": row.unseen.value,
        }
        for row in TRANSITIONS.values()
    ]


def _code(row: Sentence) -> Json:
    outcome = None if row.outcome is None else row.outcome.value
    return {"outcome": outcome, "values": placeholders(row.en), **_said(row.zh, row.en)}


def placeholders(text: str) -> list[str]:
    """What a sentence leaves to be filled in, sorted."""
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def definitions() -> Json:
    """JSON Schema of every shape, by name: what travels, each kind's data and private part, each body."""
    return _schemas((*_agreed(), *BODIES.values()))


def _agreed() -> list[type[Struct]]:
    """The shapes that both sides of the wire must have alike. Other bodies may gain fields at any time."""
    parts = [part for kind in KINDS.values() for part in (kind.data, kind.private) if part is not None]
    return [*parts, *WIRE.values(), BODIES["verdict"]]


def _schemas(shapes: Iterable[type[Struct]]) -> Json:
    named = {shape.__name__: shape for shape in shapes}
    _, components = msgspec.json.schema_components(named.values(), ref_template="#/$defs/{name}")
    for name, schema in components.items():
        if name in INNER_CHOICES or (name in named and is_choice(named[name])):
            schema.update(minProperties=1, maxProperties=1)
    found: Json = _portable(components)
    return found


def required(shape: type[Struct]) -> set[str]:
    """The wire names of the fields that may not be left out."""
    return {field.encode_name for field in msgspec.structs.fields(shape) if field.required}


def is_choice(shape: type[Struct]) -> bool:
    """Whether exactly one of a shape's fields is meant: each may be left out, yet not all at once."""
    if required(shape):
        return False
    try:
        msgspec.convert({}, shape)
    except msgspec.ValidationError:
        return True
    return False


def portable(pattern: str) -> str:
    """A pattern that means the same outside Python."""
    return pattern.replace(r"\A", "^").replace(r"\Z", "$")


def _portable(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _portable(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_portable(value) for value in schema]
    return portable(schema) if isinstance(schema, str) else schema


def shapes_digest() -> str:
    """SHA-256 of all that both sides of the wire must have alike; words of description apart.

    It moves when a shape, a kind or a limit moves, and the protocol's version must move with it.
    """
    schemas = {
        name: {key: value for key, value in schema.items() if key not in {"title", "description"}}
        for name, schema in _schemas(_agreed()).items()
    }
    kinds = {name: [kind["data"], kind["private"]] for name, kind in _kinds().items()}
    return sha256_hex(canonical({"schemas": schemas, "kinds": kinds, "limits": LIMITS}))
