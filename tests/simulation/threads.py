"""The simulated machine has one thread: what the hub would hand to another one, or to a process, is done at once.

So nothing depends on how threads are scheduled, and nothing waits for them; which of the hub's
jobs goes first is the world's to say (house.py).
"""

import asyncio
import selectors
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Final, TypeVar
from unittest.mock import patch

import anyio
import anyio.to_thread
import msgspec
from sqlalchemy import Connection, func, select

from schema.tables.change import CHANGE
from schema.tables.settlement import SETTLEMENT
from schema.values import Verification
from server.database import SQLite
from server.proving import COMMAND, prove

T = TypeVar("T")

REPLAYED: Final = 4
"""One backup in so many is replayed when it is proved."""


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


class _Prover:
    """Proves backups without a process of its own, which takes longer to begin than it has to do.

    One in `REPLAYED` is replayed, too: each was, and that was a fifth of all runs. What a replay would
    find is found by the hub's own `verify` in the end.
    """

    def __init__(self) -> None:
        self._proofs = 0

    async def run(self, command: Sequence[str], **_: object) -> CompletedProcess[bytes]:
        *program, path = command
        assert tuple(program) == COMMAND, "the simulated machine has no other program"
        self._proofs += 1
        replays = self._proofs % REPLAYED == 1
        with nullcontext() if replays else patch("server.proving.verify", _counted):
            proof = prove(Path(path))
        return CompletedProcess(command, 0, msgspec.json.encode(proof), b"")


def _counted(connection: Connection) -> Verification:
    """How much there is to verify, taken on trust."""
    settlements, changes = (
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (SETTLEMENT, CHANGE)
    )
    return Verification(ok=True, settlements=settlements, changes=changes, differences=[])


class Selector(selectors.DefaultSelector):
    """Looks for what comes from outside only when nothing else is left to do: most often nothing can come."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout) if timeout is None or timeout > 0 else []


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
        patch("anyio.run_process", _Prover().run),
        patch.object(SQLite, "alone", _alone),
        patch("anyio.to_thread.run_sync", _at_once),
        patch("aiosqlite.core.Thread", _NoThread),
        patch("aiosqlite.core.SimpleQueue", _AtOnce),
    ):
        yield
