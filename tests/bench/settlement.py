"""A night of many changes against the bare floor: decode them, sort them, insert them, upsert their tickets' rows.

Both in one database of the same settings, by the same bulk writer, in the same process, in turn.
"""

import time
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, delete, select

import sync.points
import sync.settle
from schema.tables.change import CHANGE, accepted_of
from schema.tables.columns import Row
from schema.tables.document import DOCUMENT
from schema.tables.ticket import TICKET
from server import gather, nights, plan, settlement
from server.store import Hub
from server.write import Rows, add, put
from sync.settle import ordered
from tests.bench.stopwatch import Stopwatch, Timed

PARTS: Final = ("read", "decode", "order", "load", "decide", "points", "write", "feed", "commit")
"""The parts of a night as they follow each other. Rows are encoded in `write` and `feed`, too."""

FLOORS: Final = 3


def _of_rows(_: Connection, rows: Rows) -> str:
    return _of_table(rows.table)


def _of_table(table: Any, *_: Any) -> str:
    return "feed" if table is DOCUMENT else "write"


def timed(hub: Hub) -> list[Timed]:
    """Which functions make up which part."""
    return [
        Timed("read", nights, "base_of"),
        *(
            Timed("read", settlement, name)
            for name in ("base_of", "waiting", "untold", "_repeats", "_communities")
        ),
        *(Timed("decode", where, "accepted_of") for where in (settlement, gather)),
        Timed("order", sync.settle, "ordered"),
        *(Timed("load", settlement, name) for name in ("gathered", "newest_outcomes")),
        Timed("decide", settlement, "settle"),
        *(Timed("points", sync.points, name) for name in ("post", "total")),
        Timed("write", settlement, "planned"),
        *(Timed("feed", plan, name) for name in ("documents", "moved", "feed_rows")),
        Timed(_of_table, plan, "encoded"),
        Timed("write", nights, "apply"),
        Timed(_of_rows, settlement, "write"),
        Timed("commit", hub.database._writer.dialect, "do_commit"),
    ]


class Floor:
    """What no settlement can do without, on the very changes that wait for the night."""

    def __init__(self, connection: Connection) -> None:
        self.lines: Sequence[Row] = [dict(row) for row in settlement.waiting(connection, 0)]
        self.tickets = [dict(row) for row in connection.execute(select(TICKET.table)).mappings()]

    def clear(self, connection: Connection) -> None:
        """Make room for the same lines to come once more."""
        connection.execute(delete(CHANGE).where(CHANGE.c.settlement.is_(None)))

    def work(self, connection: Connection) -> None:
        ordered([accepted_of(line) for line in self.lines])
        add(connection, CHANGE, self.lines)
        put(connection, TICKET.table, self.tickets)


async def measure(hub: Hub) -> dict[str, Any]:
    """Seconds of the floor (the median) and of the night that waits in this hub, whole and by part."""
    floor = await hub.database.read_in_thread(Floor)
    floors = []
    for _ in range(FLOORS):
        await hub.database.write(floor.clear)
        began = time.perf_counter()
        await hub.database.write(floor.work)
        floors.append(time.perf_counter() - began)
    stopwatch = Stopwatch()
    with stopwatch.on(timed(hub)):
        began = time.perf_counter()
        night = await hub.settle()
        whole = time.perf_counter() - began
    assert night.settled is not None
    return {
        "changes": len(night.settled.changes),
        "tickets": len(floor.tickets),
        "floor_s": median(floors),
        "night_s": whole,
        "parts_s": {name: stopwatch.seconds.get(name, 0.0) for name in PARTS},
        "verified": (await hub.verify()).ok,
    }
