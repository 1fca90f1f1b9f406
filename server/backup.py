"""Backups: a whole copy of the hub while it works, proved before it counts; and the journal that begins with it.

On either database a backup is one SQLite file. Only a proved one moves `durableThrough`.
"""

import logging
import sqlite3
from pathlib import Path
from typing import Any, Final, Protocol

import anyio
import anyio.from_thread
from filelock import FileLock, Timeout
from msgspec import Struct
from sqlalchemy import Connection, select

from schema.tables.durable import DURABLE
from schema.tables.tablet import TABLET
from server import files
from server.backup_files import REPLACED, SUFFIX, UNPROVED, lock_of, vacuum_into
from server.copying import copy_rows
from server.database import Database, Unavailable
from server.health import Health
from server.journal import SUFFIX as JOURNAL
from server.journal import Journal
from server.proving import Proof, proved
from server.scrub_backups import scrub_all
from server.settings import Settings, sqlite_url
from server.system import Clock
from server.write import put

logger = logging.getLogger(__name__)

RETRIES_MS: Final = (60_000, 300_000, 1_800_000)
"""How long to wait after a backup that failed, and after another one, and after all further ones."""


class BackupFailed(Exception):
    """No backup was made, or none that counts. Says why and what to do; never whose data."""


class Backup(Struct, frozen=True, rename="camel"):
    """A proved backup. `at` in milliseconds since 1970."""

    path: str
    size: int
    at: int
    epoch: int
    rev: int
    settlements: int
    changes: int


async def back_up(database: Database, journal: Journal, now: int, *, kept: int, hub: str) -> Backup:
    """Make a backup in the journal's folder, prove it, count it, and let go of the oldest; raises BackupFailed."""
    folder = journal.folder
    if folder is None:
        raise BackupFailed("There is no folder for backups. Set LIANXIN_BACKUPS.")
    try:
        files.make_folder(folder)
        with FileLock(lock_of(folder, hub), timeout=0, preserve_lock_file=True):
            return await _back_up(database, journal, folder, now, kept, hub)
    except Timeout:
        raise BackupFailed("Another backup is being made. Wait until it is done.") from None
    except Unavailable as error:
        raise BackupFailed(f"No backup was made: {error.reason}.") from error
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BackupFailed(f"No backup could be written to {folder}: {reason}.") from error


async def _back_up(
    database: Database, journal: Journal, folder: Path, now: int, kept: int, hub: str
) -> Backup:
    for leftover in files.of_hub(folder, hub, UNPROVED):
        leftover.unlink()
    # The journal's segment begins first: what is written meanwhile is in the copy, in the segment or in both.
    stem = await database.write(journal.begin, now)
    await database.write(journal.erase)
    path, unproved = folder / f"{stem}{SUFFIX}", folder / f"{stem}{UNPROVED}"
    await copy_to(database, unproved)
    proof = await proved(unproved)
    if not proof.ok or proof.standing is None:
        raise BackupFailed(_why(unproved, proof))
    size = unproved.stat().st_size
    unproved.rename(path)
    files.flush_folder(folder)
    await database.write(_count, proof)
    _let_go(folder, hub, kept)
    await scrub_all(database, folder, hub)
    at = proof.standing
    logger.info("backup %s: rev %s, %s changes", path.name, at.rev, proof.changes)
    return Backup(str(path), size, now, at.epoch, at.rev, proof.settlements, proof.changes)


def _why(path: Path, proof: Proof) -> str:
    shown = "; ".join(proof.problems[:3])
    return (
        f"The copy {path.name} is not sound and does not count: {shown}."
        " Run `lianxin verify`; if the database itself is damaged, restore the last backup."
    )


async def copy_to(database: Database, to: Path) -> None:
    """The whole hub on one snapshot as one SQLite file, durably, while everybody goes on writing."""
    if database.path is not None:
        await anyio.to_thread.run_sync(vacuum_into, database.path, to)
        return
    rows = to.with_suffix(".rows")
    fresh = await Database.open(sqlite_url(rows))
    try:

        def copy(source: Connection) -> None:
            anyio.from_thread.run(fresh.write, lambda target: copy_rows(source, target))

        await database.read_in_thread(copy)
        await anyio.to_thread.run_sync(vacuum_into, rows, to)
    finally:
        await fresh.close()
        for path in (rows, rows.with_name(f"{rows.name}.lock")):
            path.unlink(missing_ok=True)


def _count(connection: Connection, proof: Proof) -> None:
    """What a proved backup holds is durable; never less than an earlier one said."""
    before = connection.execute(select(DURABLE.c.device, DURABLE.c.through))
    known = {row.device: row.through for row in before}
    rows: list[dict[str, Any]] = [
        {
            "device": row.device,
            "community": row.community,
            "through": max(known.get(row.device, 0), proof.received[row.device]),
        }
        for row in connection.execute(select(TABLET.c.device, TABLET.c.community))
        if row.device in proof.received
    ]
    put(connection, DURABLE, rows)


def _let_go(folder: Path, hub: str, kept: int) -> None:
    """Delete all but the newest backups, and what lies beside those that are deleted."""
    backups = [path.name for path in files.of_hub(folder, hub, SUFFIX)]
    if len(backups) <= kept:
        return
    oldest = backups[-kept]
    for suffix in (SUFFIX, JOURNAL, REPLACED):
        for path in files.of_hub(folder, hub, suffix):
            if path.name.partition(".")[0] < oldest.partition(".")[0]:
                path.unlink()


def newest_at(folder: Path | None, hub: str) -> int | None:
    """When the newest backup in a folder was begun, in milliseconds; None where there is none."""
    found = [] if folder is None else list(files.of_hub(folder, hub, SUFFIX))
    return files.moment_of(found[-1]) if found else None


# Inside `serve`


class BackingUp(Protocol):
    """What the scheduled run needs of the hub."""

    settings: Settings
    clock: Clock
    health: Health

    async def back_up(self) -> Backup: ...
    async def backed_up_at(self) -> int | None:
        """When the newest backup was begun."""


async def run(hub: BackingUp) -> None:
    """Back up for ever, by the cron line; one that was missed is made at once. Ends by being cancelled."""
    if not hub.settings.backup:
        return
    if await _missed(hub):
        await _until_made(hub)
    while True:
        await hub.clock.until(hub.settings.backs_up_at(hub.clock.now()))
        await _until_made(hub)


async def _missed(hub: BackingUp) -> bool:
    try:
        last = await hub.backed_up_at()
    except (Unavailable, OSError):
        return True
    return last is None or last < hub.settings.backed_up_before(hub.clock.now())


async def _until_made(hub: BackingUp) -> None:
    failures = 0
    while not await scheduled(hub):
        await hub.clock.until(hub.clock.now() + RETRIES_MS[min(failures, len(RETRIES_MS) - 1)])
        failures += 1


async def scheduled(hub: BackingUp) -> bool:
    """One backup, whatever comes of it; the reason of a failure is kept for /readyz."""
    try:
        await hub.back_up()
    except BackupFailed as failure:
        hub.health.backup_failure = str(failure)
        logger.error("the backup failed: %s", failure)
        return False
    except Exception as error:
        hub.health.backup_failure = f"The backup failed: {type(error).__name__}"
        logger.exception("the backup failed")
        return False
    hub.health.backup_failure = None
    return True
