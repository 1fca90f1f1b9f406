"""Budgets: for each key a bucket that is drawn from by what its operations cost, and fills again by itself.

They are in this process's memory: they keep one caller from taking all of a small server, and are no account.
"""

from collections import OrderedDict
from math import ceil
from threading import Lock
from typing import Final

from schema.budget import Bill, Budget, Spent
from schema.values import Author
from server.settings import Settings
from server.system import Clock

KEYS: Final = 20_000
"""How many keys are remembered. Whoever was not heard of for longest has, long since, all of theirs again."""


class Budgets:
    """The budgets of all keys, for all threads."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._most = settings.budget
        self._per_second = settings.budget_per_second
        self._clock = clock
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, author: Author | None, requested: int, charged: int) -> Bill:
        """Take so much from whoever asks; raises Spent where there is not so much left."""
        if author is None or not self._most:
            return Bill(requested, charged)
        with self._lock:
            now = self._clock.now()
            left = self._there(author.id, now)
            if charged > left:
                raise Spent(self._bill(requested, 0, left, now), self._seconds(charged - left))
            left -= charged
            self._keep(author.id, left, now)
            return self._bill(requested, charged, left, now)

    def draw(self, author: Author | None, charged: int) -> None:
        """Take so much, or all there is, for what cannot be held back: what a subscription says."""
        if author is None or not self._most:
            return
        with self._lock:
            now = self._clock.now()
            self._keep(author.id, max(0, self._there(author.id, now) - charged), now)

    def _there(self, key: str, now: int) -> float:
        """What is in a key's bucket now. A clock that was put back fills nothing."""
        left, at = self._left.get(key, (float(self._most), now))
        return min(float(self._most), left + max(0, now - at) * self._per_second / 1000)

    def _keep(self, key: str, left: float, now: int) -> None:
        self._left[key] = (left, now)
        self._left.move_to_end(key)
        if len(self._left) > KEYS:
            self._left.popitem(last=False)

    def _bill(self, requested: int, charged: int, left: float, now: int) -> Bill:
        full_at = now + ceil((self._most - left) * 1000 / self._per_second)
        return Bill(requested, charged, Budget(self._most, int(left), self._per_second, full_at))

    def _seconds(self, lacking: float) -> int:
        return max(1, ceil(lacking / self._per_second))
