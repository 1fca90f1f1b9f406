"""A hub that dies in the middle: run as a program, it kills itself before the n-th statement of some work.

`python -m tests.server.killed FOLDER WORK N`. Work is `push` or `settle`; with a large N it lives,
and prints how many statements there were. Acknowledged uploads are noted in a file beside it.
"""

import asyncio
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from server.store import Hub
from sync.changes import format_time
from sync.wire import Upload
from tests.server.house import SALT, CountedIds, HandClock, opened, settings
from tests.sync.world import G1, LY, M1, M2, T2, T, ident, when

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


async def prepared(folder: Path) -> str:
    """A hub with an inbox and a tablet that has more to send; gives the tablet's token."""
    async with opened(folder) as house:
        await house.submit(LY, ("ticket.open", T, ORDER), ("ticket.open", T2, ORDER))
        tablet = await house.tablet("A", G1)
        await tablet.pull()
        tablet.changes = changes(0, 20)
        house.clock.set("18:00")
        await tablet.push()
        return tablet.token


def changes(first: int, last: int) -> list[dict[str, Any]]:
    """The same changes each time: claims, notes and services on two tickets."""
    made: list[dict[str, Any]] = []
    for number in range(first, last):
        kind, data = KINDS[number % len(KINDS)]
        entity = ident(f"service {number}") if kind == "service.record" else (T, T2)[number % 2]
        raw = {
            "id": ident(f"change {number}"),
            "at": format_time(when("09:00") + number * 60_000),
            "run": 1,
            "saw": 0,
            "kind": kind,
            "entity": entity,
            "by": None,
            "data": data,
        }
        made.append(raw | ({"private": {"salt": SALT, "text": "seen"}} if kind == "ticket.note" else {}))
    return made


MOMENTS = {
    name: {"at": format_time(when(at)), "run": 1} for name, at in (("start", "08:00"), ("end", "09:00"))
}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("ticket.claim", {"member": M1}),
    ("ticket.claim", {"member": M2}),
    ("ticket.note", {}),
    ("ticket.edit", {"priority": "HIGH", "addTags": ["soon"]}),
    ("service.record", {"member": M2, **MOMENTS}),
]


async def work(folder: Path, name: str, last: int) -> None:
    clock, ids = HandClock(when("19:00")), CountedIds("after")
    async with await Hub.open(settings(folder), clock, ids) as hub:
        seen = itertools.count(1)

        def count(*_: Any) -> None:
            if next(seen) == last:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(hub.database._writer, "before_cursor_execute", count)
        event.listen(hub.database._writer, "commit", count)
        if name == "push":
            await push(hub, folder)
        else:
            await hub.settle()
        print(next(seen) - 1)


async def push(hub: Hub, folder: Path) -> None:
    """Send three more uploads; what was acknowledged is on the disk before the next is sent."""
    author = await hub.authenticate((folder / "token").read_text())
    for first in (20, 30, 40):
        upload = Upload(1, first + 1, 1, (), tuple(changes(first, first + 10)))
        receipt = await hub.push(author, upload)
        with (folder / "acknowledged").open("w") as file:
            file.write(str(receipt.received_through))
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
