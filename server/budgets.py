"""Budgets: buckets that are drawn from by what operations cost, and fill again by themselves.

Each key has one; whoever has no good token has a small one with all others at their address. They are in this
process's memory: they keep one caller from taking all of a small server, and are no account.
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import Final

from schema.budget import Bill, Budget, Spent
from schema.values import Author
from server.settings import Settings
from server.system import Clock

KEYS: Final = 20_000
"""How many buckets are remembered. Whoever was not heard of for longest has, long since, all of theirs again."""

STRANGERS_S: Final = 100
"""In so many seconds an address has all of its budget again."""

READ_BYTES: Final = 50
"""So many bytes of a request without a token are read for one of its address's budget."""

ALWAYS_READ: Final = 2_000
"""What is no longer is read whatever is left, so that tablets enrol where somebody else has spent it."""

NETWORK_BITS: Final = 64


class Budgets:
    """The budgets of all keys and addresses, for all threads."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        most = settings.budget_without_token
        self._keys = Buckets(settings.budget, settings.budget_per_second, clock)
        self._addresses = Buckets(most, max(1, most // STRANGERS_S), clock)

    def spend(self, author: Author | None, requested: int, charged: int, address: str | None = None) -> Bill:
        """Take so much from whoever asks; raises Spent where there is not so much left."""
        if author is not None:
            return self._keys.spend(author.id, requested, charged)
        if address is None:
            return Bill(requested, charged)
        return self._addresses.spend(network(address), requested, charged)

    def draw(self, author: Author | None, charged: int, address: str | None = None) -> None:
        """Take so much, or all there is, for what cannot be held back: what a subscription says."""
        if author is not None:
            self._keys.draw(author.id, charged)
        elif address is not None:
            self._addresses.draw(network(address), charged)

    def read(self, address: str, size: int) -> None:
        """Take what it costs to read a request of so many bytes that has no token; raises Spent."""
        if size > ALWAYS_READ:
            self.spend(None, size // READ_BYTES, size // READ_BYTES, address)
        else:
            self.draw(None, size // READ_BYTES, address)


def network(address: str) -> str:
    """Whose address it is: of IPv6 one caller has a network of addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(int(found) >> NETWORK_BITS) if isinstance(found, IPv6Address) else address


class Buckets:
    """Buckets of one size, none where that is 0."""

    def __init__(self, most: int, per_second: int, clock: Clock) -> None:
        self._most = most
        self._per_second = per_second
        self._clock = clock
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, key: str, requested: int, charged: int) -> Bill:
        """Take so much from a key's; raises Spent where there is not so much left."""
        if not self._most:
            return Bill(requested, charged)
        with self._lock:
            now = self._clock.now()
            left = self._there(key, now)
            if charged > left:
                raise Spent(self._bill(requested, 0, left, now), self._seconds(charged - left))
            left -= charged
            self._keep(key, left, now)
            return self._bill(requested, charged, left, now)

    def draw(self, key: str, charged: int) -> None:
        """Take so much, or all there is."""
        if not self._most:
            return
        with self._lock:
            now = self._clock.now()
            self._keep(key, max(0, self._there(key, now) - charged), now)

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
