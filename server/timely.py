"""To which things a night may bring something by itself: looked up by an index, not by reading all of them.

What is found is decided by sync/timely.py; nothing that it would change may be missing here.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, select

from schema.tables.community import COMMUNITY
from schema.tables.ticket import TICKET
from schema.tables.whistle import WHISTLE
from sync.retention import kept_ms


def contacts(connection: Connection, now: int) -> list[str]:
    """The tickets whose contact was kept for as long as their community keeps one."""
    table, found = TICKET.table, list[str]()
    for row in connection.execute(select(COMMUNITY.table)).mappings():
        community = COMMUNITY.thing(row)
        over = table.c.contact_since <= now - kept_ms(community)
        statement = select(table.c.id).where(over, table.c.community == community.id)
        found += connection.execute(statement).scalars()
    return found


def overdue(connection: Connection, now: int) -> list[str]:
    """The tickets whose time to be somebody's affair has come."""
    table = TICKET.table
    return [*connection.execute(select(table.c.id).where(table.c.next_at <= now)).scalars()]


def deadlines(connection: Connection, now: int) -> list[str]:
    """The whistles whose deadline is over for somebody who has not answered."""
    table = WHISTLE.table
    return [*connection.execute(select(table.c.id).where(table.c.rings_at < now)).scalars()]


LOOKUPS: Final[dict[str, tuple[Callable[[Connection, int], list[str]], ...]]] = {
    "ticket": (contacts, overdue),
    "whistle": (deadlines,),
}
"""By collection, one for each row of `sync.timely.TIMELY`."""


def due(connection: Connection, now: int) -> dict[str, list[str]]:
    """The things to which a night of this `now` brings something, by collection."""
    return {
        collection: sorted({thing_id for lookup in lookups for thing_id in lookup(connection, now)})
        for collection, lookups in LOOKUPS.items()
    }
