"""A district on a disk that is really full: run as a program with mounts of its own, it makes a small disk and fills it.

`python -m tests.server.full_disk DATABASE` prints as JSON what came of each step.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from psycopg import sql
from sqlalchemy import func, select

from schema.tables.change import CHANGE
from schema.tables.settlement import SETTLEMENT
from schema.values import Refused
from server import nightly
from server.settings import sqlite_url
from tests.postgres import Cluster
from tests.server.house import House, Paper, opened
from tests.sync.world import G1, ident

SIZE: Final = "48m"
MANY: Final = 400
ROOM: Final = {"sqlite": 400_000, "postgresql": 0}
"""What is left for the night, which needs more. PostgreSQL has room for a little in the pages that it has."""


def alone() -> list[str]:
    """What a command is to begin with, so that it may mount what nobody else sees."""
    whom = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    return ["unshare", "--mount", *whom]


def possible() -> bool:
    """Whether this machine lets us mount."""
    if shutil.which("unshare") is None:
        return False
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "small", "/tmp"]
    return subprocess.run([*alone(), *mount], check=False, capture_output=True).returncode == 0


@contextmanager
def database(name: str, disk: Path) -> Iterator[str]:
    """The URL of an empty database on this disk."""
    if name == "sqlite":
        yield sqlite_url(disk / "hub.db")
        return
    cluster = Cluster.start()
    try:
        place, owner = disk / "tables", cluster.folder.stat()
        place.mkdir()
        os.chown(place, owner.st_uid, owner.st_gid)
        cluster.run(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(place))))
        with cluster.database(options="TABLESPACE small") as url:
            yield url
    finally:
        cluster.stop()


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of its own, for everybody on this machine who sees the mounts of this program."""
    disk = Path(tempfile.mkdtemp(prefix="lianxin-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "small", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)
        disk.rmdir()


def fill(disk: Path, room: int) -> Path:
    """A file that leaves so many bytes on the disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        free = os.statvfs(disk)
        left = free.f_bavail * free.f_frsize - room
        while left > 0:
            left -= file.write(b"\0" * min(left, 65_536))
    return filler


async def day(url: str, name: str, disk: Path) -> dict[str, Any]:
    """A night that the disk has no room for, what goes on meanwhile, and the next one."""
    said: dict[str, Any] = {}
    async with opened(url) as house:
        tablet = await house.tablet("A", G1)
        for number in range(MANY):
            order = {"grid": G1, "category": "parking", "title": "停车" * 60}
            tablet.record("ticket.open", ident(f"ticket {number}"), order, at="08:00")
        await tablet.push()
        house.clock.set("18:00")
        before = await counted(house)
        filler = fill(disk, ROOM[name])
        said["night"] = await nightly.night(house.hub)
        said["nothing half done"] = await counted(house) == before
        said["reasons"] = (await house.hub.readiness()).reasons
        said["replay"] = (await house.hub.verify()).ok
        said["upload"] = await uploaded(tablet)
        filler.unlink()
        house.clock.set("19:00")
        said["next night"] = await nightly.night(house.hub)
        said["reasons later"] = (await house.hub.readiness()).reasons
        await tablet.pull()
        told = [tablet.verdict(str(change["id"]))["code"] for change in tablet.changes]
        said["told"] = sorted(set(told))
        said["replay later"] = (await house.hub.verify()).ok
    return said


async def counted(house: House) -> list[int]:
    """The lines of the log and the settlements."""
    found = [
        await house.rows(select(func.count().label("n")).select_from(one)) for one in (CHANGE, SETTLEMENT)
    ]
    return [int(rows[0]["n"]) for rows in found]


async def uploaded(tablet: Paper) -> str:
    """What a tablet hears that sends one thing more."""
    order = {"grid": G1, "category": "parking", "title": "meanwhile"}
    tablet.record("ticket.open", ident("meanwhile"), order, at="17:00")
    try:
        receipt = await tablet.push(MANY + 1)
    except Refused as refused:
        return refused.code
    return "taken" if receipt.received_through == MANY + 1 else "not taken"


if __name__ == "__main__":
    with small_disk() as small, database(sys.argv[1], small) as there:
        print(json.dumps(asyncio.run(day(there, sys.argv[1], small))))
