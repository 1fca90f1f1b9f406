"""The real clock, the real ids and real randomness. Nothing else in server/ may know what time it is."""

import secrets
import time
import uuid
from typing import Protocol

import anyio

# Crockford's base 32: no I, L, O or U, so that a code survives being read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
LONGEST_WAIT_S = 60.0


class Clock(Protocol):
    """What time it is, in milliseconds since 1970 (UTC), and waiting for a time."""

    def now(self) -> int: ...

    async def until(self, at: int) -> None:
        """Return when `now()` has reached `at`."""


class Ids(Protocol):
    """New ids and secrets."""

    def uuid7(self) -> str:
        """A UUIDv7, lowercase with hyphens."""

    def token(self) -> str:
        """A bearer token: 256 random bits."""

    def code(self) -> str:
        """An enrolment code: 40 random bits as eight characters of Crockford's base 32."""

    def secret(self) -> str:
        """32 hex digits: a salt, or a key's half."""


class SystemClock:
    """The machine's own clock. Waiting looks at it again every minute, because it may be set meanwhile."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    async def until(self, at: int) -> None:
        while (left := at - self.now()) > 0:  # noqa: ASYNC110 - a wall clock sends no event
            await anyio.sleep(min(left / 1000, LONGEST_WAIT_S))


class SystemIds:
    """Ids and secrets from the operating system's randomness."""

    def uuid7(self) -> str:
        at = time.time_ns() // 1_000_000
        number = (at << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62)
        return str(uuid.UUID(int=number))

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def code(self) -> str:
        return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))

    def secret(self) -> str:
        return secrets.token_hex(16)
