"""What a report says of promises: which unfinished tickets are overdue, and whose affair that is; which are paused, and why.

Likewise which departments were whistled for and have not answered, and which units owe what of the four ones.
"""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.community import COMMUNITY
from schema.tables.duty import DUTY
from schema.tables.mapping import Mapping
from schema.tables.ticket import TICKET, ticket_of
from schema.tables.unit import UNIT
from schema.tables.whistle import WHISTLE
from server.lookup import rows
from server.named import Names, Written, by_ids
from sync.rules.duties import Owed, owed
from sync.shapes import format_time
from sync.things import UNFINISHED, Community, Duty, Thing, Ticket, Unit, Whistle

LATE: Final = ("OVERDUE", "ESCALATED")
"""States of a whistle in which somebody was waited for in vain."""

T = TypeVar("T", bound=Thing)


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


async def whistles(connection: AsyncConnection, foretold: Written, known: Names) -> list[dict[str, Any]]:
    """The whistles of unfinished tickets to which somebody owes an answer: the district's first, then the longest due."""
    calling = select(TICKET.table).where(TICKET.table.c.state.in_(sorted(UNFINISHED)))
    late = select(WHISTLE.table.c.id).where(WHISTLE.table.c.state.in_(LATE))
    found = await rows(connection, calling.where(TICKET.table.c.whistle.in_(late)))
    tickets: dict[str, Thing] = {row["id"]: ticket_of(row, []) for row in found}
    tickets |= foretold.get("ticket", {})
    blown = foretold.get("whistle", {})
    elsewhere = {one.ticket for one in blown.values() if isinstance(one, Whistle)} - tickets.keys()
    tickets |= {row["id"]: ticket_of(row, []) for row in await by_ids(connection, TICKET.table, elsewhere)}
    of = {one.whistle: one for one in tickets.values() if isinstance(one, Ticket) and one.whistle}
    rung: dict[str, Thing] = {
        row["id"]: WHISTLE.thing(row) for row in await by_ids(connection, WHISTLE.table, of)
    }
    rung |= blown
    lines = [
        (one, ticket, silent)
        for one in rung.values()
        if isinstance(one, Whistle) and (ticket := of.get(one.id)) is not None
        if (silent := _silent(one, ticket))
    ]
    lines.sort(key=lambda line: (None not in line[2], line[0].deadline, line[0].id))
    return [_whistle_line(one, ticket, silent, known) for one, ticket, silent in lines]


def _silent(whistle: Whistle, ticket: Ticket) -> list[str | None]:
    """Who has not answered in time; None is the district, which was called when nobody came."""
    if ticket.state not in UNFINISHED or ticket.round != whistle.round or whistle.state not in LATE:
        return []
    return [
        call.unit for call in whistle.calls if call.answer is None and (call.overdue or call.unit is None)
    ]


def _whistle_line(whistle: Whistle, ticket: Ticket, silent: list[str | None], known: Names) -> dict[str, Any]:
    return {
        "whistle": whistle.id,
        "ticket": ticket.id,
        "title": ticket.title,
        "community": known.communities.get(whistle.community, whistle.community),
        "grid": known.grids.get(ticket.grid, ticket.grid),
        "state": whistle.state,
        "lead": known.units.get(whistle.lead, whistle.lead),
        "deadline": format_time(whistle.deadline),
        "silent": [known.units.get(unit, unit) for unit in silent if unit is not None],
        "district": None in silent,
    }


async def duties(
    connection: AsyncConnection, foretold: Written, known: Names, now: int
) -> list[dict[str, Any]]:
    """What units owe of the four ones from periods that are over, a year back: by unit, who owes the longest first."""
    days = {
        one.id: format_time(now + one.utc_offset * 60_000)[:10]
        for one in await _all(connection, COMMUNITY, foretold.get("community", {}), Community)
    }
    units = await _all(connection, UNIT, foretold.get("unit", {}), Unit)
    year_before = f"{int(min(days.values(), default='0001')[:4]) - 1:04d}-01-01"
    recorded = await _recorded(connection, foretold, year_before)
    longer = await _longer(connection, year_before)
    lines = []
    for unit in units:
        here = (unit.community, unit.id)
        since = unit.linked_on or (year_before if here in longer else None)
        late = [
            one for one in owed(recorded.get(here, {}), since, days[unit.community]) if one.state == "OVERDUE"
        ]
        if late:
            lines.append((min(one.period.last for one in late), unit.community, unit.code, unit, late))
    lines.sort(key=lambda line: line[:3])
    return [_unit_line(unit, late, known) for _, _, _, unit, late in lines]


async def _all(
    connection: AsyncConnection, mapping: Mapping[Any], foretold: Any, kind: type[T]
) -> Iterable[T]:
    """All there are of a kind, as a dry run would leave them."""
    found = {row["id"]: mapping.thing(row) for row in await rows(connection, select(mapping.table))}
    return [one for one in (found | foretold).values() if isinstance(one, kind)]


async def _recorded(
    connection: AsyncConnection, foretold: Written, since: str
) -> dict[tuple[str, str], dict[tuple[str, str], str]]:
    """Which record counts, of what was done from a day on: by community and unit, then by kind and period."""
    table = DUTY.table.c
    query = select(table.id, table.community, table.unit, table.kind, table.period)
    query = query.where(table.state == "COUNTED", table.on >= since)
    coming = [one for one in foretold.get("duty", {}).values() if isinstance(one, Duty)]
    otherwise = {one.id for one in coming}
    found: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for row in await rows(connection, query):
        if row["id"] not in otherwise:
            found.setdefault((row["community"], row["unit"]), {})[row["kind"], row["period"]] = row["id"]
    for one in coming:
        if one.state == "COUNTED":
            found.setdefault((one.community, one.unit), {})[one.kind, one.period] = one.id
    return found


async def _longer(connection: AsyncConnection, before: str) -> set[tuple[str, str]]:
    """Of the units of which nobody said since when they owe: who did something before this day, by community."""
    table, unit = DUTY.table.c, UNIT.table.c
    unsaid = select(unit.id).where(unit.linked_on.is_(None))
    query = select(table.community, table.unit).distinct()
    query = query.where(table.state == "COUNTED", table.on < before, table.unit.in_(unsaid))
    return {(row["community"], row["unit"]) for row in await rows(connection, query)}


def _unit_line(unit: Unit, late: list[Owed[str]], known: Names) -> dict[str, Any]:
    return {
        "unit": unit.code,
        "name": dict(unit.name),
        "community": known.communities.get(unit.community, unit.community),
        "owed": [{"kind": one.kind, "period": one.period.code, "until": one.period.last} for one in late],
    }
