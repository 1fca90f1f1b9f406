"""What a report says of promises: which unfinished tickets are overdue, and whose affair that is."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.ticket import TICKET, ticket_of
from server.lookup import rows
from server.named import Names, Written
from sync.changes import format_time
from sync.things import UNFINISHED, Thing, Ticket


async def overdue(connection: AsyncConnection, foretold: Written, known: Names) -> list[dict[str, Any]]:
    """The unfinished tickets that are overdue: the district's affair first, then what is due the longest.

    foretold: what a dry run would write.
    """
    table = TICKET.table
    late = table.c.state.in_(sorted(UNFINISHED)) & (table.c.escalation > 0)
    tickets: dict[str, Thing] = {
        row["id"]: ticket_of(row, []) for row in await rows(connection, select(table).where(late))
    }
    tickets |= foretold.get("ticket", {})
    return [_line(one, known) for one in sorted(_late(tickets.values()), key=_order)]


def _late(tickets: Iterable[Thing]) -> list[Ticket]:
    return [
        one for one in tickets if isinstance(one, Ticket) and one.escalation > 0 and one.state in UNFINISHED
    ]


def _order(ticket: Ticket) -> tuple[int, int, str]:
    return -ticket.escalation, ticket.due_at or 0, ticket.id


def _line(ticket: Ticket, known: Names) -> dict[str, Any]:
    return {
        "ticket": ticket.id,
        "title": ticket.title,
        "community": known.communities.get(ticket.community, ticket.community),
        "grid": known.grids.get(ticket.grid, ticket.grid),
        "state": ticket.state,
        "dueAt": None if ticket.due_at is None else format_time(ticket.due_at),
        "escalation": ticket.escalation,
    }
