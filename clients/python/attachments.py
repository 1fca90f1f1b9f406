"""Photos and spoken notes: kept before they are sent, sent after the changes, one by one, each on from where it was.

One that the hub does not take, or that does not get through, blocks nothing: the others go, and it
goes last the next time. Whoever hands a photo over has taken out of it where,
when and with what it was taken: the hub refuses it otherwise.
"""

import base64
import hashlib
from contextlib import suppress
from typing import Any, Final, NamedTuple, Protocol

from clients.python.failures import Unanswered, Unreachable
from clients.python.pace import Pace
from clients.python.store import Store

PIECE_BYTES: Final = 256_000
SMALLEST_PIECE_BYTES: Final = 16_000
STALLS: Final = 3
"""So often a file may not get on, or begin again, in one meeting."""
STICK_BYTES: Final = 40_000_000
"""So much of them goes with one stick's file."""

FINAL: Final = frozenset(
    {
        *("NOT_FOUND", "ATTACHMENT_KIND", "ATTACHMENT_METADATA", "ATTACHMENT_DIFFERS", "ATTACHMENT_ERASED"),
        *("TOO_MANY_ATTACHMENTS", "TOO_LARGE", "BAD_RANGE"),
    }
)
"""Codes that no sending again will alter."""
ERASED: Final = "ATTACHMENT_ERASED"
"""The hub had it, and has let go of it for good."""
AGAIN_MS: Final = 30 * 60_000
"""A ticket that is as it was is asked about no more often than this."""

_OVER: Final = """
DELETE FROM attachment WHERE state IN ('SENT', 'REFUSED') AND coalesce(
    (SELECT json_extract(body, '$.state') IN ('CLOSED', 'CANCELLED') FROM document
     WHERE collection = 'ticket' AND id = attachment.ticket),
    NOT EXISTS (SELECT 1 FROM change WHERE entity = attachment.ticket AND body IS NOT NULL)
)
"""
"""What was told of and is of a ticket that is over, or is none of this tablet's any more."""

_KEPT: Final = "SELECT ticket, sha256, type, data, state, code, failed FROM attachment"
_WAITING: Final = _KEPT + " WHERE state = 'WAITS' ORDER BY tries, rowid"
"""What did not get through comes after what did not try as often."""

_SENT: Final = """
SELECT DISTINCT ticket, coalesce((SELECT rev FROM document WHERE collection = 'ticket' AND id = ticket), 0)
FROM attachment WHERE state = 'SENT' ORDER BY ticket
"""


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
    """The way of files to the hub; raises `Unreachable` where it is gone, `Unanswered` where it is not."""

    def put(self, piece: Piece, token: str | None) -> Told: ...

    def list(self, ticket: str, token: str | None) -> frozenset[str] | None: ...


class Attached(NamedTuple):
    """A file as it is kept here; `state` is WAITS, SENT, or REFUSED with the hub's `code`.

    `failed` says what came of the last try of one that waits: `ANSWER` (of no use) or `NETWORK` (gone).
    """

    ticket: str
    sha256: str
    type: str
    data: bytes
    state: str
    code: str | None
    failed: str | None


