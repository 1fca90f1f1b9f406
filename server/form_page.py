"""What the pages have in common that a one-time code opens: a GET asks for it in a form, a POST answers the form.

All from this server, without cookies: what a page may load is written in its headers, by hash.
"""

import base64
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.door import Door, address_of
from server.guard import Malformed, read_body
from server.guessing import Guesses

MOST_BYTES: Final = 20_000
MOST_WORDS: Final = 500
FORM: Final = "application/x-www-form-urlencoded"

WAIT: Final = ("试错太多次，请过一会儿再来。", "Too many wrong tries; come back a little later.")


def headers(style: str, script: str | None = None) -> dict[str, str]:
    """Nothing is kept, and nothing runs on the page but these."""
    scripts = "" if script is None else f" script-src 'sha256-{hash_of(script)}';"
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{hash_of(style)}';{scripts}"
        " img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    }


def hash_of(text: str) -> str:
    """As a content security policy names a style or a script that stands in the page."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class FormPage(ABC):
    """The ASGI application behind one address."""

    headers: ClassVar[Mapping[str, str]]

    def __init__(self, door: Door) -> None:
        self.door = door
        self.guesses = Guesses()

    @abstractmethod
    def asked(self, request: Request) -> Response:
        """The page with its form."""

    @abstractmethod
    async def answered(self, request: Request, given: dict[str, str]) -> Response:
        """What came of a form."""

    @abstractmethod
    def failed(self, status: int) -> Response:
        """Why nothing came of it: 503 while the hub is busy, 429 after too many wrong codes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Malformed as malformed:
            response = Response("", malformed.status, self.headers)
        except Exception as error:
            self.door.report(error)
            response = self.failed(503)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method in {"GET", "HEAD"}:
            return self.asked(request)
        if request.method != "POST":
            return Response("", 405, {**self.headers, "Allow": "GET, POST"})
        return await self.answered(request, await _form_of(request))

    def too_often(self, request: Request) -> Response | None:
        """The answer to whoever has been wrong about a code too often; None while there is a try left."""
        waits = self.guesses.wait_ms(address_of(request), self.door.clock.now())
        if waits <= 0:
            return None
        response = self.failed(429)
        response.headers["Retry-After"] = str(-(-waits // 1000))
        return response

    def wrong(self, request: Request) -> None:
        """A code was not one."""
        self.guesses.wrong(address_of(request), self.door.clock.now())


def words_of(given: dict[str, str], name: str) -> str:
    """A text of several lines, as it was written."""
    return given.get(name, "").replace("\r\n", "\n").strip()


async def _form_of(request: Request) -> dict[str, str]:
    """The fields of a form; raises Malformed for what is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Malformed(415, "UNSUPPORTED_MEDIA_TYPE")
    body = await read_body(request, MOST_BYTES)
    try:
        return dict(
            parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
        )
    except ValueError:
        raise Malformed(400, "BAD_REQUEST") from None
