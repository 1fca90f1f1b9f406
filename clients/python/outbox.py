"""The outbox: what was recorded here, kept as it will be sent until the hub has answered for it.

Each change has a seq without gaps under the present device. Its body is let go only when it has
its verdict and the hub's durableThrough has passed it, and always from the front, so that what
is kept is one unbroken stretch that can be sent again.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from clients.python.failures import NotRecorded
from clients.python.store import Store
from sync.changes import MAX_CHANGE_BYTES, Unreadable, canonical, decode, is_plain
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.wire import Receipt

ENVELOPE_BYTES: Final = 100_000
"""Room in an upload for everything beside its changes: the clock journal, the operation, the braces."""
RUNS_OF: Final = ("start", "end")

_ALL: Final = "SELECT id, seq, kind, entity, at, body, quarantine, verdict FROM told ORDER BY position"
_WAITING: Final = """
    SELECT id, seq, kind, entity, at, body, quarantine, verdict
    FROM told WHERE body IS NOT NULL AND NOT settled ORDER BY seq
"""
_RELEASE: Final = """
    UPDATE change SET word = (SELECT verdict FROM told WHERE told.id = change.id), body = NULL
    WHERE body IS NOT NULL AND seq <= ? AND seq < coalesce(
        (SELECT min(seq) FROM told WHERE body IS NOT NULL AND NOT settled), 9007199254740991
    )
"""


class Recorded(NamedTuple):
    """A change that is durably kept: its id, its seq, and the thing it is about."""

    id: str
    seq: int
    entity: str


class Kept(NamedTuple):
    """One line of the outbox; `body` is None once it needs no sending any more, `verdict` until the hub spoke."""

    id: str
    seq: int | None
    kind: str
    entity: str
    at: str
    body: str | None
    quarantine: str | None
    verdict: str | None


class Batch(NamedTuple):
    """What one push carries: the seq of the first change, and the changes."""

    first: int
    oldest: int
    changes: list[dict[str, Any]]

    @property
    def runs(self) -> set[int]:
        """The runs that these changes name, those of a service's start and end included."""
        return {run for change in self.changes for run in _runs(change)}


def check(raw: dict[str, Any]) -> str:
    """The text of a change that the hub will be able to read; raises `NotRecorded`."""
    if not is_plain(raw):
        raise NotRecorded("UNREADABLE", "$")
    try:
        change = decode(raw)
    except Unreadable as error:
        raise NotRecorded(error.code, error.path) from None
    if Office.LIAISON not in KINDS[change.kind].offices:
        raise NotRecorded("FORBIDDEN", "$.kind")
    if len(canonical(raw)) > MAX_CHANGE_BYTES:
        raise NotRecorded("TOO_LARGE", "$")
    return msgspec.json.encode(raw).decode()


class Outbox:
    """The table `change` and the small things that receipts say."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, connection: sqlite3.Connection, raw: dict[str, Any], text: str) -> Recorded:
        """Append one change, inside a step."""
        seq = self.next_seq()
        connection.execute(
            "INSERT INTO change (id, seq, kind, entity, at, body) VALUES (?, ?, ?, ?, ?, ?)",
            (raw["id"], seq, raw["kind"], raw["entity"], raw["at"], text),
        )
        return Recorded(raw["id"], seq, raw["entity"])

    def next_seq(self) -> int:
        """The seq of the change that will be recorded next."""
        return int(self._store.one("SELECT coalesce(max(seq), 0) + 1 FROM change"))

    def oldest(self) -> int:
        """The seq of the oldest change that can still be sent."""
        oldest = self._store.one("SELECT min(seq) FROM change WHERE body IS NOT NULL")
        return self.next_seq() if oldest is None else int(oldest)

    def received(self) -> int:
        """The hub has everything up to this seq, as far as it said."""
        return int(self._store.get("received", 0))

    def batch(self, changes: int, size: int) -> Batch:
        """The next changes that the hub has not, within these limits; at least one when there is one."""
        oldest = self.oldest()
        first = max(self.received() + 1, oldest)
        rows = self._store.rows(
            "SELECT body FROM change WHERE seq >= ? AND body IS NOT NULL ORDER BY seq LIMIT ?", first, changes
        )
        taken: list[dict[str, Any]] = []
        room = size - ENVELOPE_BYTES
        for (body,) in rows:
            room -= len(body.encode()) + 1
            if taken and room < 0:
                break
            taken.append(msgspec.json.decode(body))
        return Batch(first, oldest, taken)

    def rewind(self, through: int) -> None:
        """The hub has less, or more, than we thought: everything up to `through` and no more."""
        with self._store.step("rewind"):
            self._store.put(received=through)

    def answered(
        self, receipt: Receipt, marks: Sequence[tuple[int, str]], batch: Batch | None = None
    ) -> None:
        """Take a receipt for a batch; `marks` are the seqs in quarantine, each with what is to be told about it.

        What the hub has beyond this batch is believed when it was shown: it may be another copy's.
        """
        with self._store.step("receipt") as connection:
            all_shown = batch is not None and batch.first <= self.oldest()
            believed = self.next_seq() - 1 if all_shown else self.believed(receipt.epoch)
            shown = believed if batch is None else batch.first + len(batch.changes) - 1
            self._store.put(
                received=min(receipt.received_through, shown, believed),
                settled=receipt.settled_through,
                durable=receipt.durable_through,
                settlesAt=receipt.settles_at,
                epoch=receipt.epoch,
            )
            connection.executemany(
                "UPDATE change SET quarantine = ? WHERE seq = ?", [(mark, seq) for seq, mark in marks]
            )
            self.release(connection)

    def believed(self, epoch: int) -> int:
        """Up to where the hub is believed to have what is here.

        In a new epoch only what is not kept any more: the hub may have been restored, and another copy of this
        tablet may have sent what was lost, or something else under the same seqs. What is shown again tells.
        """
        same = epoch == self._store.get("epoch", epoch)
        return (self.next_seq() if same else self.oldest()) - 1

    def release(self, connection: sqlite3.Connection) -> None:
        """Let go, from the front, of what has its verdict and is durable. Inside a step."""
        connection.execute(_RELEASE, (self._store.get("durable", 0),))

    def renumber(self, connection: sqlite3.Connection) -> None:
        """Begin again under a new device: what is still kept gets new seqs, in the old order. Inside a step."""
        kept = connection.execute(
            "SELECT position, seq FROM change WHERE body IS NOT NULL ORDER BY seq"
        ).fetchall()
        heard = self._store.get("heard")
        if heard is not None:
            heard = 1 + sum(seq < heard for _, seq in kept)
        connection.execute("UPDATE change SET seq = NULL")
        connection.executemany(
            "UPDATE change SET seq = ?, quarantine = NULL WHERE position = ?",
            [(number, position) for number, (position, _) in enumerate(kept, 1)],
        )
        self._store.put(received=None, settled=None, durable=None, settlesAt=None, heard=heard)

    def waiting(self) -> list[Kept]:
        """What has no verdict yet (or waits for a thing to come), in the order it was recorded."""
        return [Kept(*row) for row in self._store.rows(_WAITING)]

    def all(self) -> list[Kept]:
        """Everything that was ever recorded here, in order; a body only where it is still needed."""
        return [Kept(*row) for row in self._store.rows(_ALL)]


def _runs(change: dict[str, Any]) -> list[int]:
    data = change["data"]
    moments = [data[name] for name in RUNS_OF if isinstance(data.get(name), dict)]
    return [change["run"], *(moment["run"] for moment in moments)]
