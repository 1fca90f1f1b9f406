"""Photos and spoken notes: taken part by part, proved by their hash, let go with the ticket they belong to.

They lie in the hub's own tables, so that a backup has them, a restore brings them, and what is erased
here goes from the backups, too. Who may see the ticket may see them, readers and units excepted.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, inspect, select, tuple_, update

from schema.errors import Fault
from schema.tables.attachment import ATTACHMENT, PART
from schema.tables.change import CHANGE
from schema.tables.columns import Row
from schema.tables.community import COMMUNITY
from schema.tables.tablet import TABLET
from schema.tables.ticket import TICKET
from schema.values import Author, Role
from server import identity
from server.visible import visible
from server.write import add, chunks
from sync.retention import kept_ms

MAX_BYTES: Final = 4_000_000
MAX_PART_BYTES: Final = 1_000_000
MAX_OF_TICKET: Final = 24
UNFINISHED_MS: Final = 30 * 86_400_000
"""How long a part is kept of what never came whole, and a file whose ticket never came."""

GIVERS: Final = frozenset({Role.LIAISON, Role.DISPATCHER, Role.ADMIN})
SEERS: Final = GIVERS | {Role.MEMBER}

PLACING: Final = ("ticket.open", "ticket.edit")
"""The changes that say in which grid a ticket lies."""

BEGINNINGS: Final[dict[str, tuple[int, bytes]]] = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/webp": (8, b"WEBP"),
    "audio/webm": (0, b"\x1a\x45\xdf\xa3"),
    "audio/ogg": (0, b"OggS"),
    "audio/mp4": (4, b"ftyp"),
}
"""The kinds that are taken, and what stands where in every file of the kind."""

EXTENDED_WEBP: Final = b"VP8X"
WEBP_METADATA: Final = 0x0C
"""The flags of an extended WebP file that say that it has EXIF or XMP."""

Key = tuple[str, str]
"""A ticket and a SHA-256: one file. The same photo of two tickets is two files, erased apart."""


class Piece(NamedTuple):
    """What one PUT brings: bytes of a file from `start` on; none asks how far the file came."""

    type: str
    total: int
    start: int
    data: bytes


class Taken(NamedTuple):
    """How much of a file is here now, of how much; `new` where it has become whole just now."""

    received: int
    total: int
    new: bool = False

    @property
    def whole(self) -> bool:
        return self.received == self.total


class Listed(NamedTuple):
    """A whole file of a ticket, as whoever may see it is told of it."""

    sha256: str
    type: str
    bytes: int
    at: int


def take(connection: Connection, author: Author, key: Key, piece: Piece, now: int) -> Taken | Fault:
    """Take a piece that goes on from what is here; raises Fault for one that does not fit, and keeps nothing of it.

    Gives a Fault where the file is whole and not what it was said to be: then all of it is let go.
    """
    community = _community(connection, author, key[0])
    if community is None:
        raise Fault("NOT_FOUND")
    row = _row(connection, key)
    if row is None:
        row = _begin(connection, author, key, piece, community, now)
    if row["erased"]:
        raise Fault("ATTACHMENT_ERASED")
    if (row["type"], row["bytes"]) != (piece.type, piece.total):
        raise Fault("ATTACHMENT_DIFFERS")
    here = row["bytes"] if row["whole"] is not None else _received(connection, key)
    if here == row["bytes"] or not piece.data:
        return Taken(here, row["bytes"])
    if piece.start != here:
        raise Fault("ATTACHMENT_GAP", received=here)
    if here + len(piece.data) > row["bytes"]:
        raise Fault("BAD_RANGE")
    part = {"ticket": key[0], "sha256": key[1], "start": here, "community": community, "data": piece.data}
    add(connection, PART, [part])
    received = here + len(piece.data)
    if received < row["bytes"]:
        return Taken(received, row["bytes"])
    wrong = _wrong(key, piece.type, _bytes(connection, key))
    if wrong is not None:
        for table in (PART, ATTACHMENT):
            connection.execute(delete(table).where(*_is(table, key)))
        return Fault(wrong)
    connection.execute(update(ATTACHMENT).where(*_is(ATTACHMENT, key)).values(whole=now))
    return Taken(received, row["bytes"], new=True)


def take_whole(connection: Connection, author: Author, key: Key, piece: Piece, now: int) -> Taken | Fault:
    """Take a file that came in one, whatever the hub has of it; gives a Fault where it is not taken."""
    if piece.type not in BEGINNINGS:
        return Fault("ATTACHMENT_KIND")
    if not 0 < piece.total <= MAX_BYTES:
        return Fault("TOO_LARGE")
    try:
        here = take(connection, author, key, piece._replace(data=b""), now)
        if isinstance(here, Fault) or here.whole:
            return here
        rest = piece._replace(start=here.received, data=piece.data[here.received :])
        return take(connection, author, key, rest, now)
    except Fault as fault:
        return fault


def _row(connection: Connection, key: Key) -> Row | None:
    return connection.execute(select(ATTACHMENT).where(*_is(ATTACHMENT, key))).mappings().first()


def _begin(connection: Connection, author: Author, key: Key, piece: Piece, community: str, now: int) -> Row:
    of_ticket = (
        select(func.count())
        .select_from(ATTACHMENT)
        .where(ATTACHMENT.c.ticket == key[0], ~ATTACHMENT.c.erased)
    )
    if connection.execute(of_ticket).scalar_one() >= MAX_OF_TICKET:
        raise Fault("TOO_MANY_ATTACHMENTS")
    row = {
        **{"ticket": key[0], "sha256": key[1], "community": community},
        **{"token": author.id, "device": author.device, "type": piece.type, "bytes": piece.total},
        **{"at": now, "whole": None, "erased": False},
    }
    add(connection, ATTACHMENT, [row])
    return row


def _wrong(key: Key, kind: str, data: bytes) -> str | None:
    """Why a file that has all its bytes is not what it was said to be, as a code."""
    if hashlib.sha256(data).hexdigest() != key[1]:
        return "ATTACHMENT_DIGEST"
    place, beginning = BEGINNINGS[kind]
    if data[place : place + len(beginning)] != beginning:
        return "ATTACHMENT_KIND"
    return "ATTACHMENT_METADATA" if has_metadata(kind, data) else None


def has_metadata(kind: str, data: bytes) -> bool:
    """Whether a photo says where, when or with what it was taken: that is taken out on the tablet."""
    if kind == "image/jpeg":
        return b"Exif\0\0" in data or b"http://ns.adobe.com/xap/" in data
    if kind == "image/webp":
        return data[12:16] == EXTENDED_WEBP and bool(data[20] & WEBP_METADATA)
    return False


def content(connection: Connection, author: Author, key: Key) -> tuple[str, bytes] | None:
    """The kind and the bytes of a whole file; None where there is none that the author may see."""
    row = _row(connection, key)
    if row is None or row["whole"] is None or row["erased"] or not _may_see(connection, author, key[0]):
        return None
    return row["type"], _bytes(connection, key)


def of_ticket(connection: Connection, author: Author, ticket: str) -> list[Listed] | None:
    """A ticket's whole files in the order they came; None where there is no such ticket that the author may see."""
    if not _may_see(connection, author, ticket):
        return None
    table = ATTACHMENT.c
    columns = select(table.sha256, table.type, table.bytes, table.at)
    rows = connection.execute(
        columns.where(table.ticket == ticket, table.whole.is_not(None), ~table.erased).order_by(
            table.at, table.sha256
        )
    )
    return [Listed(*row) for row in rows]


