"""The only place of a Python tablet with real clocks, ids and randomness."""

import os
import secrets
import time
from uuid import UUID


class SystemClock:
    """This machine's clocks. The monotonic one goes on in a sleep, wherever the machine has such a one."""

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        source = getattr(time, "CLOCK_BOOTTIME", None)
        nanoseconds = time.monotonic_ns() if source is None else time.clock_gettime_ns(source)
        return nanoseconds // 1_000_000


class SystemIds:
    """Ids and salts that nobody can guess and nobody else has."""

    def uuid7(self) -> str:
        """A UUID of version 7: 48 bits of milliseconds, then chance."""
        milliseconds = time.time_ns() // 1_000_000
        chance = int.from_bytes(os.urandom(10), "big")
        value = (milliseconds & (2**48 - 1)) << 80 | chance
        value = value & ~(0xF << 76) | 7 << 76
        value = value & ~(0x3 << 62) | 2 << 62
        return str(UUID(int=value))

    def salt(self) -> str:
        """128 bits in 32 hex digits."""
        return secrets.token_hex(16)
