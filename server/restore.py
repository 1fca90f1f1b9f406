"""Restoring a hub from a backup: proved first, then put in place of what is there in one transaction.

A new epoch begins with it; what offices did since is done again from the journals beside the backups.
"""

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import anyio
import anyio.from_thread
from msgspec import Struct
from sqlalchemy import Connection, delete
from sqlalchemy.exc import SQLAlchemyError

from schema.tables.catalogue import METADATA
from server import attachments, epochs, files, meta
from server.backup import copy_to
from server.backup_files import REPLACED
from server.copying import copy_rows
from server.database import Database, DatabaseError, Unavailable
from server.epochs import Epoch, Reason
from server.journal import Journal, segments
from server.migrate import TooNew
from server.moving import refuse_if_moved, stay
from server.proving import proved
from server.replay import verify
from server.scrub import scrub, still_held
from server.settings import Settings
from server.settings import sqlite_url as url_of
from server.standing import Marker, marker_of, standing
from server.system import Clock

BROKEN: Final = ".broken"
BESIDE: Final = ("", "-wal", "-shm")
"""What belongs to a SQLite database, by the ends of the names."""


class RestoreFailed(Exception):
    """Nothing was restored, and nothing was changed. Says why."""


class Restored(Struct, frozen=True, rename="camel"):
    """What a restore came to. `replaced`: a copy of what was there; `broken`: what was there and cannot be read."""

    epoch: Epoch
    replaced: str | None
    broken: str | None
    differences: list[str]


async def restore(settings: Settings, clock: Clock, file: Path, *, unproved: bool = False) -> Restored:
    """Put a backup in place of the database that the settings name; raises RestoreFailed, Away.

    A hub that is being served goes on with it. With `unproved` also a copy that is not sound. Where a
    district has left, nothing is restored: there would be two of it.
    """
    if not await anyio.Path(file).is_file():
        raise RestoreFailed(f"There is no file {file}.")
    with TemporaryDirectory(prefix="lianxin-") as beside:
        copy = Path(beside) / "copy.db"
        source = await _opened(file, copy)
        await source.close()
        proof = await proved(copy)
        if not proof.ok and not unproved:
            raise RestoreFailed(f"{file.name} is not sound: {'; '.join(proof.problems[:3])}.")
        target, broken = await _target(settings, clock.now())
        try:
            await target.read_in_thread(refuse_if_moved)
            source = await Database.open(url_of(copy))
            try:
                return await _restore(settings, clock, file, source, target, broken)
            finally:
                await source.close()
        finally:
            await target.close()


async def _opened(file: Path, copy: Path) -> Database:
    """The file as a database of its own, with the tables of this version; the file itself stays as it is."""
    for end in ("", "-wal"):
        if (part := Path(f"{file}{end}")).is_file():
            await anyio.to_thread.run_sync(shutil.copyfile, part, Path(f"{copy}{end}"))
    try:
        source = await Database.open(url_of(copy))
        async with source.read() as connection:
            await connection.run_sync(meta.text, meta.HUB)
    except TooNew:
        raise
    except (DatabaseError, SQLAlchemyError) as error:
        raise RestoreFailed(f"{file.name} is no backup of a hub ({type(error).__name__}).") from error
    return source


async def _target(settings: Settings, now: int) -> tuple[Database, str | None]:
    """The database to be replaced; a file that cannot be read is set aside and a new one made."""
    try:
        return await Database.open(settings.database_url), None
    except (DatabaseError, SQLAlchemyError) as error:
        path = _file_of(settings)
        if path is None:
            raise RestoreFailed(f"The database cannot be opened ({type(error).__name__}).") from error
    aside = _set_aside(path, now)
    return await Database.open(settings.database_url), aside


def _set_aside(path: Path, now: int) -> str:
    aside = f"{path}{BROKEN}-{now}"
    for end in BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{path}{end}").rename(f"{aside}{end}")
    return aside


def _file_of(settings: Settings) -> Path | None:
    _, found, path = settings.database_url.partition("sqlite:///")
    return Path(path) if found else None


async def _restore(
    settings: Settings,
    clock: Clock,
    file: Path,
    source: Database,
    target: Database,
    broken: str | None,
) -> Restored:
    marker = Marker(marker_of(target, settings.backups))
    journal = Journal(settings.backups, target.place)
    replaced = None if broken else await _kept(settings, target, clock.now())
    marked = marker.read()

    def put(there: Connection, here: Connection) -> Epoch:
        above = max(0 if marked is None else marked.epoch, _epoch(here))
        erased, files_erased = still_held(there, here), attachments.still_held(there, here)
        for table in METADATA.sorted_tables:
            here.execute(delete(table))
        copy_rows(there, here)
        scrub(here, erased)
        attachments.drop(here, files_erased)
        stay(here)
        found = segments([settings.backups, file.resolve().parent], meta.text(here, meta.HUB))
        return epochs.begin(here, journal, Reason.RESTORED, clock.now(), above=above, found=found)

    def from_source(there: Connection) -> Epoch:
        return anyio.from_thread.run(target.write, lambda here: put(there, here))

    epoch = await source.read_in_thread(from_source)
    marker.write(await target.read_in_thread(standing))
    verification = await target.read_in_thread(verify)
    return Restored(epoch, replaced, broken, verification.differences)


def _epoch(connection: Connection) -> int:
    """The epoch of the hub that is replaced; 0 where there was none."""
    try:
        return meta.number(connection, meta.EPOCH)
    except SQLAlchemyError:
        return 0


async def _kept(settings: Settings, target: Database, now: int) -> str | None:
    """A copy of what is about to be replaced, where there is anything and room for it."""
    try:
        async with target.read() as connection:
            hub = await connection.run_sync(meta.text, meta.HUB)
    except SQLAlchemyError:
        return None
    if settings.backups is None:
        return None
    with suppress(OSError, sqlite3.Error, Unavailable):
        files.make_folder(settings.backups)
        path = settings.backups / f"{files.new_stem(settings.backups, hub, now)}{REPLACED}"
        await copy_to(target, path)
        return str(path)
    return None
