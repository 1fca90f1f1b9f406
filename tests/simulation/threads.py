"""The simulated machine has one thread: what the hub would hand to another one is done at once.

So nothing depends on how threads are scheduled, and nothing waits for them; which of the hub's
jobs goes first is the world's to say (house.py).
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

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


@contextmanager
def without_threads() -> Iterator[None]:
    with (
        patch("anyio.to_thread.run_sync", _at_once),
        patch("aiosqlite.core.Thread", _NoThread),
        patch("aiosqlite.core.SimpleQueue", _AtOnce),
    ):
        yield
