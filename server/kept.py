"""Answers that are true for as long as nothing has changed, each by what was asked and who may see what.

Whatever an answer is read from is written by a settlement (an office's change is one, too) or by the
beginning of an epoch. Both move the hub's `Stamp`, which is read for every request from the
database itself: another process may have written. When it has moved, everything kept is dropped,
so that nothing that was erased stays in memory either. Tablets are the exception: the hub's
notes about them are no changes, and what shows them is not kept; nor is the log of readings.
"""

import hashlib
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final, NamedTuple

import msgspec

from schema.policies import OPEN, SIGNED, WITHIN
from schema.remembered import EACH, size_of
from schema.values import Author

MOST: Final = 2_000
MOST_BYTES: Final = 32_000_000
LARGEST: Final = 1_000_000
SMALL: Final = 200
SMALL_TEXT: Final = 10_000
"""How many values, and letters in them, variables have whose answer is kept: who polls asks for no more."""

UNSTAMPED: Final = frozenset({"device", "reading"})
"""The collections of which not every change moves the stamp."""

NOBODYS_OWN: Final = frozenset(policy.name for policy in (OPEN, WITHIN, SIGNED))
"""What everybody with a token may read, of what they may see: a browser may keep it. Of all else it keeps nothing."""


class Stamp(NamedTuple):
    """How far the hub has come: its rev, and the number of its newest settlement. Neither ever falls."""

    rev: int
    settlement: int


class Key(NamedTuple):
    """What was asked, and who may see what: two tokens of the same reach have the same answers."""

    source: str
    name: str | None
    variables: bytes
    author: Author


class Answer(NamedTuple):
    """Data as JSON, and its entity tag where it may be asked for by it; storable: by whoever asked, too.

    cost: of the operation. Who is given what is kept already is not charged it.
    """

    body: bytes
    tag: str
    storable: bool
    cost: int


def key_of(source: str, name: str | None, variables: dict[str, object] | None, author: Author) -> Key:
    """Where an answer is kept."""
    return Key(source, name, msgspec.json.encode(variables, order="sorted"), author._replace(id=""))


def answer_of(body: bytes, policies: frozenset[str], cost: int) -> Answer:
    """An answer with its tag. A weak one: the same answer may go out compressed, or as either media type."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Answer(body, f'W/"{digest}"', policies <= NOBODYS_OWN, cost)


def is_small(variables: Mapping[str, Any] | None) -> bool:
    """Whether these variables are worth remembering, found by looking at no more than that many of them."""
    stack: list[Any] = [variables or {}]
    values = letters = 0
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            letters += len(one)
        elif isinstance(one, int):
            letters += one.bit_length() // 3
        elif isinstance(one, list | dict):
            values += len(one)
            letters += sum(len(key) for key in one) if isinstance(one, dict) and values <= SMALL else 0
            if values <= SMALL:
                stack.extend(one.values() if isinstance(one, dict) else one)
        if values > SMALL or letters > SMALL_TEXT:
            return False
    return True


def weight(key: Key, answer: Answer) -> int:
    """How many bytes an answer takes with all that it is kept by."""
    return EACH + size_of(key) + size_of(answer)


class Kept:
    """The answers of one stamp, for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp = Stamp(0, 0)
        self._answers: dict[Key, Answer] = {}
        self._bytes = 0

    def get(self, stamp: Stamp, key: Key | None) -> Answer | None:
        """What was answered to the same, if nothing has changed since."""
        with self._lock:
            self._come(stamp)
            return self._answers.get(key) if key is not None and stamp == self._stamp else None

    def put(self, stamp: Stamp, key: Key | None, answer: Answer) -> None:
        """Keep an answer that was read at this stamp; under no key it is not."""
        if key is None:
            return
        bytes = weight(key, answer)
        with self._lock:
            self._come(stamp)
            if stamp != self._stamp or bytes > LARGEST or key in self._answers:
                return
            if len(self._answers) >= MOST or self._bytes + bytes > MOST_BYTES:
                self._clear()
            self._answers[key] = answer
            self._bytes += bytes

    def _come(self, stamp: Stamp) -> None:
        if stamp > self._stamp:
            self._stamp = stamp
            self._clear()

    def _clear(self) -> None:
        self._answers.clear()
        self._bytes = 0
