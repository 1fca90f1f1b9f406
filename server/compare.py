"""Comparing every derived table with a replay, row by row and column by column."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Connection, Table, Text, cast, select

from schema.tables.catalogue import MAPPINGS
from schema.tables.document import DOCUMENT
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.ticket import TICKET_TAKER, takers_of
from server import meta
from server.checking import Differences
from server.plan import outcome_rows
from server.write import encoded

if TYPE_CHECKING:
    from server.replay import Replay


def compare_all(replay: "Replay") -> None:
    """Compare all tables that a replay knows."""
    connection, found = replay.connection, replay.differences
    replay.lines.compare()
    for collection, mapping in MAPPINGS.items():
        things = replay.memory.things.get(collection, {}).values()
        compare(connection, found, mapping.table, map(mapping.row, things))
    tickets: Iterable[Any] = replay.memory.things.get("ticket", {}).values()
    takers = [taker for ticket in tickets for taker in takers_of(ticket)]
    compare(connection, found, TICKET_TAKER.table, takers)
    entries = [
        POINT_ENTRY.row(entry, settlement=replay.posted[entry.id]) for entry in replay.memory.entries.values()
    ]
    compare(connection, found, POINT_ENTRY.table, entries)
    outcomes = [
        row
        for number, settled in replay.outcomes.items()
        for row in outcome_rows(settled, number, replay.lines.communities)
    ]
    compare(connection, found, OUTCOME.table, outcomes)
    horizon = meta.number(connection, meta.HORIZON)
    kept = [row for row in replay.feed.values() if row["state"] == "LIVE" or row["rev"] > horizon]
    compare(connection, found, DOCUMENT, kept)


def compare(
    connection: Connection, found: Differences, table: Table, expected: Iterable[Mapping[str, Any]]
) -> None:
    """Compare one table with the rows it should have."""
    names = [column.name for column in table.columns]
    keys = [names.index(column.name) for column in table.primary_key]
    due = {tuple(row[key] for key in keys): row for row in encoded(table, expected, "add").rows}
    columns = [
        cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column
        for column in table.columns
    ]
    for row in connection.execute(select(*columns)):
        key = tuple(row[index] for index in keys)
        should = due.pop(key, None)
        if should is None:
            found.row(table.name, _named(key), "is not in the log")
            continue
        for name, value, right in zip(names, row, should, strict=True):
            if value != right:
                found.cell(table.name, _named(key), name)
    for key in due:
        found.missing(table.name, _named(key))


def _named(key: tuple[Any, ...]) -> str:
    return " ".join(map(str, key))
