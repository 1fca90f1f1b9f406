"""Taking out of the backups that are kept what the hub has erased since they were made.

A backup is never altered where it lies: a copy is scrubbed, written anew without a trace, proved,
and put in its place. One that cannot be is left, and said so.
"""

import logging
import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import anyio
import anyio.from_thread
from filelock import FileLock, Timeout
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError

from server import attachments, files
from server.backup_files import KINDS, UNPROVED, lock_of, vacuum_into
from server.database import Database, DatabaseError, Unavailable
from server.migrate import TooNew
from server.proving import proved
from server.scrub import scrub, still_held
from server.settings import sqlite_url

logger = logging.getLogger(__name__)

BESIDE: Final = "scrub-"
FAULTS: Final = (OSError, sqlite3.Error, SQLAlchemyError, DatabaseError, TooNew, Unavailable)


async def scrub_backups(database: Database, folder: Path, hub: str) -> int:
    """Scrub every copy of this hub in the folder; gives how many files were written anew.

    Where a backup is being made at this moment nothing is done: whoever makes one scrubs the others.
    """
    try:
        with FileLock(lock_of(folder, hub), timeout=0, preserve_lock_file=True):
            return await scrub_all(database, folder, hub)
    except Timeout:
        return 0


async def scrub_all(database: Database, folder: Path, hub: str) -> int:
    """The same, for whoever holds the lock on the backups."""
    await anyio.to_thread.run_sync(_tidy, folder)
    done = 0
    for suffix in KINDS:
        for path in list(files.of_hub(folder, hub, suffix)):
            try:
                done += await _scrub_file(database, path)
            except FAULTS as error:
                logger.error("%s could not be scrubbed: %s", path.name, type(error).__name__)
    return done


def _tidy(folder: Path) -> None:
    """What was begun and broken off."""
    for leftover in folder.glob(f"{BESIDE}*"):
        shutil.rmtree(leftover, ignore_errors=True)


async def _scrub_file(database: Database, path: Path) -> bool:
    wanted = await database.read_in_thread(lambda hub: _wanted(path, hub))
    lines, keys = wanted
    if not lines and not keys:
        return False
    with TemporaryDirectory(prefix=BESIDE, dir=path.parent) as beside:
        copy, clean = Path(beside) / "copy.db", path.with_suffix(UNPROVED)
        await anyio.to_thread.run_sync(shutil.copyfile, path, copy)
        scrubbed = await Database.open(sqlite_url(copy))
        try:
            await scrubbed.write(scrub, lines)
            await scrubbed.write(attachments.drop, keys)
        finally:
            await scrubbed.close()
        await anyio.to_thread.run_sync(vacuum_into, copy, clean)
    proof = await proved(clean)
    if not proof.ok:
        clean.unlink()
        logger.error("%s could not be scrubbed: %s", path.name, proof.problems[0])
        return False
    clean.replace(path)
    files.flush_folder(path.parent)
    logger.info(
        "%s no longer holds what was erased in %s changes and %s files", path.name, len(lines), len(keys)
    )
    return True


def _wanted(path: Path, hub: Connection) -> tuple[dict[str, set[str]], list[attachments.Key]]:
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true")
    try:
        with engine.connect() as copy:
            return still_held(copy, hub), attachments.still_held(copy, hub)
    finally:
        engine.dispose()
