"""To which things a night may bring something by itself: looked up by an index, not by reading all of them.

What is found is decided by sync/timely.py; nothing that it would change may be missing here.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, select

from schema.tables.community import COMMUNITY
from schema.tables.evaluation import EVALUATION
from schema.tables.point_expiry import POINT_EXPIRY
from schema.tables.ticket import TICKET
from schema.tables.whistle import WHISTLE
from sync.evaluations import closes_at
from sync.expiring import may_come
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


def closings(connection: Connection, now: int) -> list[str]:
    """The evaluations whose period their community closes by now."""
    table, found = EVALUATION.table, list[str]()
    for row in connection.execute(select(COMMUNITY.table)).mappings():
        community = COMMUNITY.thing(row)
        over = table.c.ends <= now - closes_at(community, 0)
        still = table.c.closed.is_(None) & table.c.grade.is_not(None)
        statement = select(table.c.id).where(over, still, table.c.community == community.id)
        found += connection.execute(statement).scalars()
    return found


def expiries(connection: Connection, now: int) -> list[str]:
    """The expiry rules whose day has come to anybody; there are never many."""
    table = POINT_EXPIRY.table
    rows = connection.execute(select(table).where(table.c.brought.is_(False))).mappings()
    rules = [POINT_EXPIRY.thing(row) for row in rows]
    return [rule.id for rule in rules if may_come(rule, now)]


LOOKUPS: Final[dict[str, tuple[Callable[[Connection, int], list[str]], ...]]] = {
    "ticket": (contacts, overdue),
    "whistle": (deadlines,),
    "evaluation": (closings,),
    "pointExpiry": (expiries,),
}
"""By collection, one for each row of `sync.timely.TIMELY`."""


def due(connection: Connection, now: int) -> dict[str, list[str]]:
    """The things to which a night of this `now` brings something, by collection."""
    return {
        collection: sorted({thing_id for lookup in lookups for thing_id in lookup(connection, now)})
        for collection, lookups in LOOKUPS.items()
    }