def _may_see(connection: Connection, author: Author, ticket: str) -> bool:
    if author.role not in SEERS:
        return False
    table = TICKET.table
    known = select(table.c.id).where(table.c.id == ticket, visible("ticket", author))
    if connection.execute(known).first() is not None:
        return True
    root = select(TABLET.c.root).where(TABLET.c.device == author.device).scalar_subquery()
    mine = connection.execute(select(TABLET.c.device, TABLET.c.community).where(TABLET.c.root == root))
    return _sent_here(connection, {row.device: row.community for row in mine}, ticket) is not None


def _community(connection: Connection, author: Author, ticket: str) -> str | None:
    """The community of a ticket for which the author may bring something; None where there is no such ticket."""
    if author.role not in GIVERS:
        return None
    table = TICKET.table
    known = select(table.c.community).where(table.c.id == ticket, visible("ticket", author))
    found: str | None = connection.execute(known).scalar_one_or_none()
    if found or author.device is None:
        return found
    devices = identity.was(connection, author.device)
    return _sent_here(connection, devices, ticket) or _was_here(connection, devices, ticket)


def _sent_here(connection: Connection, devices: Mapping[str, str | None], ticket: str) -> str | None:
    """The community of a ticket that this very tablet opened, and that no night has settled yet."""
    opened = select(CHANGE.c.device).where(
        CHANGE.c.entity == ticket, CHANGE.c.kind == "ticket.open", CHANGE.c.device.in_(list(devices))
    )
    device = connection.execute(opened.limit(1)).scalar_one_or_none()
    return None if device is None else devices[device] or ""


