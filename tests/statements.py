"""All engines of a process know the statements that any of them has made ready.

A hub keeps its engines for weeks and makes each statement ready once. In the tests a hub is opened again
for every test, kill, restore and run, and would spend a fifth of its time on making the same ones ready again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

MANY: Final = 5_000
_READY: Final[LRUCache[Any, Any]] = LRUCache(MANY)


def _speaks(dialect: DefaultDialect) -> tuple[object, ...]:
    """All that decides how a statement is made ready for a database."""
    deserializer = getattr(dialect, "_json_deserializer", None)
    return (type(dialect), dialect.paramstyle, dialect._json_serializer, deserializer)


def _same(self: DefaultDialect, other: object) -> bool:
    return isinstance(other, DefaultDialect) and _speaks(self) == _speaks(other)


def _hash(self: DefaultDialect) -> int:
    return hash(_speaks(self))


@contextmanager
def sharing_statements() -> Iterator[None]:
    """Within it, all engines share."""
    ready = property(lambda _: _READY, lambda _, made: None)
    with (
        patch.object(Engine, "_compiled_cache", ready, create=True),
        patch.object(DefaultDialect, "__eq__", _same),
        patch.object(DefaultDialect, "__hash__", _hash),
    ):
        yield
