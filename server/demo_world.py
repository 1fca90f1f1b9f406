"""The demo's own time and chance: one clock for the world, wrong ones on the tablets, ids from a seed.

The same seed gives the same day to the last id. Tokens and codes are real randomness even here:
nothing that opens a door may be guessed from a seed.
"""

import hashlib
import uuid
from collections.abc import MutableSequence, Sequence
from typing import TypeVar

import anyio

from server.system import Clock, SystemIds

T = TypeVar("T")

UTC_OFFSET_MIN = 480
MONDAY = 1_773_590_400_000
"""2026-03-16 00:00 at UTC+8, in milliseconds since 1970."""
MINUTE = 60_000
DAY = 86_400_000


def moment(text: str) -> int:
    """Milliseconds of `08:50` on the demo's Monday, or of `+1 07:30` so many days later."""
    days, _, clock = text.rpartition(" ")
    hours, minutes = clock.split(":")
    return MONDAY + int(days or 0) * DAY + (int(hours) * 60 + int(minutes)) * MINUTE


class World:
    """What time it really is, in the demo's story. It goes on only when the story does."""

    def __init__(self, start: int) -> None:
        self.now = start

    def go_on(self, until: int) -> None:
        self.now = max(self.now, until)


class HubClock:
    """The hub's clock: right to the millisecond. The story settles the night itself, so nobody waits."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> int:
        return self._world.now

    async def until(self, at: int) -> None:
        await anyio.sleep_forever()


class LaterClock:
    """The machine's clock for serving what the story left; never before its end, or the hub would not settle."""

    def __init__(self, clock: Clock, earliest: int) -> None:
        self._clock = clock
        self._ahead = max(0, earliest - clock.now())

    def now(self) -> int:
        return self._clock.now() + self._ahead

    async def until(self, at: int) -> None:
        await self._clock.until(at - self._ahead)


class TabletClock:
    """A tablet's clocks. `set_wall` moves the wall clock against the monotonic one, as people and networks do."""

    def __init__(self, world: World, wrong_by: int) -> None:
        self._world = world
        self._started = world.now
        self._wrong_by = wrong_by

    def wall_ms(self) -> int:
        return self._world.now + self._wrong_by

    def monotonic_ms(self) -> int:
        return self._world.now - self._started

    def set_wall(self, wrong_by: int) -> None:
        self._wrong_by = wrong_by


class Chance:
    """Chance that can be repeated: SHA-256 over a seed, a name and a counter."""

    def __init__(self, seed: int, name: str) -> None:
        self._key = f"{seed}:{name}".encode()
        self._count = 0

    def number(self, below: int) -> int:
        """A whole number from 0 up to, and without, `below`."""
        self._count += 1
        digest = hashlib.sha256(self._key + b":%d" % self._count).digest()
        return int.from_bytes(digest, "big") % below

    def choice(self, among: Sequence[T]) -> T:
        return among[self.number(len(among))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        for index in range(len(items) - 1, 0, -1):
            other = self.number(index + 1)
            items[index], items[other] = items[other], items[index]


class DemoIds:
    """Ids and salts from the seed; tokens and codes from the machine."""

    def __init__(self, world: World, chance: Chance) -> None:
        self._world = world
        self._chance = chance
        self._system = SystemIds()

    def uuid7(self) -> str:
        number = (self._world.now << 80) | self._chance.number(2**80)
        number = number & ~(0xF << 76) | 7 << 76
        return str(uuid.UUID(int=number & ~(0x3 << 62) | 2 << 62))

    def salt(self) -> str:
        return f"{self._chance.number(2**128):032x}"

    def secret(self) -> str:
        return self.salt()

    def token(self) -> str:
        return self._system.token()

    def code(self) -> str:
        return self._system.code()