def _was_here(connection: Connection, devices: Mapping[str, str | None], ticket: str) -> str | None:
    """The community of a ticket that lay in a grid of this tablet before one of them moved, or before another code:
    what was photographed there meanwhile is not lost."""
    table = TICKET.table
    there = connection.execute(
        select(table.c.community, table.c.grid).where(table.c.id == ticket)
    ).one_or_none()
    if there is None:
        return None
    assigned = _said(connection, CHANGE.c.entity.in_(list(devices)), CHANGE.c.kind == "device.assign")
    grids = {grid for one in assigned for grid in one["grids"]}
    placed = _said(connection, CHANGE.c.entity == ticket, CHANGE.c.kind.in_(PLACING))
    was = {there.grid, *(one.get("grid") for one in placed)}
    return str(there.community) if grids & was else None


def _said(connection: Connection, *which: Any) -> list[dict[str, Any]]:
    """The data of changes in the log."""
    lines = connection.execute(select(CHANGE.c.body).where(*which)).scalars()
    return [msgspec.json.decode(line)["data"] for line in lines]


def _received(connection: Connection, key: Key) -> int:
    length = func.coalesce(func.sum(func.length(PART.c.data)), 0)
    return int(connection.execute(select(length).where(*_is(PART, key))).scalar_one())


def _bytes(connection: Connection, key: Key) -> bytes:
    parts = select(PART.c.data).where(*_is(PART, key)).order_by(PART.c.start)
    return b"".join(connection.execute(parts).scalars())


def _is(table: Any, key: Key) -> tuple[Any, Any]:
    return table.c.ticket == key[0], table.c.sha256 == key[1]


# Letting go


def forget(connection: Connection, tickets: Collection[str]) -> None:
    """Erase everything that was attached to these tickets; that it was there stays known."""
    for chunk in chunks(tickets):
        connection.execute(delete(PART).where(PART.c.ticket.in_(chunk)))
        connection.execute(update(ATTACHMENT).where(ATTACHMENT.c.ticket.in_(chunk)).values(erased=True))


def forget_overdue(connection: Connection, now: int) -> list[str]:
    """Erase what is of tickets over for longer than their community keeps contacts, and what never came whole.

    Gives the tickets that lost something.
    """
    kept = {row["id"]: kept_ms(COMMUNITY.thing(row)) for row in _communities(connection)}
    table = TICKET.table
    over = func.coalesce(table.c.closed, table.c.done)
    rows = connection.execute(
        select(ATTACHMENT.c.ticket, ATTACHMENT.c.sha256, ATTACHMENT.c.at, ATTACHMENT.c.whole)
        .add_columns(table.c.id.label("known"), table.c.community, over.label("over"))
        .select_from(ATTACHMENT.outerjoin(table, table.c.id == ATTACHMENT.c.ticket))
        .where(~ATTACHMENT.c.erased)
    ).all()
    gone = [
        (row.ticket, row.sha256)
        for row in rows
        if (row.over is not None and row.over + kept[row.community] <= now)
        or ((row.known is None or row.whole is None) and row.at + UNFINISHED_MS <= now)
    ]
    drop(connection, gone)
    return sorted({ticket for ticket, _ in gone})


def _communities(connection: Connection) -> Iterable[Any]:
    return connection.execute(select(COMMUNITY.table)).mappings().all()


def drop(connection: Connection, keys: Sequence[Key]) -> None:
    """Erase these files; that they were there stays known, so that the copies of the hub lose them, too."""
    for chunk in chunks(keys):
        connection.execute(delete(PART).where(tuple_(PART.c.ticket, PART.c.sha256).in_(chunk)))
        mine = tuple_(ATTACHMENT.c.ticket, ATTACHMENT.c.sha256).in_(chunk)
        connection.execute(update(ATTACHMENT).where(mine).values(erased=True))


def still_held(copy: Connection, hub: Connection) -> list[Key]:
    """The files that a copy still has and the hub has erased."""
    if not inspect(copy).has_table(ATTACHMENT.name):
        return []
    keys = select(ATTACHMENT.c.ticket, ATTACHMENT.c.sha256)
    held = {(row.ticket, row.sha256) for row in copy.execute(keys.where(~ATTACHMENT.c.erased))}
    erased = hub.execute(keys.where(ATTACHMENT.c.erased)) if held else ()
    return sorted(held & {(row.ticket, row.sha256) for row in erased})
