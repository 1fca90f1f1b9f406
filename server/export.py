"""The settled data of a whole district as lines of JSON, for the district's own use.

One snapshot. What is private (contacts, details, words, notes, phones, summaries, check-in
places) stays where its reading is logged, and is not exported.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.catalogue import MAPPINGS
from schema.tables.columns import Row
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.settlement import SETTLEMENT
from schema.tables.ticket import TICKET_TAKER
from server.lookup import rows
from server.store import Hub
from sync.shapes import format_time

FORMAT: Final = 1

TABLES: Final[dict[str, Table]] = {
    **{str(mapping.table.name): mapping.table for mapping in MAPPINGS.values()},
    **{
        str(table.name): table for table in (TICKET_TAKER.table, POINT_ENTRY.table, OUTCOME.table, SETTLEMENT)
    },
}

PRIVATE: Final[Mapping[str, frozenset[str]]] = {
    "ticket": frozenset({"detail", "contact", "words"}),
    "member": frozenset({"phone"}),
    "evaluation": frozenset({"words"}),
    "service": frozenset({"summary", "place"}),
    "settlement": frozenset({"effects", "seals"}),
}


async def export(hub: Hub, write: Callable[[bytes], object]) -> int:
    """Write every table line by line; the last line counts the rows before it. Returns that count."""
    count = 0
    async with hub.read() as connection:
        write(msgspec.json.encode(await _head(hub, connection)) + b"\n")
        for name, table in TABLES.items():
            async with connection.stream(select(table).order_by(*table.primary_key)) as found:
                async for row in found.mappings():
                    write(msgspec.json.encode({"table": name, "row": _open(name, row)}) + b"\n")
                    count += 1
    write(msgspec.json.encode({"rows": count}) + b"\n")
    return count


async def _head(hub: Hub, connection: AsyncConnection) -> dict[str, Any]:
    last = select(func.max(SETTLEMENT.c.number)).scalar_subquery()
    found = await rows(connection, select(SETTLEMENT).where(SETTLEMENT.c.number == last))
    settlement = {"settlement": found[0]["number"], "digest": found[0]["digest"]} if found else {}
    return {"lianxin": FORMAT, "now": format_time(hub.clock.now()), **settlement}


def _open(name: str, row: Row) -> dict[str, Any]:
    """A row without what is private."""
    hidden = PRIVATE.get(name, frozenset())
    kept = {str(key): value for key, value in row.items() if key not in hidden}
    if name == "ticket":
        kept["notes"] = [{**note, "text": None} for note in kept["notes"]]
    return kept