class Attachments:
    """The table `attachment`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pieces = Pace(PIECE_BYTES, SMALLEST_PIECE_BYTES)

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
        rows = self._store.rows(_KEPT + " WHERE ticket = ? ORDER BY rowid", ticket)
        return [Attached(*row) for row in rows]

    def waiting(self) -> int:
        return int(self._store.one("SELECT count(*) FROM attachment WHERE state = 'WAITS'"))

    def failing(self) -> dict[str, int]:
        """How many of them were tried and did not get through, by why."""
        return dict(
            self._store.rows(
                "SELECT failed, count(*) FROM attachment WHERE state = 'WAITS' AND failed IS NOT NULL GROUP BY 1"
            )
        )

    def send(self, way: Way, token: str | None, epoch: int) -> None:
        """Send what waits, and again what a new epoch may have lost; raises `Unreachable` where the way is gone.

        Before that lets go of what is over, or has left.
        """
        with self._store.step("attached") as connection:
            connection.execute(_OVER)
            connection.execute(
                "UPDATE attachment SET state = 'WAITS' WHERE state = 'SENT' AND epoch < ?", (epoch,)
            )
        for row in self._store.rows(_WAITING):
            kept = Attached(*row)
            try:
                code = self._carry(kept, way, token)
            except Unanswered:
                self._again(kept, "ANSWER")
            except Unreachable:
                self._again(kept, "NETWORK")
                raise
            else:
                self.told(kept.ticket, kept.sha256, code, epoch)

    def _carry(self, kept: Attached, way: Way, token: str | None) -> str | None:
        """One file, from where the hub has it on; the code where it is not taken."""
        told, stalls = way.put(_asking(kept), token), 0
        while told.code is not None or told.received < len(kept.data):
            if told.code in FINAL:
                return told.code
            if stalls > STALLS:
                raise Unanswered("a file that does not get on")
            if told.code is not None and not told.code.startswith("ATTACHMENT_"):
                raise Unanswered(told.code)
            start = told.received
            piece = _asking(kept)._replace(start=start, data=kept.data[start : start + self._pieces.size])
            told = self._put(piece, way, token)
            stalls += told.code is not None or told.received <= start
        return None

    def _put(self, piece: Piece, way: Way, token: str | None) -> Told:
        try:
            told = way.put(piece, token)
        except Unreachable:
            self._pieces.broke()
            raise
        self._pieces.passed()
        return told

    def _again(self, kept: Attached, failed: str) -> None:
        with self._store.step("attached") as connection:
            connection.execute(
                "UPDATE attachment SET tries = tries + 1, failed = ? WHERE ticket = ? AND sha256 = ?",
                (failed, kept.ticket, kept.sha256),
            )

    def compare(self, way: Way, token: str | None, now_ms: int) -> None:
        """Ask what the hub still has of what was sent; raises `Unreachable` where the way is gone.

        What it took and does not list is asked about, because a list alone proves nothing: erased there, it goes
        here, too; lost there, it is sent again.
        """
        asked: dict[str, list[int]] = self._store.get("listed", {})
        known: dict[str, list[int]] = {}
        for ticket, rev in self._store.rows(_SENT):
            last_ms, last_rev = asked.get(ticket, (0, -1))
            if last_rev == rev and now_ms - last_ms < AGAIN_MS:
                known[ticket] = [last_ms, last_rev]
                continue
            with suppress(Unanswered):
                self._compare(ticket, way, token)
            known[ticket] = [now_ms, rev]
        if known != asked:
            with self._store.step("asked"):
                self._store.put(listed=known or None)

    def _compare(self, ticket: str, way: Way, token: str | None) -> None:
        listed = way.list(ticket, token)
        if listed is None:  # who may not see a ticket is not told what is there
            return
        for kept in self.of(ticket):
            if kept.state != "SENT" or kept.sha256 in listed:
                continue
            told = way.put(_asking(kept), token)
            if told.code == ERASED:
                self.told(kept.ticket, kept.sha256, ERASED, 0)
            elif told.code is None and told.received < len(kept.data):
                with self._store.step("attached") as connection:
                    connection.execute(
                        "UPDATE attachment SET state = 'WAITS' WHERE ticket = ? AND sha256 = ?",
                        (kept.ticket, kept.sha256),
                    )

    def told(self, ticket: str, digest: str, code: str | None, epoch: int) -> None:
        """What the hub said of one. What it took and has erased since is kept here no longer than there."""
        with self._store.step("attached") as connection:
            if code == ERASED:
                connection.execute(
                    "DELETE FROM attachment WHERE ticket = ? AND sha256 = ? AND epoch > 0", (ticket, digest)
                )
            connection.execute(
                "UPDATE attachment SET state = ?, code = ?, epoch = ?, tries = 0, failed = NULL"
                " WHERE ticket = ? AND sha256 = ?",
                ("SENT" if code is None else "REFUSED", code, epoch, ticket, digest),
            )

    def lines(self) -> list[dict[str, Any]]:
        """What waits, as lines of a stick's file, as long as there is room."""
        found: list[dict[str, Any]] = []
        room = STICK_BYTES
        for row in self._store.rows(_WAITING):
            kept = Attached(*row)
            room -= len(kept.data) * 4 // 3
            if room > 0:
                data = base64.b64encode(kept.data).decode()
                found.append({"ticket": kept.ticket, "sha256": kept.sha256, "type": kept.type, "data": data})
        return found


def _asking(kept: Attached) -> Piece:
    """How far has it come?"""
    return Piece(kept.ticket, kept.sha256, kept.type, len(kept.data), 0, b"")
