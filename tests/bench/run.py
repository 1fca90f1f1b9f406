"""One run of everything that is measured, on one kind of database."""

import asyncio
from pathlib import Path
from typing import Any

from server.settings import Settings
from server.store import Hub
from server.system import SystemIds
from tests.bench import pull, reads, settlement
from tests.bench.district import Bench, Ticking
from tests.databases import databases_named


def run(name: str, folder: Path, changes: int, seed: int) -> dict[str, Any]:
    """A district's night, and then a tablet that carries all its grids and has nothing yet. Shapes as printed.

    With 20,000 changes that is a tablet of more than 10,000 documents: tickets, services, members.
    """
    clock = Ticking()
    with databases_named(name, durable=True) as databases, databases.fresh(folder) as url:
        settings = Settings(database_url=url)
        night, token = asyncio.run(settled(settings, clock, changes, seed))
        pulled = pull.measure(settings, clock, token, folder)
    return {"settlement": night, "pull": pulled}


def run_reads(name: str, folder: Path, many: int, changes: int, seconds: int, seed: int) -> dict[str, Any]:
    """What front-end teams ask, of a district with so many tickets and a night's changes. Shapes as printed."""
    with databases_named(name, durable=True) as databases, databases.fresh(folder) as url:
        return reads.measure(Settings(database_url=url), folder, many, changes, seconds, seed)


async def settled(settings: Settings, clock: Ticking, changes: int, seed: int) -> tuple[dict[str, Any], str]:
    """The night, and the token of a tablet that has not pulled."""
    ids = SystemIds()
    async with await Hub.open(settings, clock, ids) as hub:
        bench = Bench(hub, clock, ids, seed)
        await bench.load()
        await bench.day(changes)
        night = await settlement.measure(hub)
        code = await hub.code(bench.grids)
        return night, (await hub.enrol(code.code, "the tablet that pulls", "bench")).token
