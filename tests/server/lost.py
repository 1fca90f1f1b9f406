"""Days that a restore loses: a backup is made, work goes on, and the hub goes back to the backup."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from schema.tables.outcome import OUTCOME
from schema.tables.ticket import TICKET, TICKET_TAKER
from schema.values import Refused
from server.restore import Restored, restore
from sync.wire import Receipt
from tests.server.house import House, Paper


async def backed_up(house: House) -> Path:
    return Path((await house.hub.back_up()).path)


async def put_back(house: House, file: Path) -> Restored:
    """Restore under the running hub, as the command does beside a running server."""
    restored = await restore(house.hub.settings, house.clock, file)
    assert restored.differences == []
    return restored


async def bring_back(*tablets: Paper) -> None:
    """Each tablet meets the hub again, as clients do: what the hub lacks is sent once more."""
    for tablet in tablets:
        await sent(tablet)
        await tablet.pull()


async def sent(tablet: Paper) -> Receipt:
    first = len(tablet.changes) + 1
    while True:
        try:
            return await tablet.push(first)
        except Refused as refused:
            if refused.code != "GAP":
                raise
            first = int(refused.details["expected"])


async def tickets(house: House) -> dict[str, Any]:
    """What people see of all tickets."""
    seats = await house.rows(select(TICKET_TAKER.table))
    seen = ("title", "state", "round", "priority", "reserved", "contact", "detail", "rating")
    return {
        row["id"]: {name: row[name] for name in seen}
        | {"takers": [seat["member"] for seat in seats if seat["ticket"] == row["id"]]}
        for row in await house.rows(select(TICKET.table))
    }


async def verdicts(house: House) -> dict[str, str]:
    """The newest outcome of every change."""
    rows = await house.rows(select(OUTCOME.table).order_by(OUTCOME.table.c.settlement))
    return {row["change"]: row["code"] for row in rows}
