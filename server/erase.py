"""Erasing private values from the log: the value and the salt go, the digest and the names stay."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from schema.tables.change import CHANGE
from schema.tables.columns import Row
from server import attachments
from server.database import encode_json
from server.write import chunks
from sync.clock import Order
from sync.state import Erase

NOTES = "text"
"""Where a ticket's notes are erased, its photos and spoken notes are."""

COLUMNS = (
    CHANGE.c.id,
    CHANGE.c.entity,
    CHANGE.c.device,
    CHANGE.c.seq,
    CHANGE.c.deed,
    CHANGE.c.private,
    CHANGE.c.erased,
    CHANGE.c.settlement,
)


def erase(connection: Connection, wanted: Sequence[Erase], number: int) -> None:
    """Erase what settlement `number` says, in its own changes and those before it."""
    attachments.forget(
        connection, {one.entity for one in wanted if one.change is None and NOTES in one.fields}
    )
    rows: list[dict[str, Any]] = []
    for chunk in chunks({one.entity for one in wanted}):
        lines = select(*COLUMNS).where(CHANGE.c.entity.in_(chunk), CHANGE.c.settlement <= number)
        for row in connection.execute(lines.where(CHANGE.c.private.is_not(None))).mappings():
            fields = fields_to_erase(row, wanted, number)
            if fields:
                rows.append({"line": row["id"], **without(row, fields)})
    if rows:
        connection.execute(
            update(CHANGE)
            .where(CHANGE.c.id == bindparam("line"))
            .values(private=bindparam("private"), erased=bindparam("erased")),
            rows,
        )


def fields_to_erase(row: Row, wanted: Iterable[Erase], number: int) -> set[str]:
    """The private fields that a settlement erases in one line of the log."""
    fields: set[str] = set()
    for one in wanted:
        if one.entity != row["entity"] or one.change not in {None, row["id"]}:
            continue
        order = Order(row["deed"], row["device"], row["seq"])
        if row["settlement"] < number or one.until is None or order <= one.until:
            fields.update(one.fields)
    return fields


def without(row: Row, fields: set[str]) -> dict[str, Any]:
    """A line's private part without these fields and without its salt, and the names of what was erased."""
    held = msgspec.json.decode(row["private"])
    found = fields & held.keys()
    if not found:
        return {"private": row["private"], "erased": row["erased"]}
    kept = {name: value for name, value in held.items() if name not in found | {"salt"}}
    return {
        "private": encode_json(kept) if kept else None,
        "erased": sorted({*row["erased"], *found}),
    }
