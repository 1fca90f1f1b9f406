"""One night at a time: decided outside the writer's lock, written in one transaction, decided again when it must be."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
from msgspec.structs import replace
from sqlalchemy import Connection

from schema.values import Night
from server.database import Database
from server.plan import Base, Plan, reported
from server.settlement import Decided, apply, base_of, decide_night, plan, touched

TRIES: Final = 2
"""How often a night is decided while others may write; then once more under the lock."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Deciding makes a million small values and no cycles; looking for cycles meanwhile takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _decide(connection: Connection, now: int) -> Decided | None:
    with uncollected():
        return decide_night(connection, now)


def _plan(decided: Decided) -> Plan:
    with uncollected():
        return plan(decided)


class Nights:
    """Settles what waits in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._turn = anyio.Lock()

    async def foretell(self, now: int) -> Night:
        """What a night would be now; nothing is written."""
        decided = await self.database.read_in_thread(lambda connection: _decide(connection, now))
        if decided is None:
            return Night(None, None, {})
        planned = await anyio.to_thread.run_sync(_plan, decided)
        return Night(None, planned.settled, reported(planned.settled))

    async def settle(self, clock: Callable[[], int]) -> Night:
        """One night; with nothing waiting there is none."""
        async with self._turn:
            for _ in range(TRIES):
                decided = await self.database.read_in_thread(lambda connection: _decide(connection, clock()))
                if decided is None:
                    return Night(None, None, {})
                written = await self._write(decided)
                if written is not None:
                    return _night(written)
            return await self._settle_locked(clock)

    async def _write(self, decided: Decided) -> Plan | None:
        """Write what was decided; None when something that it read has moved."""
        for _ in range(TRIES):
            ready = await anyio.to_thread.run_sync(_plan, decided)
            met = await self.database.write(_apply_if_nothing_moved, decided, ready)
            if isinstance(met, Base):
                decided = replace(decided, base=met)
            else:
                return ready if met else None
        return None

    async def _settle_locked(self, clock: Callable[[], int]) -> Night:
        def work(connection: Connection) -> Plan | None:
            decided = _decide(connection, clock())
            if decided is None:
                return None
            ready = _plan(decided)
            apply(connection, ready)
            return ready

        ready = await self.database.write(work)
        return Night(None, None, {}) if ready is None else _night(ready)


def _apply_if_nothing_moved(connection: Connection, decided: Decided, ready: Plan) -> bool | Base:
    """Write it; or say that what was read has moved (False), or after what it is to be planned again."""
    base = base_of(connection)
    if base == ready.base:
        apply(connection, ready)
        return True
    return False if touched(connection, decided) else base


def _night(written: Plan) -> Night:
    return Night(written.number, written.settled, reported(written.settled))
