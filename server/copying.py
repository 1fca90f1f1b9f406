"""A whole hub from one database into another, row by row and to the byte; and what proves that it arrived.

JSON is carried as the text that it is kept as. Both databases order text by its bytes, so the same
rows come in the same order and have the same digest.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import JSON, Connection, Table, Text, cast, func, select

from schema.tables.catalogue import METADATA
from server.write import Rows, write

AT_ONCE: Final = 500
"""How many rows are in memory; a settlement's effects may be large."""

TABLES: Final[tuple[Table, ...]] = tuple(sorted(METADATA.tables.values(), key=lambda table: table.name))


class Digest(NamedTuple):
    """How many rows a table has, and a SHA-256 over all of them in the order of their keys."""

    rows: int
    digest: str


def nothing_told(_table: str, _rows: int) -> None:
    """For those who need not hear how far it is."""


def copy_rows(
    source: Connection, target: Connection, told: Callable[[str, int], None] = nothing_told
) -> dict[str, int]:
    """Copy every row of every table into one that has none; gives how many, and tells how far it is."""
    copied: dict[str, int] = {}
    for table in TABLES:
        copied[table.name] = 0
        for rows in rows_of(source, table):
            write(target, Rows(table, "add", [*rows]))
            copied[table.name] += len(rows)
            told(table.name, copied[table.name])
    return copied


def digests(connection: Connection, told: Callable[[str, int], None] = nothing_told) -> dict[str, Digest]:
    """The digest of every table, on this connection's snapshot."""
    found: dict[str, Digest] = {}
    for table in TABLES:
        count, digest = 0, hashlib.sha256()
        for rows in rows_of(connection, table):
            for row in rows:
                digest.update(msgspec.json.encode(row))
            count += len(rows)
            told(table.name, count)
        found[table.name] = Digest(count, digest.hexdigest())
    return found


def counts(connection: Connection) -> dict[str, int]:
    """How many rows every table has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in TABLES
    }


def rows_of(connection: Connection, table: Table) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The rows of a table as they are written, some at a time, in the order of their keys."""
    columns = [cast(one, Text) if isinstance(one.type, JSON) else one for one in table.columns]
    wanted = select(*columns).order_by(*table.primary_key)
    with connection.execute(wanted, execution_options={"yield_per": AT_ONCE}) as result:
        for rows in result.partitions():
            yield [tuple(row) for row in rows]
