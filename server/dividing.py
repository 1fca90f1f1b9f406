"""Proposing an even division: who serves in a community, or belongs to a unit, over its grids (sync/division.py)."""

from collections import Counter
from typing import Final

from sqlalchemy import Connection, select

from schema.tables.grid import GRID
from schema.tables.member import MEMBER
from schema.tables.unit import UNIT
from schema.values import Author, Proposed, Refused
from server.visible import visible
from sync.division import Placed, divide

MOST: Final = 1_000
"""How many members are divided at once; a larger community is divided unit by unit."""


def propose(connection: Connection, author: Author, community: str, unit: str | None) -> Proposed | None:
    """A division of those who serve; None where there is no such community or unit that the author may see.

    Raises Refused TOO_LARGE for more members than can be divided at once.
    """
    grids = [
        *connection.execute(
            select(GRID.table.c.id).where(GRID.table.c.community == community, visible("grid", author))
        ).scalars()
    ]
    if not grids or (unit is not None and not _is_there(connection, author, community, unit)):
        return None
    table = MEMBER.table
    serving = (table.c.community == community) & table.c.alias_of.is_(None) & (table.c.standing == "ACTIVE")
    columns = select(table.c.id, table.c.rev, table.c.grid, table.c.skills, table.c.unit)
    rows = connection.execute(columns.where(serving, visible("member", author)).order_by(table.c.id)).all()
    chosen = [row for row in rows if unit in (None, row.unit)]
    if len(chosen) > MOST:
        raise Refused("TOO_LARGE", members=MOST)
    others = Counter(row.grid for row in rows if unit not in (None, row.unit) and row.grid is not None)
    members = [Placed(row.id, row.grid, tuple(sorted(row.skills))) for row in chosen]
    return Proposed(community, unit, divide(members, grids, others), {row.id: row.rev for row in chosen})


def _is_there(connection: Connection, author: Author, community: str, unit: str) -> bool:
    table = UNIT.table
    mine = select(table.c.id).where(table.c.id == unit, table.c.community == community)
    return connection.execute(mine.where(visible("unit", author))).first() is not None
