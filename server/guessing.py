"""How often somebody may be wrong about a one-time code before they are told to wait.

Counted in memory only, by address and in all; an address is forgotten with its window, and is kept nowhere.
"""

from collections import deque
from typing import Final

WINDOW_MS: Final = 10 * 60_000
MOST_BY_ADDRESS: Final = 10
MOST_IN_ALL: Final = 200


class Guesses:
    """Wrong tries of the last ten minutes. Times are milliseconds."""

    def __init__(self) -> None:
        self._wrong: deque[tuple[int, str]] = deque()
        self._by: dict[str, int] = {}

    def wait_ms(self, address: str, now: int) -> int:
        """For how long no code is taken from this address; 0 while there is a try left."""
        self._forget(now)
        if len(self._wrong) >= MOST_IN_ALL:
            return self._wrong[0][0] + WINDOW_MS - now
        if self._by.get(address, 0) < MOST_BY_ADDRESS:
            return 0
        return next(at for at, by in self._wrong if by == address) + WINDOW_MS - now

    def wrong(self, address: str, now: int) -> None:
        """Count one wrong try."""
        self._wrong.append((now, address))
        self._by[address] = self._by.get(address, 0) + 1

    def _forget(self, now: int) -> None:
        while self._wrong and self._wrong[0][0] <= now - WINDOW_MS:
            _, address = self._wrong.popleft()
            self._by[address] -= 1
            if not self._by[address]:
                del self._by[address]
