"""Whoever listens: one subscription over a WebSocket or over server-sent events, heard result by result."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import httpx

from tests.door.test_sockets import SECONDS, Served, Talk

TRANSPORTS: Final = ("websocket", "events")
HEADERS: Final = {"Accept": "text/event-stream", "Content-Type": "application/json"}


class Event(NamedTuple):
    """One event of a stream, as a browser would hand it on."""

    name: str
    id: str | None
    data: str


class Listener:
    """What one subscription says."""

    async def hear(self) -> Any:
        """The next result; None when there is no other."""
        raise NotImplementedError

    async def data(self) -> Any:
        """The next event's one field; it has no errors."""
        result = await self.hear()
        assert result is not None
        assert "errors" not in result, result
        (found,) = result["data"].values()
        return found

    async def code(self) -> str:
        """Why it was ended: the code of the next result, after which there is none."""
        result = await self.hear()
        errors = result if isinstance(result, list) else result["errors"]
        assert isinstance(result, list) or await self.hear() is None
        return str(errors[0]["extensions"]["code"])


class OverSocket(Listener):
    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    async def hear(self) -> Any:
        message = await self.talk.hear()
        return None if message["type"] == "complete" else message["payload"]


class OverEvents(Listener):
    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.lines = response.aiter_lines()
        self.heartbeats = 0

    async def event(self) -> Event | None:
        """The next event; None when the stream has ended."""
        name, id = "message", None
        data: list[str] = []
        async for line in self.lines:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not line and data:
                return Event(name, id, "\n".join(data))
            if line == ":":
                self.heartbeats += 1
            name = value if field == "event" else name
            id = value if field == "id" else id
            data += [value] if field == "data" else []
        return None

    async def hear(self) -> Any:
        event = await self.event()
        assert event is not None, "ended without a word"
        if event.name == "complete":
            assert (event.data, await self.event()) == ("", None)
            return None
        result = json.loads(event.data)
        rev = result.get("extensions", {}).get("rev")
        assert event.id == (None if rev is None else str(rev))
        return result


@asynccontextmanager
async def streaming(
    served: Served,
    query: str,
    role: str | None = "dispatcher",
    headers: dict[str, str] | None = None,
    **given: Any,
) -> AsyncIterator[OverEvents]:
    """One operation over server-sent events."""
    whole = {**HEADERS, **(headers or {})}
    if role is not None:
        whole["Authorization"] = f"Bearer {await served.house.token(role)}"
    async with (
        asyncio.timeout(SECONDS),
        httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client,
        client.stream(
            "POST", served.http, json={"query": query, "variables": given}, headers=whole
        ) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield OverEvents(response)


@asynccontextmanager
async def listening(
    served: Served, transport: str, query: str, role: str | None = "dispatcher", **given: Any
) -> AsyncIterator[Listener]:
    """One operation over either."""
    if transport == "events":
        async with streaming(served, query, role, **given) as listener:
            yield listener
    else:
        async with served.connected(role) as talk:
            await talk.send(type="subscribe", id="1", payload={"query": query, "variables": given})
            yield OverSocket(talk)
