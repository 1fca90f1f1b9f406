"""Who waits hears that the hub has moved: at once where this process wrote, soon where another did.

However many wait, the database is asked once for all of them. A rev that was read is never followed by a
smaller one (meta.py), so whoever goes on from the last one it heard misses nothing.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

import anyio

LOOK_AGAIN_S: Final = 2.0
"""How often whoever waits looks for what another process has committed."""

BEAT_S: Final = 30.0
"""How often they are to look whether they still may hear it, though nothing has moved."""


class News:
    """The hub's rev, as it moves."""

    def __init__(self, look: Callable[[], Awaitable[int]]) -> None:
        self._look = look
        self._turn = anyio.Lock()
        self._event = anyio.Event()
        self._moves = self._cuts = 0
        self._looked: tuple[int, float] | None = None
        """How many moves there had been when the rev was last read, and when that was."""
        self._rev = -1
        self.waiting = 0
        """How many wait."""

    def moved(self) -> None:
        """Something was committed here."""
        self._moves += 1
        self._wake()

    def cut(self) -> None:
        """Somebody may hear no more."""
        self._cuts += 1
        self._wake()

    async def listen(self) -> AsyncGenerator[int, None]:
        """The rev now, whenever it has moved, whenever somebody was cut off, and at each beat."""
        rev = await self._read(fresh=True)
        while True:
            cuts, until = self._cuts, anyio.current_time() + BEAT_S
            yield rev
            rev = await self._after(rev, cuts, until)

    async def _after(self, rev: int, cuts: int, until: float) -> int:
        while True:
            event = self._event
            found = await self._read()
            if found > rev or self._cuts != cuts or anyio.current_time() >= until:
                return found
            self.waiting += 1
            try:
                with anyio.move_on_after(LOOK_AGAIN_S):
                    await event.wait()
            finally:
                self.waiting -= 1

    async def _read(self, *, fresh: bool = False) -> int:
        """The rev, read since the last move here and lately; fresh: read anew."""
        async with self._turn:
            now = anyio.current_time()
            known = self._looked is not None and self._looked[0] == self._moves
            if fresh or not known or self._looked is None or now - self._looked[1] >= LOOK_AGAIN_S:
                looked = self._moves, now
                self._rev = await self._look()
                self._looked = looked
            return self._rev

    def _wake(self) -> None:
        event, self._event = self._event, anyio.Event()
        event.set()
