"""Photos and spoken notes: kept before they are sent, sent after the changes, one by one, each on from where it was.

One that the hub does not take blocks nothing. Whoever hands a photo over has taken out of it where,
when and with what it was taken: the hub refuses it otherwise.
"""

import base64
import hashlib
from typing import Any, Final, NamedTuple, Protocol

from clients.python.failures import Unreachable
from clients.python.store import Store

PIECE_BYTES: Final = 256_000
STICK_BYTES: Final = 40_000_000
"""So much of them goes with one stick's file."""

FINAL: Final = frozenset(
    {
        *("NOT_FOUND", "ATTACHMENT_KIND", "ATTACHMENT_METADATA", "ATTACHMENT_DIFFERS", "ATTACHMENT_ERASED"),
        *("TOO_MANY_ATTACHMENTS", "TOO_LARGE", "BAD_RANGE"),
    }
)
"""Codes that no sending again will alter."""

_OVER: Final = """
DELETE FROM attachment WHERE state IN ('SENT', 'REFUSED') AND coalesce(
    (SELECT json_extract(body, '$.state') IN ('CLOSED', 'CANCELLED') FROM document
     WHERE collection = 'ticket' AND id = attachment.ticket),
    NOT EXISTS (SELECT 1 FROM change WHERE entity = attachment.ticket AND body IS NOT NULL)
)
"""
"""What was told of and is of a ticket that is over, or is none of this tablet's any more."""

_WAITING: Final = "SELECT ticket, sha256, type, data, state, code FROM attachment WHERE state = 'WAITS'"


class Piece(NamedTuple):
    """One PUT: bytes of a file from `start` on; none asks how far it came."""

    ticket: str
    sha256: str
    type: str
    total: int
    start: int
    data: bytes


class Told(NamedTuple):
    """What the hub said: how much it has, or the code of why a file is not taken."""

    received: int
    code: str | None = None


class Way(Protocol):
    """The way of files to the hub; raises `Unreachable`."""

    def put(self, piece: Piece, token: str | None) -> Told: ...


class Attached(NamedTuple):
    """A file as it is kept here; `state` is WAITS, SENT, or REFUSED with the hub's `code`."""

    ticket: str
    sha256: str
    type: str
    data: bytes
    state: str
    code: str | None


class Attachments:
    """The table `attachment`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, ticket: str, type_: str, data: bytes) -> str:
        """Keep a file, durably; the same one twice is one. Its SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        with self._store.step("attach") as connection:
            connection.execute(
                "INSERT OR IGNORE INTO attachment (ticket, sha256, type, data, state, epoch)"
                " VALUES (?, ?, ?, ?, 'WAITS', 0)",
                (ticket, digest, type_, data),
            )
        return digest

    def of(self, ticket: str) -> list[Attached]:
        rows = self._store.rows(
            "SELECT ticket, sha256, type, data, state, code FROM attachment WHERE ticket = ? ORDER BY rowid",
            ticket,
        )
        return [Attached(*row) for row in rows]

    def waiting(self) -> int:
        return int(self._store.one("SELECT count(*) FROM attachment WHERE state = 'WAITS'"))

    def send(self, way: Way, token: str | None, epoch: int) -> None:
        """Send what waits, and again what a new epoch may have lost; raises `Unreachable` where the way breaks.

        Before that lets go of what is over, or has left.
        """
        with self._store.step("attached") as connection:
            connection.execute(_OVER)
            connection.execute(
                "UPDATE attachment SET state = 'WAITS' WHERE state = 'SENT' AND epoch < ?", (epoch,)
            )
        for row in self._store.rows(_WAITING + " ORDER BY rowid"):
            kept = Attached(*row)
            self.told(kept.ticket, kept.sha256, _carry(kept, way, token), epoch)

    def told(self, ticket: str, digest: str, code: str | None, epoch: int) -> None:
        """What the hub said of one."""
        with self._store.step("attached") as connection:
            connection.execute(
                "UPDATE attachment SET state = ?, code = ?, epoch = ? WHERE ticket = ? AND sha256 = ?",
                ("SENT" if code is None else "REFUSED", code, epoch, ticket, digest),
            )

    def lines(self) -> list[dict[str, Any]]:
        """What waits, as lines of a stick's file, as long as there is room."""
        found: list[dict[str, Any]] = []
        room = STICK_BYTES
        for row in self._store.rows(_WAITING + " ORDER BY rowid"):
            kept = Attached(*row)
            room -= len(kept.data) * 4 // 3
            if room > 0:
                data = base64.b64encode(kept.data).decode()
                found.append({"ticket": kept.ticket, "sha256": kept.sha256, "type": kept.type, "data": data})
        return found


def _carry(kept: Attached, way: Way, token: str | None) -> str | None:
    """One file, from where the hub has it on; the code where it is not taken."""

    def put(start: int, data: bytes) -> Told:
        return way.put(Piece(kept.ticket, kept.sha256, kept.type, len(kept.data), start, data), token)

    told = put(0, b"")
    for _ in range(2 * (len(kept.data) // PIECE_BYTES) + 4):
        if told.code in FINAL:
            return told.code
        if told.code is not None and not told.code.startswith("ATTACHMENT_"):
            raise Unreachable(told.code)
        if told.code is None and told.received >= len(kept.data):
            return None
        told = put(told.received, kept.data[told.received : told.received + PIECE_BYTES])
    raise Unreachable("a file that does not get on")
