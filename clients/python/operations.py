"""What is said to the hub: the protocol's operations as GraphQL, and the shapes that come back."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeVar

import msgspec
from msgspec import Struct

from clients.python.failures import Unreachable
from clients.python.tables import SENTENCES
from sync.shapes import parse_time
from sync.wire import Page, Receipt

T = TypeVar("T")

_ENROLMENT: Final = "{ device token epoch scope { id code } }"
_RECEIPT: Final = """{
    receivedThrough settledThrough durableThrough settlesAt epoch
    quarantined { seq id code zh: sentence(language: ZH) en: sentence(language: EN) }
}"""
_PAGE: Final = """{
    documents { collection id rev state body } checkpoint more reset epoch
    scope { id code } check { collection count digest }
}"""

OPERATIONS: Final[dict[str, str]] = {
    "enrol": f"""mutation enrol($code: String!, $name: String!, $appVersion: String!, $kept: KeptInput) {{
        enrol(code: $code, name: $name, appVersion: $appVersion, kept: $kept) {_ENROLMENT} }}""",
    "renew": f"""mutation renew($after: String, $oldest: Long) {{
        renew(after: $after, oldest: $oldest) {_ENROLMENT} }}""",
    "push": f"mutation push($upload: UploadInput!) {{ push(upload: $upload) {_RECEIPT} }}",
    "pull": f"""query pull($after: String, $next: Long!, $limit: Int!) {{
        pull(after: $after, next: $next, limit: $limit) {_PAGE} }}""",
    "now": "query now { now }",
}
REPEATABLE: Final = frozenset({"push", "pull", "now"})
"""What may be asked twice when nobody knows whether it was heard; each enrol and renew makes a device."""


class Transport(Protocol):
    """The way to the hub. Answers with the field's data, or raises `Unreachable` or `Refused`."""

    def call(self, operation: str, variables: Mapping[str, Any], token: str | None) -> Any: ...


class Call(Struct, frozen=True):
    """One question to the hub, and as whom."""

    operation: str
    variables: dict[str, Any]
    token: str | None


class Enrolment(Struct, frozen=True):
    """What a device gets when it joins; `scope` lists its grids, each with `id` and `code`."""

    device: str
    token: str
    scope: list[dict[str, Any]]
    epoch: int


def enrolment(data: Any) -> Enrolment:
    return _read(data, lambda: msgspec.convert(data, Enrolment))


def receipt(data: Any) -> tuple[Receipt, list[tuple[int, str]]]:
    """A receipt, and for each seq in quarantine what its author is to be told (JSON: code, sentence)."""

    def read() -> tuple[Receipt, list[tuple[int, str]]]:
        return msgspec.convert(data, Receipt), [(line["seq"], _told(line)) for line in data["quarantined"]]

    return _read(data, read)


def _told(line: dict[str, Any]) -> str:
    known = SENTENCES.get(line["code"], {})
    sentence = {
        language: line.get(language) or known.get(language, line["code"]) for language in ("zh", "en")
    }
    return msgspec.json.encode({"code": line["code"], "sentence": sentence}).decode()


def page(data: Any) -> Page:
    def read() -> Page:
        read = msgspec.convert(data, Page)
        if any(document.state == "LIVE" and type(document.body) is not dict for document in read.documents):
            raise TypeError("a live document without a body")
        if any(type(grid["id"]) is not str for grid in read.scope):
            raise TypeError("a grid without an id")
        return read

    return _read(data, read)


def hub_time(data: Any) -> int:
    """Milliseconds since 1970 by the hub's clock."""
    return _read(data, lambda: parse_time(data))


def _read(data: Any, read: Callable[[], T]) -> T:
    """What is not shaped as the protocol says is no answer."""
    try:
        return read()
    except (msgspec.ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreachable(f"the answer was not what the protocol says: {type(error).__name__}") from error
