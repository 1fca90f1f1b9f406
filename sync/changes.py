"""A change as it travels and as it is read; and its digest.

A change is one thing somebody did; its kinds and their shapes are in sync/kinds. Nothing here
decides; nothing here keeps.
"""

import hashlib
import re
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sync.kinds import KINDS
from sync.kinds.tickets import NotePrivate
from sync.shapes import MAX_INTEGER, ChangeId, Count, Id, Time, format_time, parse_time

MAX_DEPTH: Final = 8
MAX_CHANGE_BYTES: Final = 65_536


class UnreadableCode(StrEnum):
    """Why a change cannot be read; the sentences are in sync/verdicts.py."""

    UNREADABLE = "UNREADABLE"
    UNKNOWN_KIND = "UNKNOWN_KIND"


class Unreadable(Exception):
    """A change that cannot be read. Carries a code and a path, never a value."""

    def __init__(self, code: UnreadableCode, path: str) -> None:
        super().__init__(f"{code} at {path}")
        self.code = code
        self.path = path


class Change(Struct, frozen=True):
    """One change, read. `at` is milliseconds of the raw wall clock."""

    id: str
    at: int
    run: int
    saw: int
    kind: str
    entity: str
    by: str | None
    data: Any
    private: Any = None


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """A change as it travels; `data` and `private` are read by the shapes of its kind."""

    id: ChangeId
    at: Time
    run: Count
    saw: Count
    kind: str
    entity: Id
    by: Id | None
    data: dict[str, Any]
    private: dict[str, Any] | UnsetType = UNSET


def decode(raw: object) -> Change:
    """Read one change as it came in an upload; raises `Unreadable`."""
    if not is_plain(raw):
        raise Unreadable(UnreadableCode.UNREADABLE, "$")
    envelope = _convert(raw, Envelope, "$")
    kind = KINDS.get(envelope.kind)
    if kind is None:
        raise Unreadable(UnreadableCode.UNKNOWN_KIND, "$.kind")
    if envelope.private is UNSET:
        private = None
    elif kind.private is None:
        raise Unreadable(UnreadableCode.UNREADABLE, "$.private")
    else:
        private = _convert(envelope.private, kind.private, "$.private")
    if kind.private is NotePrivate and private is None:
        raise Unreadable(UnreadableCode.UNREADABLE, "$.private")
    try:
        at = parse_time(envelope.at)
    except ValueError:
        raise Unreadable(UnreadableCode.UNREADABLE, "$.at") from None
    return Change(
        envelope.id,
        at,
        envelope.run,
        envelope.saw,
        envelope.kind,
        envelope.entity,
        envelope.by,
        _convert(envelope.data, kind.data, "$.data"),
        private,
    )


def _convert(raw: object, shape: type[Any], root: str) -> Any:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        found = re.search(r" - at `\$([^`]*)`\Z", str(error))
        raise Unreadable(UnreadableCode.UNREADABLE, root + (found[1] if found else "")) from None


def is_plain(value: object, depth: int = MAX_DEPTH) -> bool:
    """Whether a value is what a change may hold: no floating point, ASCII keys, no lone surrogate, no NUL."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, str):
        return _encodable(value)
    if depth == 0:
        return False
    if isinstance(value, list):
        return all(is_plain(item, depth - 1) for item in value)
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and key.isascii() and is_plain(item, depth - 1)
            for key, item in value.items()
        )
    return False


def _encodable(text: str) -> bool:
    """Whether every database can hold a text: no lone surrogate, no NUL."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_SORTED: Final = msgspec.json.Encoder(order="sorted")


def canonical(value: object) -> bytes:
    """RFC 8785 for plain values: keys sorted, no spaces, UTF-8."""
    return _SORTED.encode(value)


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def private_digest(raw: dict[str, Any]) -> str | None:
    """SHA-256 of the private part, or None where a change has none."""
    return sha256_hex(canonical(raw["private"])) if "private" in raw else None


def digest(raw: dict[str, Any]) -> str:
    """A change's digest: SHA-256 over its JSON as sent, `private` replaced by its own SHA-256."""
    return digest_with(raw, private_digest(raw))


def digest_with(raw: dict[str, Any], private: str | None) -> str:
    """The digest from what the log keeps: the change, and the digest of its (perhaps erased) private part."""
    if private is None:
        return sha256_hex(canonical(raw))
    return sha256_hex(canonical({**raw, "private": private}))


def encode(change: Change) -> dict[str, Any]:
    """The JSON of a change that one of our own clients makes (never used to check a foreign one)."""
    raw: dict[str, Any] = {
        "id": change.id,
        "at": format_time(change.at),
        "run": change.run,
        "saw": change.saw,
        "kind": change.kind,
        "entity": change.entity,
        "by": change.by,
        "data": msgspec.to_builtins(change.data),
    }
    if change.private is not None:
        raw["private"] = msgspec.to_builtins(change.private)
    return raw
