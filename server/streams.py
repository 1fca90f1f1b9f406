"""The door over server-sent events (graphql-sse, distinct connections mode): an operation's results as they come.

`next` holds a result, `complete` says that there is no other. Of a subscription each event's id is its rev:
whoever comes again with `Last-Event-ID` goes on from there. A stream that ends without `complete` is to be
asked for again.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable
from typing import Any, Final

import anyio
import msgspec
from starlette.types import Receive, Scope, Send
from strawberry.types.execution import ExecutionResult, PreExecutionError

from schema.context import Context
from schema.errors import Report, formatted
from schema.limits import limit_error
from server.guard import EVENTS

STREAMS: Final = 20
"""How many streams one key may hold open at once."""

HEARTBEAT_S: Final = 20.0
"""So often something is said, so that neither side, nor what is between them, takes the other for gone."""

HEADERS: Final = [
    (b"content-type", f"{EVENTS}; charset=utf-8".encode()),
    (b"cache-control", b"no-store"),
    # A proxy in between is to hand on each event, not to wait for more.
    (b"x-accel-buffering", b"no"),
]
HEARTBEAT: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata: \n\n"
BODY: Final = "http.response.body"

Source = AsyncGenerator[Any, None]


class Streams:
    """All streams of one door: how many each key has, and when they are to end."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.leaving = anyio.Event()

    def leave(self) -> None:
        """End them all: the server is going, and would wait for them."""
        self.leaving.set()

    def response(self, source: Source | PreExecutionError, context: Context) -> "Stream":
        """What an operation answers, as a stream; where its key holds too many, that alone."""
        key = "" if context.author is None else context.author.id
        if self.open[key] >= STREAMS:
            source = PreExecutionError(data=None, errors=[limit_error("streams", STREAMS)])
        return Stream(self, key, source, context.report)


class Stream:
    """One operation's results as an ASGI response."""

    def __init__(
        self, streams: Streams, key: str, source: Source | PreExecutionError, report: Report
    ) -> None:
        self._streams = streams
        self._key = key
        self._source = _alone(source) if isinstance(source, PreExecutionError) else source
        self._report = report
        self._turn = anyio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say what comes, until it is complete, nobody listens or the server goes."""
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS]})
        self._streams.open[self._key] += 1
        try:
            async with anyio.create_task_group() as tasks:
                for over in (_gone(receive), self._streams.leaving.wait()):
                    tasks.start_soon(_ending, over, tasks.cancel_scope)
                tasks.start_soon(self._beat, send)
                await self._say(send)
                tasks.cancel_scope.cancel()
        finally:
            self._streams.open[self._key] -= 1
        await send({"type": BODY, "body": b"", "more_body": False})

    async def _say(self, send: Send) -> None:
        try:
            async for result in self._source:
                await self._write(send, _event(result))
            await self._write(send, COMPLETE)
        except Exception as error:
            self._report(error)
        finally:
            with anyio.CancelScope(shield=True):
                await self._source.aclose()

    async def _beat(self, send: Send) -> None:
        while True:
            await self._write(send, HEARTBEAT)
            await anyio.sleep(HEARTBEAT_S)

    async def _write(self, send: Send, event: bytes) -> None:
        async with self._turn:
            await send({"type": BODY, "body": event, "more_body": True})


async def _alone(result: PreExecutionError) -> Source:
    yield result


async def _ending(over: Awaitable[object], scope: anyio.CancelScope) -> None:
    await over
    scope.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(result: ExecutionResult) -> bytes:
    """A result as an event; its id is the rev from which whoever lost the connection goes on."""
    told: dict[str, Any] = {}
    if result.errors:
        told["errors"] = [formatted(error) for error in result.errors]
    if not isinstance(result, PreExecutionError):
        told["data"] = result.data
    if result.extensions:
        told["extensions"] = result.extensions
    rev = (result.extensions or {}).get("rev")
    id = b"" if rev is None else f"id: {rev}\n".encode()
    return id + b"event: next\ndata: " + msgspec.json.encode(told) + b"\n\n"
