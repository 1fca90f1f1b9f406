"""Taking private values out of a copy of the hub: out of its log, its things and its feed, on the writer's connection.

For copies only, and for what stands in no settlement: the night erases by its own decisions
(erase.py). Things keep their versions and revs, so that a replay of the copy gives the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from schema.tables.catalogue import MAPPINGS
from schema.tables.change import CHANGE, change_of
from schema.tables.columns import Row
from schema.tables.document import DOCUMENT
from schema.tables.erasure import ERASURE
from schema.tables.ticket import TICKET_TAKER, ticket_of
from server.effects import with_private
from server.erase import without
from server.timely import due
from server.write import chunks, put
from sync.changes import Change
from sync.documents import document
from sync.kinds import KINDS

PORTION: Final = 2_000
"""How many lines are in memory at a time."""

CONTACT: Final = "contact"
LINE: Final = (CHANGE.c.id, CHANGE.c.kind, CHANGE.c.entity, CHANGE.c.private, CHANGE.c.erased)

Names = Mapping[str, Iterable[str]]
"""Names of private fields, by change."""


def erased_of(connection: Connection, changes: Sequence[str]) -> dict[str, set[str]]:
    """Which private fields of these changes the log has no longer."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(changes):
        rows = connection.execute(select(CHANGE.c.id, CHANGE.c.erased).where(CHANGE.c.id.in_(chunk)))
        found.update({row.id: set(row.erased) for row in rows if row.erased})
    return found


def still_held(connection: Connection, hub: Connection) -> dict[str, set[str]]:
    """What a copy still holds and the hub has erased, by change. Reads a portion of the copy's log at a time."""
    found: dict[str, set[str]] = {}
    position = 0
    while True:
        lines = select(CHANGE.c.position, CHANGE.c.id, CHANGE.c.private).order_by(CHANGE.c.position)
        later = lines.where(CHANGE.c.position > position, CHANGE.c.private.is_not(None)).limit(PORTION)
        rows = connection.execute(later).all()
        if not rows:
            return found
        erased = erased_of(hub, [row.id for row in rows])
        for row in rows:
            names = erased.get(row.id, set()) & _names(row.private)
            if names:
                found[row.id] = names
        position = rows[-1].position


def overdue_contacts(connection: Connection, now: int) -> dict[str, set[str]]:
    """The changes that hold a contact whose time is over by now, and which no night has erased yet."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(due(connection, now)["ticket"]):
        lines = select(CHANGE.c.id, CHANGE.c.private)
        rows = connection.execute(lines.where(CHANGE.c.entity.in_(chunk), CHANGE.c.private.is_not(None)))
        found.update({row.id: {CONTACT} for row in rows if CONTACT in _names(row.private)})
    return found


def scrub(connection: Connection, wanted: Names) -> int:
    """Take these fields out of the log, and out of everything that was made of them; gives how many lines had them."""
    lines = _lines(connection, wanted)
    if not lines:
        return 0
    gone = [{"line": line["id"], **without(line, set(wanted[line["id"]]))} for line in lines]
    connection.execute(
        update(CHANGE)
        .where(CHANGE.c.id == bindparam("line"))
        .values(private=bindparam("private"), erased=bindparam("erased")),
        gone,
    )
    put(connection, ERASURE, [{"change": one["line"], "names": one["erased"]} for one in gone])
    for collection in ("ticket", "member", "service"):
        ids = {line["entity"] for line in lines if KINDS[line["kind"]].thing == collection}
        for chunk in chunks(ids):
            _made_again(connection, collection, chunk)
    return len(gone)


def _lines(connection: Connection, wanted: Names) -> list[Row]:
    found: list[Row] = []
    for chunk in chunks(wanted):
        rows = connection.execute(select(*LINE).where(CHANGE.c.id.in_(chunk), CHANGE.c.private.is_not(None)))
        found += [row for row in rows.mappings() if set(wanted[row["id"]]) & _names(row["private"])]
    return found


def _names(private: str) -> set[str]:
    return msgspec.json.decode(private, type=dict[str, Any]).keys() - {"salt"}


def _made_again(connection: Connection, collection: str, ids: Sequence[str]) -> None:
    """Things with the private values that the log still has, and their documents, at the revs they have."""
    changes = _Changes(connection)
    mapping = MAPPINGS[collection]
    for row in connection.execute(select(mapping.table).where(mapping.table.c.id.in_(ids))).mappings().all():
        thing = with_private(_thing(connection, collection, row), changes.look_up)
        put(connection, mapping.table, [mapping.row(thing)])
        doc = document(collection, thing, thing.rev)
        connection.execute(
            update(DOCUMENT)
            .where(DOCUMENT.c.collection == collection, DOCUMENT.c.id == thing.id, DOCUMENT.c.state == "LIVE")
            .values(body=doc.body, private=doc.private, private_grid=doc.private_grid)
        )


def _thing(connection: Connection, collection: str, row: Row) -> Any:
    if collection != "ticket":
        return MAPPINGS[collection].thing(row)
    table = TICKET_TAKER.table
    takers = select(table).where(table.c.ticket == row["id"]).order_by(table.c.position)
    return ticket_of(row, [*connection.execute(takers).mappings()])


class _Changes:
    """Changes of the log, each read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Change | None] = {}

    def look_up(self, change_id: str) -> Change | None:
        if change_id not in self._known:
            line = self._connection.execute(select(CHANGE).where(CHANGE.c.id == change_id)).mappings().first()
            self._known[change_id] = None if line is None else change_of(line)
        return self._known[change_id]
