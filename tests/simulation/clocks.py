"""Simulated time: what time it really is, and what the clocks of the hub and of each tablet say.

Nothing here looks at the machine's clock, and nobody ever waits: time goes on when the world says so.
"""

from random import Random
from typing import Final

import anyio

SECOND: Final = 1_000
MINUTE: Final = 60_000
HOUR: Final = 3_600_000
DAY: Final = 86_400_000
MONDAY: Final = 1_795_363_200_000
"""2026-11-23 at 00:00 in a district at UTC+8."""
YEAR: Final = 365 * DAY
DRIFT_PPM: Final = 40
"""How far a cheap quartz may be off; the clients allow for 50."""


class Time:
    """What time it really is, in milliseconds since 1970. It only goes on."""

    def __init__(self, now: int) -> None:
        self.now = now

    def go_on(self, until: int) -> None:
        self.now = max(self.now, until)


class HubClock:
    """The hub's clock is right."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def now(self) -> int:
        return self._time.now

    async def until(self, at: int) -> None:
        await anyio.sleep_forever()


class TabletClock:
    """A tablet's clocks: one quartz behind both, a wall clock that people and networks set, a monotonic one."""

    def __init__(self, time: Time, chance: Random) -> None:
        self._time = time
        self._ppm = chance.randint(-DRIFT_PPM, DRIFT_PPM)
        self._since = time.now
        self._wrong_by = chance.randint(-5_000, 5_000)
        self._booted = time.now

    def _drift(self, since: int) -> int:
        return (self._time.now - since) * self._ppm // 1_000_000

    def wall_ms(self) -> int:
        return max(0, self._time.now + self._wrong_by + self._drift(self._since))

    def monotonic_ms(self) -> int:
        return self._time.now - self._booted + self._drift(self._booted)

    def set(self, wrong_by: int) -> None:
        """Somebody, or a telephone network, sets the wall clock; 0 sets it right."""
        self._wrong_by = wrong_by
        self._since = self._time.now

    def jump(self, by: int) -> None:
        self._wrong_by += by

    def boot(self) -> None:
        """The device was off: its monotonic clock begins again."""
        self._booted = self._time.now
