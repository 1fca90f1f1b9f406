"""Work in threads, of which nobody goes on before it has ended, also when they give up waiting for it.

A thread cannot be ended from outside. Else a hub could be closed under one that still holds a connection,
which nobody would ever close; or the writer's turn be given to the next while somebody is writing.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, Final, TypeVar

import anyio
from sqlalchemy import Connection, Engine

Statements = Callable[[str, Any], Any]
"""Runs a statement's text with its parameters and gives the driver's cursor."""

T = TypeVar("T")

ANSWERERS: Final = 4
AGAIN_S: Final = 0.05


async def in_thread(work: Callable[[], T]) -> T:
    """Do this in a thread; where whoever asked is cancelled, by anyio or by asyncio itself, when it has ended."""
    task = asyncio.ensure_future(anyio.to_thread.run_sync(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await _end(task)
        raise


async def _end(task: asyncio.Future[Any]) -> None:
    """Wait for the end, however often one is cancelled meanwhile."""
    while not task.done():
        await _wait(task)
    _looked_at(task)


async def _wait(task: asyncio.Future[Any], seconds: float | None = None) -> None:
    """Wait for the end or so long, and no longer for being cancelled."""
    with anyio.CancelScope(shield=True), suppress(asyncio.CancelledError):
        await asyncio.wait([task], timeout=seconds)


def _looked_at(task: asyncio.Future[Any]) -> None:
    """Where nobody waits, nobody is to be told of a failure."""
    if not task.cancelled():
        task.exception()


class GivenUp(Exception):
    """Nobody waits for this any more."""


class Running:
    """One read in its thread: the driver's connection while it has one, and whether anybody still waits for it."""

    def __init__(self, break_off: Callable[[Any], None]) -> None:
        self._break_off = break_off
        self._lock = Lock()
        self._driver: Any = None
        self._over = False

    @contextmanager
    def on(self, driver: Any) -> Iterator[None]:
        """What is running is running on this connection, and afterwards on it no more. Raises GivenUp."""
        with self._lock:
            self._driver = driver
        try:
            yield
        except Exception as error:
            self.go_on(error)
            raise
        finally:
            with self._lock:
                self._driver = None

    def go_on(self, error: Exception | None = None) -> None:
        """Raise GivenUp where nobody waits; an error is then what came of it."""
        if self._over:
            raise GivenUp from error

    def execute(self, sql: str, parameters: Any) -> Any:
        self.go_on()
        return self._driver.execute(sql, parameters)

    def give_up(self) -> None:
        """Break off the statement that is running, and let no other begin."""
        with self._lock:
            self._over = True
            if self._driver is not None:
                self._break_off(self._driver)


class Answering:
    """The threads that answer, each on a snapshot of its own."""

    def __init__(self, engine: Engine, break_off: Callable[[Any], None]) -> None:
        self._engine = engine
        self._break_off = break_off
        self._turns = anyio.CapacityLimiter(ANSWERERS)
        self._running: dict[asyncio.Future[Any], Running] = {}

    async def answer(self, work: Callable[[Connection, Statements], T]) -> T:
        """Do this in a thread; raises GivenUp when everything is closed meanwhile.

        Who gives up waiting goes on when the thread has ended, which is at once.
        """
        running = Running(self._break_off)

        def whole() -> T:
            running.go_on()
            with self._engine.connect() as connection:
                connection.begin()
                with running.on(connection.connection.driver_connection):
                    return work(connection, running.execute)

        task = asyncio.ensure_future(anyio.to_thread.run_sync(whole, limiter=self._turns))
        self._running[task] = running
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await self._given_up(task, running)
            raise

    async def close(self) -> None:
        """Give up whatever is still running, and close every connection."""
        for task, running in [*self._running.items()]:
            await self._given_up(task, running)
        self._engine.dispose()

    async def _given_up(self, task: asyncio.Future[Any], running: Running) -> None:
        """Break off until it has ended: a statement may begin the moment after there was none to be broken off."""
        while not task.done():
            await _end(asyncio.ensure_future(anyio.to_thread.run_sync(running.give_up)))
            await _wait(task, AGAIN_S)
        _looked_at(task)

    def _ended(self, task: asyncio.Future[Any]) -> None:
        del self._running[task]
        _looked_at(task)
