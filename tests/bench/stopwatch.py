"""Where the time of one piece of work goes: named functions are timed while it runs, each without what it calls."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

Name = str | Callable[..., str]


class Timed(NamedTuple):
    """A function, by where it is looked up, and the part it belongs to; a part may depend on the arguments."""

    part: Name
    where: Any
    name: str


class Stopwatch:
    """Seconds by part. What runs in no timed function is in none."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside: list[str] = []
        self._since = 0.0

    @contextmanager
    def on(self, functions: Sequence[Timed]) -> Iterator[None]:
        """Time these functions; one after the other, in whichever threads."""
        before = [(one.where, one.name, getattr(one.where, one.name)) for one in functions]
        for one in functions:
            setattr(one.where, one.name, self._timing(one.part, getattr(one.where, one.name)))
        try:
            yield
        finally:
            for where, name, function in before:
                setattr(where, name, function)

    def _timing(self, part: Name, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            self._book()
            self._inside.append(part if isinstance(part, str) else part(*arguments, **named))
            try:
                return function(*arguments, **named)
            finally:
                self._book()
                self._inside.pop()

        return timed

    def _book(self) -> None:
        """What went by since the last look belongs to the innermost function."""
        now = time.perf_counter()
        if self._inside:
            part = self._inside[-1]
            self.seconds[part] = self.seconds.get(part, 0.0) + now - self._since
        self._since = now
