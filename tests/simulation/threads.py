"""The simulated machine has one thread: what the hub would hand to another one, or to a process, is done at once.

So nothing depends on how threads are scheduled, and nothing waits for them; which of the hub's
jobs goes first is the world's to say (house.py).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Final, TypeVar
from unittest.mock import patch

import anyio
import anyio.to_thread
import msgspec

from server.database import SQLite
from server.proving import COMMAND, prove

T = TypeVar("T")


class _NoThread:
    """Stands for the thread of a database connection, which has nothing to do."""

    daemon = True

    def __init__(self, **_: object) -> None: ...

    def start(self) -> None: ...


class _AtOnce:
    """Stands for the queue before that thread: what is put into it is done."""

    def put_nowait(self, work: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = work
        try:
            result = function()
        except BaseException as error:
            if future is not None:
                future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


async def _at_once(work: Callable[..., T], *arguments: Any, **_: object) -> T:
    return work(*arguments)


async def _proved_here(command: Sequence[str], **_: object) -> CompletedProcess[bytes]:
    """A backup is proved without a process of its own, which takes longer to begin than it has to do."""
    *program, path = command
    assert tuple(program) == COMMAND, "the simulated machine has no other program"
    return CompletedProcess(command, 0, msgspec.json.encode(prove(Path(path))), b"")


@asynccontextmanager
async def _alone(_: SQLite) -> AsyncIterator[None]:
    """No other process writes to what is on the simulated machine's disk."""
    yield


_IN_A_THREAD: Final = anyio.to_thread.run_sync


@contextmanager
def with_threads() -> Iterator[None]:
    """For work that asks its own loop from a thread, while nothing else is under way."""
    with patch("anyio.to_thread.run_sync", _IN_A_THREAD):
        yield


@contextmanager
def without_threads() -> Iterator[None]:
    with (
        patch("anyio.run_process", _proved_here),
        patch.object(SQLite, "alone", _alone),
        patch("anyio.to_thread.run_sync", _at_once),
        patch("aiosqlite.core.Thread", _NoThread),
        patch("aiosqlite.core.SimpleQueue", _AtOnce),
    ):
        yield
