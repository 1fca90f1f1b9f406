"""Answers that are true for as long as nothing has changed, each by what was asked and who may see what.

Whatever an answer is read from is written by a settlement (an office's change is one, too) or by the
beginning of an epoch. Both move the hub's `Stamp`, which is read for every request from the
database itself: another process may have written. When it has moved, everything kept is dropped,
so that nothing that was erased stays in memory either. Tablets are the exception: the hub's
notes about them are no changes, and what shows them is not kept; nor is the log of readings.
"""

import hashlib
from threading import Lock
from typing import Final, NamedTuple

import msgspec

from schema.policies import OPEN, SIGNED, WITHIN
from schema.values import Author

MOST: Final = 2_000
MOST_BYTES: Final = 32_000_000
LARGEST: Final = 1_000_000
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


class Kept:
    """The answers of one stamp, for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp = Stamp(0, 0)
        self._answers: dict[Key, Answer] = {}
        self._bytes = 0

    def get(self, stamp: Stamp, key: Key) -> Answer | None:
        """What was answered to the same, if nothing has changed since."""
        with self._lock:
            self._come(stamp)
            return self._answers.get(key) if stamp == self._stamp else None

    def put(self, stamp: Stamp, key: Key, answer: Answer) -> None:
        """Keep an answer that was read at this stamp."""
        with self._lock:
            self._come(stamp)
            if stamp != self._stamp or len(answer.body) > LARGEST or key in self._answers:
                return
            if len(self._answers) >= MOST or self._bytes + len(answer.body) > MOST_BYTES:
                self._clear()
            self._answers[key] = answer
            self._bytes += len(answer.body)

    def _come(self, stamp: Stamp) -> None:
        if stamp > self._stamp:
            self._stamp = stamp
            self._clear()

    def _clear(self) -> None:
        self._answers.clear()
        self._bytes = 0
