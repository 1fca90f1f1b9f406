"""What happened, line by line: summed into a digest that two equal runs share, the last lines kept to be read."""

import hashlib
from collections import deque
from collections.abc import Callable
from typing import Final

from sync.shapes import format_time
from tests.simulation.clocks import Time

KEPT: Final = 400


class Trace:
    """Every step of a run. `watch` is given each line as it is written."""

    def __init__(self, time: Time, watch: Callable[[str], None] | None = None) -> None:
        self._time = time
        self._sum = hashlib.sha256()
        self._watch = watch
        self.lines: deque[str] = deque(maxlen=KEPT)
        self.steps = 0

    def say(self, who: str, what: str) -> None:
        line = f"{format_time(self._time.now)} {who} {what}"
        self._sum.update(line.encode() + b"\n")
        self.lines.append(line)
        self.steps += 1
        if self._watch is not None:
            self._watch(line)

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()
