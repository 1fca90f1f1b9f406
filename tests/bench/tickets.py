"""Tickets in a number that no night here would bring: rows written as a settlement would have left them.

Every grid has as many of each state, each ticket a taker, and a grid's newest tickets five services each: so
answers are as long with many tickets as with few.
"""

import random
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from schema.tables.service import SERVICE
from schema.tables.ticket import TICKET, TICKET_TAKER
from server.write import add
from sync.rules.transitions import STATES
from tests.bench.district import BEGIN_MS, HOUR_MS

DAY_MS: Final = 24 * HOUR_MS
MINUTE_MS: Final = 60_000
GRIDS: Final = 20
SERVICES: Final = 5
SERVED: Final = 15
"""How many of a grid's tickets have services: its newest."""

SPAN_MS: Final = 3 * 365 * DAY_MS
STANDING: Final = tuple(state for state in STATES if state != "CANCELLED")
PORTION: Final = 20_000


class Tickets:
    """So many tickets of one community, and what hangs on them."""

    def __init__(self, community: str, grids: list[str], members: list[str], many: int, seed: int) -> None:
        self.community, self.grids, self.members, self.many = community, grids, members, many
        self.chance = random.Random(seed)

    def write(self, connection: Connection) -> None:
        """All of them, a portion at a time."""
        tickets: list[dict[str, Any]] = []
        for index in range(self.many):
            tickets.append(self._ticket(index))
            if len(tickets) == PORTION or index == self.many - 1:
                add(connection, TICKET.table, tickets)
                add(connection, TICKET_TAKER.table, map(self._taker, tickets))
                served = tickets[: max(0, SERVED * len(self.grids) - tickets[0]["rev"] + 1)]
                add(connection, SERVICE.table, [one for ticket in served for one in self._services(ticket)])
                tickets.clear()

    def _id(self, index: int, kind: int) -> str:
        return f"{self.chance.getrandbits(32):08x}-0000-7000-8{kind:03x}-{index:012x}"

    def _ticket(self, index: int) -> dict[str, Any]:
        turn, grid = divmod(index, len(self.grids))
        state = STANDING[turn % len(STANDING)]
        opened = BEGIN_MS - SPAN_MS * index // self.many - self.chance.randrange(HOUR_MS)
        over = state in {"DONE", "CLOSED"}
        return {
            **dict.fromkeys(TICKET.table.c.keys()),
            "id": self._id(index, 0),
            "rev": index + 1,
            "community": self.community,
            "grid": self.grids[grid],
            "category": self.chance.choice(["parking", "legal", "repair"]),
            "title": f"门口停车难 {index:06}",
            "place": f"东门 {index % 90 + 10}",
            "priority": self.chance.choice(["LOW", "NORMAL", "HIGH"]),
            "seats": 1,
            "escalation": 0,
            "pauses": [],
            "is_paused": False,
            "tags": {},
            "notes": [],
            "state": state,
            "round": 1,
            "opened": opened,
            "done": opened + HOUR_MS if over else None,
            "closed": opened + 2 * HOUR_MS if state == "CLOSED" else None,
            "grids": [],
            "versions": {},
            "ranks": {},
        }

    def _taker(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return {
            "ticket": ticket["id"],
            "position": 0,
            "community": self.community,
            "member": self.members[ticket["rev"] % len(self.members)],
            "change": ticket["id"],
            "device": self.community,
            "seq": ticket["rev"],
            "since": ticket["opened"],
            "uncertainty_ms": 0,
            "rev": ticket["rev"],
            "kind": "ticket.claim",
            "by": None,
            "office": 0,
        }

    def _services(self, ticket: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for turn in range(SERVICES):
            yield {
                **dict.fromkeys(("activity", "summary", "place", "by", "reason")),
                "id": self._id(turn, 1),
                "rev": ticket["rev"],
                "community": self.community,
                "grid": ticket["grid"],
                "member": self.members[(ticket["rev"] + turn) % len(self.members)],
                "ticket": ticket["id"],
                "category": ticket["category"],
                "start": ticket["opened"] + turn * HOUR_MS,
                "end": ticket["opened"] + (turn + 1) * HOUR_MS,
                "day": ticket["opened"] // DAY_MS,
                "on_duty": False,
                "state": "CONFIRMED",
                "device": self.community,
                "seq": ticket["rev"],
                "deed": ticket["opened"],
                "change": ticket["id"],
                "versions": {},
            }

    def grow(self, connection: Connection, times: int) -> None:
        """As many again, so many times, from those that are there; without services."""
        for turn in range(1, times):
            for mapping, own, at in ((TICKET, "id", "opened"), (TICKET_TAKER, "ticket", "since")):
                table = mapping.table
                changed = {
                    own: func.replace(table.c[own], "-0000-7000-", f"-{turn:04}-7000-"),
                    at: table.c[at] - turn * MINUTE_MS,
                }
                first = table.c[own].like("%-0000-7000-%")
                copied = select(*(changed.get(one.name, one) for one in table.c)).where(first)
                connection.execute(insert(table).from_select(list(table.c), copied))
