"""Which rows name a row that must be there: the foreign keys of what is kept, looked at as a whole.

A replay compares every row that follows from the log; here is also what does not. No database watches
these with each write: a night comes in bulk, and what it names is written with it.
"""

from typing import Any, Final

from sqlalchemy import Column, Connection, exists, func, select

from schema.tables.change import CHANGE
from schema.tables.contact import CONTACT
from schema.tables.durable import DURABLE
from schema.tables.fork import FORK
from schema.tables.hole import HOLE
from schema.tables.outcome import OUTCOME
from schema.tables.quarantine import QUARANTINE
from schema.tables.repeat import REPEAT
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from schema.tables.ticket import TICKET, TICKET_TAKER
from schema.tables.token import TOKEN

REFERENCES: Final[tuple[tuple[Column[Any], Column[Any]], ...]] = (
    *(
        (table.c.device, TABLET.c.device)
        for table in (TOKEN, CONTACT, DURABLE, HOLE, FORK, QUARANTINE, REPEAT)
    ),
    (CHANGE.c.settlement, SETTLEMENT.c.number),
    (HOLE.c.settlement, SETTLEMENT.c.number),
    (OUTCOME.table.c.settlement, SETTLEMENT.c.number),
    (OUTCOME.table.c.change, CHANGE.c.id),
    (TICKET_TAKER.table.c.ticket, TICKET.table.c.id),
)
"""Column by column, what it names. Where it is null it names nothing."""


def dangling(connection: Connection) -> list[str]:
    """For each reference that leads nowhere, which it is and how often; never a value."""
    found: list[str] = []
    for column, named in REFERENCES:
        lost = select(func.count()).where(column.is_not(None), ~exists().where(named == column))
        count = connection.execute(lost).scalar_one()
        if count:
            found.append(
                f"{column.table.name}.{column.name} names {count} times what is not in {named.table.name}"
            )
    return found
