"""What is remembered for the next who asks the same: so many things, and so many bytes, whichever is reached first.

Bytes are reckoned, never too few: whoever asks for something new each time fills no memory by it.
"""

from collections import OrderedDict
from collections.abc import Hashable
from sys import getsizeof
from threading import Lock
from typing import Any, Final, Generic, TypeVar

V = TypeVar("V")

EACH: Final = 500
"""What a thing takes besides its texts: its place, its key, what it is made of."""


class Remembered(Generic[V]):
    """Values by their keys, for all threads; what was not asked for longest is forgotten first."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.bytes = 0
        self._lock = Lock()
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> V | None:
        """What is remembered under this key."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: V, size: int) -> None:
        """Remember this of so many bytes, and forget as much as it takes; what is larger than all is not kept."""
        with self._lock:
            self._drop(key)
            if size > self.most_bytes:
                return
            self._values[key] = value, size
            self.bytes += size
            while len(self._values) > self.most or self.bytes > self.most_bytes:
                self._drop(next(iter(self._values)))

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self.bytes = 0

    def _drop(self, key: Hashable) -> None:
        _, size = self._values.pop(key, (None, 0))
        self.bytes -= size


def size_of(value: Any) -> int:
    """How many bytes plain values take: texts, and what holds them."""
    inside = [*value, *value.values()] if isinstance(value, dict) else value
    held = sum(size_of(one) for one in inside) if isinstance(inside, list | tuple | frozenset) else 0
    return getsizeof(value) + held
