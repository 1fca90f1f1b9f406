"""What comes in over HTTP, before anybody trusts it: method, media type, encoding, size, JSON.

Whatever is not a GraphQL request is `Malformed`: a 4xx with a stable code. Only JSON is taken, so
no form on another page can post here.
"""

import json
import re
import zlib
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request

from schema.errors import CODES

MAX_BODY: Final = 10_000_000
"""An upload's 8 MB and what is around it; inflated, too."""

STRANGERS_BODY: Final = 100_000
"""Of whoever has no good token: the longest document, and little beside it."""

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 200_000
"""Numbers, objects and their members: ten times an upload's. Texts alone are read as fast as they come."""

MAX_DIGITS: Final = 400
CHUNK_TIMEOUT_S: Final = 60.0
"""A village's upload may take ten minutes, but no minute without a byte."""

LARGE: Final = 200_000
"""From this size on JSON is read in a worker thread, so that others go on meanwhile."""

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"


class Malformed(Exception):
    """A request that is not a GraphQL request: an HTTP status, a code, and headers and details to go with them."""

    def __init__(
        self, status: int, code: str, headers: Mapping[str, str] | None = None, **details: Any
    ) -> None:
        super().__init__(CODES[code])
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.details = details


class Asked(NamedTuple):
    """A GraphQL request: the document or its id, its variables, and which of its operations is meant."""

    query: str | None
    document_id: str | None
    variables: dict[str, Any] | None
    operation_name: str | None


def _unweighed(_: int) -> None:
    """Where nobody keeps budgets."""


async def read_request(
    request: Request, refusal: str | None = None, weigh: Callable[[int], None] = _unweighed
) -> Asked:
    """The GraphQL request in an HTTP request; raises Malformed.

    refusal: why whoever asks has no token that is good. Of them little is read, and they hear this of more;
    weigh is told of how many bytes, and may raise.
    """
    if request.method == "GET":
        if refusal is not None:
            weigh(len(request.scope["query_string"]))
        return _asked(_parameters(request.scope["query_string"]))
    if request.method != "POST":
        raise Malformed(405, "METHOD_NOT_ALLOWED", {"Allow": "GET, POST"})
    _check_media_type(request.headers.getlist("content-type"))
    encoding = _encoding(request.headers.getlist("content-encoding"))
    most = MAX_BODY if refusal is None else STRANGERS_BODY
    try:
        body = inflate(await read_body(request, most), encoding, most)
    except Malformed as malformed:
        if refusal is None or malformed.code != "BODY_TOO_LARGE":
            raise
        raise Malformed(401, refusal, {"WWW-Authenticate": "Bearer"}) from None
    if refusal is not None:
        weigh(len(body))
    if len(body) < LARGE:
        return _asked(parse_json(body))
    return _asked(await to_thread.run_sync(parse_json, body))


def answer_type(accept: str) -> str:
    """The media type to answer in, events where nothing else will do; raises Malformed when none of ours will."""
    ranges = dict(_media(one) for one in accept.split(",") if one.strip())
    if not ranges:
        return JSON
    # Of two that are wanted alike, the one that is named; of two that are, the one that says more.
    wanted = {
        one: (_wanted(ranges, one), one in ranges, one in ranges and one == GRAPHQL)
        for one in (JSON, GRAPHQL)
    }
    best = max(wanted, key=wanted.__getitem__)
    if wanted[best][0] > 0:
        return best
    if ranges.get(EVENTS, 0) > 0:
        return EVENTS
    raise Malformed(406, "NOT_ACCEPTABLE")


def _wanted(ranges: Mapping[str, float], media_type: str) -> float:
    """How much a media type is wanted: as the narrowest range says that it falls under (RFC 9110, 12.5.1)."""
    return next((ranges[one] for one in (media_type, "application/*", "*/*") if one in ranges), 0)


def takes_events(accept: str) -> bool:
    """Whether the caller names server-sent events among what it takes."""
    return dict(_media(one) for one in accept.split(",")).get(EVENTS, 0) > 0


def last_event(values: list[str]) -> int | None:
    """The id of the last event that the caller has heard, which is a rev; raises Malformed for anything else."""
    text = values[0].strip() if values else ""
    if len(values) > 1 or not re.fullmatch(r"[0-9]{0,16}", text):
        raise Malformed(400, "BAD_REQUEST")
    return int(text) if text else None


