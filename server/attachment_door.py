"""The door for photos and spoken notes, beside GraphQL: `PUT` and `GET /attachments/<sha-256>?ticket=<id>`.

A file may come in pieces, each with its Content-Range, and goes on where it was cut off. Failures have
the codes of the other door, in the same form. Nothing here is kept by a browser or a proxy.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from schema.errors import CODES, Fault
from schema.values import Author, Refused
from server import attachments
from server.attachments import BEGINNINGS, MAX_BYTES, MAX_PART_BYTES, Piece
from server.door import Door, bearer
from server.guard import Malformed, read_body
from sync.shapes import format_time

SHA256: Final = re.compile(r"[0-9a-f]{64}")
ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RANGE: Final = re.compile(r"bytes (?:(\d{1,9})-(\d{1,9})|\*)/(\d{1,9})")
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
STATUS: Final = {
    "UNAUTHENTICATED": 401,
    "REVOKED": 403,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "BODY_TIMEOUT": 408,
    "ATTACHMENT_GAP": 409,
    "ATTACHMENT_DIFFERS": 409,
    "TOO_MANY_ATTACHMENTS": 409,
    "ATTACHMENT_ERASED": 410,
    "TOO_LARGE": 413,
    "BODY_TOO_LARGE": 413,
    "ATTACHMENT_KIND": 415,
    "ATTACHMENT_DIGEST": 422,
    "ATTACHMENT_METADATA": 422,
    "RETRY": 503,
}


class AttachmentEndpoint:
    """The ASGI application behind /attachments."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Fault as fault:
            response = _failure(fault.code, fault.details)
        except Malformed as malformed:
            response = _failure(malformed.code, {})
        except Refused as refused:
            response = _failure(refused.code, refused.details)
        except Exception as error:
            response = _failure("INTERNAL", {"id": self.door.report(error)})
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        author = await self._author(request)
        sha256, ticket = request.path_params.get("sha256"), request.query_params.get("ticket", "")
        if not ID.fullmatch(ticket) or (sha256 is not None and not SHA256.fullmatch(sha256)):
            raise Fault("NOT_FOUND")
        answer = self._answers.get((request.method, sha256 is not None))
        if answer is None:
            raise Fault("METHOD_NOT_ALLOWED")
        return await answer(self, request, author, (ticket, sha256 or ""))

    async def _author(self, request: Request) -> Author:
        token = bearer(request.headers.get("authorization"))
        if token is None:
            raise Fault("UNAUTHENTICATED")
        return await self.door.hub.authenticate(token)

    async def _put(self, request: Request, author: Author, key: attachments.Key) -> Response:
        piece = await _piece(request)
        now = self.door.clock.now()
        taken = await self.door.hub.database.write(attachments.take, author, key, piece, now)
        if isinstance(taken, Fault):
            raise taken
        status = 201 if taken.new else 200 if taken.whole else 202
        return _json(status, {"received": taken.received, "bytes": taken.total})

    async def _get(self, request: Request, author: Author, key: attachments.Key) -> Response:
        found = await self.door.hub.database.read_in_thread(lambda c: attachments.content(c, author, key))
        if found is None:
            raise Fault("NOT_FOUND")
        kind, data = found
        return Response(data, 200, HEADERS, media_type=kind)

    async def _list(self, request: Request, author: Author, key: attachments.Key) -> Response:
        found = await self.door.hub.database.read_in_thread(
            lambda c: attachments.of_ticket(c, author, key[0])
        )
        if found is None:
            raise Fault("NOT_FOUND")
        told = [
            {"sha256": one.sha256, "type": one.type, "bytes": one.bytes, "at": format_time(one.at)}
            for one in found
        ]
        return _json(200, {"attachments": told})

    _answers: Final[
        dict[
            tuple[str, bool],
            Callable[["AttachmentEndpoint", Request, Author, attachments.Key], Awaitable[Response]],
        ]
    ] = {("PUT", True): _put, ("GET", True): _get, ("GET", False): _list}


async def _piece(request: Request) -> Piece:
    """What a PUT brings; raises Fault. No more of a body is read than a piece may have."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in BEGINNINGS:
        raise Fault("ATTACHMENT_KIND")
    data = await read_body(request, MAX_PART_BYTES)
    said = request.headers.get("content-range")
    if said is None:
        return Piece(kind, _total(len(data)), 0, data)
    found = RANGE.fullmatch(said)
    if found is None:
        raise Fault("BAD_RANGE")
    first, last, total = found.groups()
    start = int(first or 0)
    length = 0 if first is None else int(last) - start + 1
    if length != len(data) or (first is not None and length < 1):
        raise Fault("BAD_RANGE")
    return Piece(kind, _total(int(total)), start, data)


def _total(total: int) -> int:
    if total > MAX_BYTES:
        raise Fault("TOO_LARGE", bytes=MAX_BYTES)
    if total < 1:
        raise Fault("BAD_RANGE")
    return total


def _failure(code: str, details: dict[str, Any]) -> Response:
    status = 500 if code == "INTERNAL" else STATUS.get(code, 400)
    message = CODES.get(code, CODES["RETRY"])
    return _json(status, {"errors": [{"message": message, "extensions": {"code": code, **details}}]})


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), status, HEADERS, media_type="application/json")
