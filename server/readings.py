"""Who read a resident's contact: a contact is read and its reading noted in one transaction, or neither.

A tablet carries its grids' contacts offline; it notes each opening and uploads it with its changes.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from schema.tables.reading import READING
from schema.tables.ticket import TICKET
from schema.values import Author
from server.enrolling import Desk
from server.visible import visible
from server.write import add, chunks, keep
from sync.clock import RunOffset, correction
from sync.shapes import parse_time
from sync.wire import Opening


class Given(NamedTuple):
    """The contacts that were given, by ticket, and the ids of the notes of it."""

    contacts: dict[str, dict[str, Any]]
    notes: list[str]


def there_is_any(connection: Connection, author: Author, tickets: Sequence[str]) -> bool:
    """Whether any of these tickets has a contact that its holder may see."""
    return any(
        connection.execute(_contacts(author, chunk).limit(1)).first() is not None for chunk in chunks(tickets)
    )


def give(connection: Connection, desk: Desk, author: Author, tickets: Sequence[str]) -> Given:
    """Read the contacts of those tickets that the author may see, and note that they were given."""
    rows = [row for chunk in chunks(tickets) for row in connection.execute(_contacts(author, chunk))]
    notes = [
        {
            "id": desk.ids.uuid7(),
            "community": row.community,
            "ticket": row.id,
            "token": author.id,
            "device": author.device,
            "member": author.member,
            "at": desk.now,
        }
        for row in rows
    ]
    add(connection, READING, notes)
    return Given({row.id: row.contact for row in rows}, [note["id"] for note in notes])


def _contacts(author: Author, tickets: Sequence[str]) -> Select[Any]:
    table = TICKET.table
    found = select(table.c.id, table.c.community, table.c.contact).order_by(table.c.id)
    return found.where(table.c.id.in_(tickets), table.c.contact.is_not(None), visible("ticket", author))


def note_openings(
    connection: Connection,
    author: Author,
    community: str | None,
    openings: Iterable[Opening],
    runs: Sequence[RunOffset],
    now: int,
) -> list[str]:
    """Note what a tablet says was opened on it, each once, however often it is sent; the ids of the notes.

    When, is corrected by the tablet's clock journal like a deed, and never in the future.
    """
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "community": community or "",
            "ticket": one.ticket,
            "token": author.id,
            "device": author.device,
            "member": one.by,
            "at": min(parse_time(one.at) + correction(one.run, runs).offset_ms, now),
        }
        for one in openings
    ]
    keep(connection, READING, rows)
    return [row["id"] for row in rows]