def _media(text: str) -> tuple[str, float]:
    """A media range without its parameters, and how much it is wanted: its `q`, which is 1 unless it says another."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    said = (
        re.fullmatch(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", one.replace(" ", "")) for one in parameters
    )
    return name, next((float(one[1]) for one in said if one), 1)


def _check_media_type(values: list[str]) -> None:
    message = Message()
    message["content-type"] = values[0] if len(values) == 1 else ""
    charset = message.get_content_charset("utf-8")
    if len(values) != 1 or message.get_content_type() != JSON or charset not in {"utf-8", "utf8"}:
        raise Malformed(415, "UNSUPPORTED_MEDIA_TYPE", {"Accept": JSON})


def _encoding(values: list[str]) -> str:
    encoding = ",".join(values).strip().lower() or "identity"
    if encoding not in {"gzip", "x-gzip", "identity"}:
        raise Malformed(415, "BAD_ENCODING", {"Accept-Encoding": "gzip"})
    return encoding


async def read_body(request: Request, most: int) -> bytes:
    """The body as it came, as long as it has no more than `most` bytes and keeps coming; raises Malformed."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 12 or int(announced) > most):
        raise Malformed(413, "BODY_TOO_LARGE")
    body = bytearray()
    try:
        with anyio.fail_after(CHUNK_TIMEOUT_S) as patience:
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise Malformed(413, "BODY_TOO_LARGE")
                patience.deadline = anyio.current_time() + CHUNK_TIMEOUT_S
    except TimeoutError:
        raise Malformed(408, "BODY_TIMEOUT") from None
    except ClientDisconnect:
        raise Malformed(400, "BAD_ENCODING") from None
    return bytes(body)


def inflate(body: bytes, encoding: str, most: int = MAX_BODY) -> bytes:
    """The body without its encoding; never more than `most` of it is ever inflated."""
    if encoding == "identity":
        return body
    inflater = zlib.decompressobj(wbits=31)
    try:
        inflated = inflater.decompress(body, most + 1)
    except zlib.error:
        raise Malformed(400, "BAD_ENCODING") from None
    if len(inflated) > most:
        raise Malformed(413, "BODY_TOO_LARGE")
    if not inflater.eof or inflater.unused_data:
        raise Malformed(400, "BAD_ENCODING")
    return inflated


def parse_json(body: bytes | str) -> Any:
    """JSON as RFC 8259 has it, each key once, within reason; raises Malformed BAD_JSON, or LIMIT."""
    counted = _Counted()
    try:
        text = body if isinstance(body, str) else body.decode()
        value = json.loads(
            text,
            object_pairs_hook=counted.object,
            parse_constant=_no_constant,
            parse_int=counted.integer,
            parse_float=counted.float,
        )
    except _TooMany:
        raise Malformed(400, "LIMIT", limit="values", allowed=MAX_VALUES) from None
    except (ValueError, RecursionError):
        raise Malformed(400, "BAD_JSON") from None
    if _too_deep(value):
        raise Malformed(400, "BAD_JSON")
    return value


class _TooMany(Exception):
    """There is more in it than is read."""


class _Counted:
    """What JSON is made of, counted while it is read, so that nobody reads to the end what is too much."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._take(1 + len(pairs))
        return _each_key_once(pairs)

    def integer(self, text: str) -> int:
        self._take(1)
        return _integer(text)

    def float(self, text: str) -> float:
        self._take(1)
        return _float(text)

    def _take(self, many: int) -> None:
        self.left -= many
        if self.left < 0:
            raise _TooMany


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("an absurd number")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError("an absurd number")
    return number


def _too_deep(value: Any) -> bool:
    stack = [(value, 1)]
    while stack:
        one, depth = stack.pop()
        if isinstance(one, dict | list):
            if depth > MAX_DEPTH:
                return True
            inside = one.values() if isinstance(one, dict) else one
            stack.extend((item, depth + 1) for item in inside if isinstance(item, dict | list))
    return False


def _parameters(query_string: bytes) -> dict[str, Any]:
    """The parameters of a GET request, `variables` and `extensions` being JSON."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
        )
        found: dict[str, Any] = _each_key_once(pairs)
    except ValueError:
        raise Malformed(400, "BAD_REQUEST") from None
    for name in ("variables", "extensions"):
        if found.get(name):
            found[name] = parse_json(found[name])
        else:
            found.pop(name, None)
    return found


def _asked(body: Any) -> Asked:
    if isinstance(body, list):
        raise Malformed(400, "NO_BATCHING")
    if not isinstance(body, dict):
        raise Malformed(400, "BAD_REQUEST")
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    id = body.get("documentId")
    fits = (
        isinstance(query, str | None)
        and isinstance(id, str | None)
        and (query or id or "").strip()
        and isinstance(variables, dict | None)
        and isinstance(name, str | None)
        and isinstance(body.get("extensions"), dict | None)
    )
    if not fits:
        raise Malformed(400, "BAD_REQUEST")
    return Asked(query, id, variables, name or None)
