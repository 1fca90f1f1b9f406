"""Writing what is nowhere else but at the hub: with an entry in the journal, durable before the answer."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table, bindparam, func, select

from schema.tables.change import CHANGE
from schema.tables.outcome import OUTCOME
from schema.tables.settlement import SETTLEMENT
from server import meta
from server.database import Database
from server.epochs import FRESH
from server.journal import Entry, Journal
from server.system import Clock
from server.write import chunks

# Asked at every writing of an office: built once.
_LINES: Final = select(CHANGE).where(CHANGE.c.position > bindparam("before")).order_by(CHANGE.c.position)
_TOLD: Final = select(OUTCOME.table.c.change, OUTCOME.table.c.code).where(
    OUTCOME.table.c.settlement.in_(bindparam("numbers", expanding=True))
)
_SETTLED: Final = select(func.min(SETTLEMENT.c.first_rev), func.min(SETTLEMENT.c.kind)).where(
    SETTLEMENT.c.number.in_(bindparam("numbers", expanding=True))
)

T = TypeVar("T")
More = Callable[[Connection, T, Entry], None]


class Keeping:
    """Does an office's writing and its entry in one transaction."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self.database = database
        self.journal = journal
        self.clock = clock

    async def write(self, work: Callable[[Connection], T], more: More[T] | None = None) -> T:
        """Do work whose changes are an office's; `more` adds to the entry what is not in the log."""

        def whole(connection: Connection) -> T:
            before = meta.number(connection, meta.POSITION)
            result = work(connection)
            entry = Entry(self.clock.now())
            _add_lines(connection, entry, before)
            if more is not None:
                more(connection, result, entry)
            if entry.lines or entry.rows or entry.revoked or entry.outcomes:
                self.journal.add(connection, entry)
            erased = [line["entity"] for line in entry.lines if line["kind"] == "ticket.redact"]
            if erased:
                self.journal.erase(connection, erased)
            return result

        return await self.database.write(whole)


def _add_lines(connection: Connection, entry: Entry, before: int) -> None:
    """The lines that were appended, and what their authors are told of them."""
    rows = connection.execute(_LINES, {"before": before})
    found = [dict(row) for row in rows.mappings()]
    entry.lines = [{name: value for name, value in row.items() if name not in FRESH} for row in found]
    numbers = {row["settlement"] for row in found} - {None}
    for chunk in chunks(numbers):
        of = {"numbers": list(chunk)}
        entry.outcomes.update((row.change, row.code) for row in connection.execute(_TOLD, of))
        entry.first_rev, entry.kind = connection.execute(_SETTLED, of).one()
    mine = {line["id"] for line in entry.lines}
    entry.outcomes = {change: code for change, code in entry.outcomes.items() if change in mine}


def add_rows(connection: Connection, entry: Entry, table: Table, column: str, values: Iterable[Any]) -> None:
    """Add the rows of a table in which a column has one of these values."""
    rows = connection.execute(select(table).where(table.c[column].in_(list(values)))).mappings()
    found = [dict(row) for row in rows]
    if found:
        entry.rows[table.name] = found
