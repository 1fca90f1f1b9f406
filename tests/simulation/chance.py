"""Where everything unforeseen comes from: one stream of chance per purpose, all from the run's seed.

Streams are apart, so that leaving out a fault or a tablet does not shuffle everything else: that
is what lets a failure be made smaller.
"""

from random import Random
from uuid import UUID

from tests.simulation.clocks import Time

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def stream(seed: int, name: str) -> Random:
    """The stream of this name: the same for the same seed, on every machine."""
    return Random(f"{seed}/{name}")


def some(chance: Random, mean: float) -> int:
    """A small number of things that happens `mean` times on average, never below zero."""
    return max(0, round(chance.gauss(mean, mean / 2)))


class Ids:
    """Ids and secrets of one device or of the hub, as clients/python/system.py and server/system.py make them."""

    def __init__(self, chance: Random, time: Time) -> None:
        self._chance = chance
        self._time = time

    def uuid7(self) -> str:
        number = self._time.now << 80 | self._chance.getrandbits(80)
        number = number & ~(0xF << 76) | 7 << 76
        return str(UUID(int=number & ~(0x3 << 62) | 2 << 62))

    def salt(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    def secret(self) -> str:
        return self.salt()

    def token(self) -> str:
        return f"{self._chance.getrandbits(256):064x}"

    def code(self) -> str:
        return "".join(self._chance.choices(CODE_LETTERS, k=8))
