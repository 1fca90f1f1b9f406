"""What a report says of promises: which unfinished tickets are overdue, and whose affair that is; which are paused, and why."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.ticket import TICKET, ticket_of
from server.lookup import rows
from server.named import Names, Written
from sync.shapes import format_time
from sync.things import UNFINISHED, Thing, Ticket


async def overdue(connection: AsyncConnection, foretold: Written, known: Names) -> list[dict[str, Any]]:
    """The unfinished tickets that are overdue: the district's affair first, then what is due the longest.

    foretold: what a dry run would write.
    """
    table = TICKET.table
    late = table.c.state.in_(sorted(UNFINISHED)) & (table.c.escalation > 0)
    found = await _tickets(connection, late, foretold)
    return [
        _line(one, known)
        for one in sorted(found, key=_order)
        if one.escalation > 0 and one.state in UNFINISHED
    ]


async def paused(connection: AsyncConnection, foretold: Written, known: Names) -> list[dict[str, Any]]:
    """The tickets whose clock stands still, the longest first, with the reason."""
    found = await _tickets(connection, TICKET.table.c.is_paused, foretold)
    held = sorted((one.paused.at, one.id, one) for one in found if one.paused is not None)
    return [_line(ticket, known) | _pause(ticket) for _, _, ticket in held]


async def _tickets(
    connection: AsyncConnection, which: ColumnElement[bool], foretold: Written
) -> list[Ticket]:
    """The tickets for which this holds, and those that a dry run would write."""
    query = select(TICKET.table).where(which)
    tickets: dict[str, Thing] = {row["id"]: ticket_of(row, []) for row in await rows(connection, query)}
    tickets |= foretold.get("ticket", {})
    return [one for one in tickets.values() if isinstance(one, Ticket)]


def _pause(ticket: Ticket) -> dict[str, Any]:
    pause = ticket.paused
    return {} if pause is None else {"since": format_time(pause.at), "reason": pause.reason}


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
