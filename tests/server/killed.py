"""A server that dies in the middle: a process of its own, serving a district over HTTP, that kills itself.

It dies before the n-th statement of its one writer, commits counted too: of what is pushed to it, or
of the night that it has to make up for. With a large n it lives, and tells how many there were.
"""

import asyncio
import itertools
import os
import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Final

import uvicorn
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from starlette.applications import Starlette

from server.app import create_app
from server.serving import door_at
from sync.shapes import format_time
from tests.server.house import SALT, CountedIds, HandClock, opened, settings
from tests.sync.world import G1, LY, M1, M2, T2, T, ident, when

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}
AT: Final = {"push": "19:00", "settle": "1/03:00"}
"""At three the night of two o'clock is missed, and made up for as soon as the server is there."""


async def prepared(folder: Path) -> str:
    """A hub with an inbox and a tablet that has more to send; gives the tablet's token."""
    async with opened(folder) as house:
        await house.submit(LY, ("ticket.open", T, ORDER), ("ticket.open", T2, ORDER))
        tablet = await house.tablet("A", G1)
        await tablet.pull()
        tablet.changes = changes(0, 20)
        house.clock.set("18:00")
        await tablet.push()
        return tablet.token


def changes(first: int, last: int) -> list[dict[str, Any]]:
    """The same changes each time: claims, notes and services on two tickets."""
    made: list[dict[str, Any]] = []
    for number in range(first, last):
        kind, data = KINDS[number % len(KINDS)]
        entity = ident(f"service {number}") if kind == "service.record" else (T, T2)[number % 2]
        raw = {
            "id": ident(f"change {number}"),
            "at": format_time(when("09:00") + number * 60_000),
            "run": 1,
            "saw": 0,
            "kind": kind,
            "entity": entity,
            "by": None,
            "data": data,
        }
        made.append(raw | ({"private": {"salt": SALT, "text": "seen"}} if kind == "ticket.note" else {}))
    return made


MOMENTS = {
    name: {"at": format_time(when(at)), "run": 1} for name, at in (("start", "08:00"), ("end", "09:00"))
}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("ticket.claim", {"member": M1}),
    ("ticket.claim", {"member": M2}),
    ("ticket.note", {}),
    ("ticket.edit", {"priority": "HIGH", "addTags": ["soon"]}),
    ("service.record", {"member": M2, **MOMENTS}),
]


class _Server(uvicorn.Server):
    """Uvicorn, saying when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


def serve(folder: Path, work: str, point: int, pipe: Pipe) -> None:
    """Serve the database in a folder until killed, or told over the pipe to end; sends port and count."""
    asyncio.run(_serve(folder, work, point, pipe))


async def _serve(folder: Path, work: str, point: int, pipe: Pipe) -> None:
    app = create_app(settings(folder), HandClock(when(AT[work])), CountedIds("after"))
    written = itertools.count(1)

    def count() -> None:
        if next(written) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    _before_each(app, count)
    server = _Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with door_at("127.0.0.1", 0) as door:
        door.listen()
        pipe.send(door.getsockname()[1])
        serving = asyncio.create_task(server.serve(sockets=[door]))
        await asyncio.to_thread(pipe.recv)
        await server.listens.wait()
        if work == "settle":
            async for _ in app.state.hub.changes():
                if app.state.hub.health.settled_at is not None:
                    break
        server.should_exit = True
        await serving
    pipe.send(next(written) - 1)


def _before_each(app: Starlette, told: Callable[[], None]) -> None:
    """Tell of every statement and commit of the hub's writer."""

    def count(connection: Connection, *_: Any) -> None:
        hub = getattr(app.state, "hub", None)
        if hub is not None and connection.engine is hub.database._writer:
            told()

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
