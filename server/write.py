"""Writing in bulk: many rows, one statement or two. Rows are encoded before the writer's lock is taken.

Here, beside database.py, the databases may differ: SQLite takes prepared tuples, PostgreSQL a COPY.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import JSON, Connection, Table, bindparam, select
from sqlalchemy import column as column_named
from sqlalchemy import table as lightweight
from sqlalchemy.dialects import postgresql, sqlite

from server.database import encode_json

CHUNK = 10_000
"""How many values one IN list may hold; SQLite's limit is 32,766 variables."""

FEW: Final = 40
"""As many rows may be put one by one in less time than a table for them takes."""

DIALECTS: Final = {
    "sqlite": (sqlite.insert, sqlite.dialect(paramstyle="qmark")),
    "postgresql": (postgresql.insert, postgresql.dialect(paramstyle="format")),  # type: ignore[no-untyped-call]
}

How = Literal["add", "keep", "replace"]
"""What to do where the key is there already: that is an error, or the old row stays, or the new one stands."""


class Rows(NamedTuple):
    """Encoded rows for one table."""

    table: Table
    how: How
    rows: list[tuple[Any, ...]]


def encoded(table: Table, rows: Iterable[Mapping[str, Any]], how: How) -> Rows:
    """Rows as the driver takes them, in the order of the table's columns."""
    values_of = itemgetter(*(column.name for column in table.columns))
    json = [index for index, column in enumerate(table.columns) if isinstance(column.type, JSON)]
    return Rows(table, how, [_encoded(list(values_of(row)), json) for row in rows])


def _encoded(values: list[Any], json: list[int]) -> tuple[Any, ...]:
    for index in json:
        if values[index] is not None:
            values[index] = encode_json(values[index])
    return tuple(values)


def write(connection: Connection, rows: Rows) -> None:
    """Write encoded rows."""
    dialect = connection.dialect.name
    if not rows.rows:
        return
    if dialect == "sqlite" or (rows.how != "add" and len(rows.rows) <= FEW):
        connection.exec_driver_sql(_statement(rows.table, rows.how, dialect), rows.rows)
    elif rows.how == "add":
        _copy(connection, rows.table, rows.table.name, rows.rows)
    else:
        _merge(connection, rows)


def add(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows whose keys are new."""
    write(connection, encoded(table, rows, "add"))


def keep(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet; those whose key is there are left as they are."""
    write(connection, encoded(table, rows, "keep"))


def put(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, or overwrite those with the same key."""
    write(connection, encoded(table, rows, "replace"))


@cache
def _statement(table: Table, how: How, dialect: str, source: str | None = None) -> str:
    """An INSERT with a place for each column, or from another table with the same columns."""
    dialect_insert, form = DIALECTS[dialect]
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    insert: Any = dialect_insert(table)
    if source is None:
        insert = insert.values({name: bindparam(name) for name in names})
    else:
        insert = insert.from_select(names, select(lightweight(source, *map(column_named, names))))
    if how == "replace":
        others = {name: insert.excluded[name] for name in names if name not in keys}
        insert = insert.on_conflict_do_update(index_elements=keys, set_=others)
    elif how == "keep":
        insert = insert.on_conflict_do_nothing(index_elements=keys)
    return str(insert.compile(dialect=form))


# PostgreSQL


def _copy(connection: Connection, table: Table, into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Stream rows into a table, in the order of this table's columns."""
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY {quote(into)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _merge(connection: Connection, rows: Rows) -> None:
    """Stream rows into a table beside this one, and from there into it; of a key's rows the last counts."""
    table, coming = rows.table, f"coming_{rows.table.name}"
    key = itemgetter(*(list(table.columns).index(column) for column in table.primary_key))
    last = {key(row): row for row in (rows.rows if rows.how == "replace" else reversed(rows.rows))}
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE {coming} (LIKE "{table.name}") ON COMMIT DROP')
    _copy(connection, table, coming, last.values())
    connection.exec_driver_sql(_statement(table, rows.how, "postgresql", coming))
    connection.exec_driver_sql(f"DROP TABLE {coming}")


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterable[Sequence[Any]]:
    """The values in lists that fit into one statement, in a settled order."""
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
