"""One writer at a time across all processes, readers that cannot write, and tables that upgrade themselves."""

import asyncio
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from filelock import FileLock
from sqlalchemy import Connection, create_engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from schema.tables.catalogue import METADATA
from schema.tables.meta import META
from server import meta
from server.database import Database, Unavailable
from server.migrate import TooNew, head, upgrade
from server.settings import BadSetting, sqlite_url
from server.store import Hub
from tests.server.house import CountedIds, HandClock, settings


async def database(folder: Path) -> Database:
    return await Database.open(sqlite_url(folder / "hub.db"))


def add(connection: Connection, key: str) -> None:
    connection.execute(insert(META).values(key=key, value=""))


async def keys(hub: Database) -> set[str]:
    async with hub.read() as connection:
        return set((await connection.execute(select(META.c.key))).scalars())


async def test_what_fails_is_not_written_at_all(tmp_path: Path) -> None:
    hub = await database(tmp_path)

    def fail(connection: Connection) -> None:
        add(connection, "first")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await hub.write(fail)
    await hub.write(add, "second")
    assert await keys(hub) == {"second"}
    await hub.close()


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    hub = await database(tmp_path)
    async with hub.read() as connection:
        with pytest.raises((SQLAlchemyError, Unavailable)):
            await connection.execute(insert(META).values(key="a", value=""))
    with pytest.raises((SQLAlchemyError, Unavailable)):
        await hub.read_in_thread(lambda connection: add(connection, "a"))
    assert await keys(hub) == set()
    await hub.close()


async def test_a_reader_sees_one_snapshot(tmp_path: Path) -> None:
    hub = await database(tmp_path)
    counted = select(func.count()).select_from(META)
    async with hub.read() as connection:
        before = (await connection.execute(counted)).scalar_one()
        await hub.write(add, "meanwhile")
        assert (await connection.execute(counted)).scalar_one() == before
    assert await keys(hub) == {"meanwhile"}
    await hub.close()


async def test_nobody_writes_while_another_process_holds_the_lock(tmp_path: Path) -> None:
    hub = await database(tmp_path)
    done = anyio.Event()

    async def write() -> None:
        await hub.write(add, "a")
        done.set()

    async with anyio.create_task_group() as group:
        with FileLock(tmp_path / "hub.db.lock"):
            group.start_soon(write)
            with anyio.move_on_after(0.1):
                await done.wait()
            assert not done.is_set()
            # Whoever waits for the lock holds up nobody who reads.
            assert await keys(hub) == set()
        await done.wait()
    assert await keys(hub) == {"a"}
    await hub.close()


async def test_two_hubs_on_one_file_take_turns(tmp_path: Path) -> None:
    one, other = await database(tmp_path), await database(tmp_path)
    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(one.write, add, f"one {number}")
            group.start_soon(other.write, add, f"other {number}")
    assert len(await keys(one)) == 40
    await one.close()
    await other.write(add, "still open")
    await other.close()


async def test_a_write_that_was_begun_is_finished_when_its_caller_goes_away(tmp_path: Path) -> None:
    hub = await database(tmp_path)
    async with anyio.create_task_group() as group:

        def slow(connection: Connection) -> None:
            add(connection, "begun")
            anyio.from_thread.run_sync(group.cancel_scope.cancel)

        group.start_soon(hub.write, slow)
    await hub.write(add, "next")
    assert await keys(hub) == {"begun", "next"}
    await hub.close()


@pytest.mark.parametrize("way", ["write", "read_in_thread", "answer"])
async def test_nobody_goes_on_before_a_thread_has_ended_that_works_for_them(tmp_path: Path, way: str) -> None:
    """A WebSocket's operation is cancelled by asyncio itself, again and again: the writer's turn is kept all the same."""
    hub = await database(tmp_path)
    begun, told = threading.Event(), threading.Event()

    def slow(*_: Any) -> None:
        begun.set()
        assert told.wait(10)

    task = asyncio.ensure_future(getattr(hub, way)(slow))
    await anyio.to_thread.run_sync(begun.wait)
    for _ in range(3):
        task.cancel()
        await anyio.wait_all_tasks_blocked()
        assert not task.done()
    assert hub._turn.locked() == (way == "write")
    told.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await hub.close()


async def test_the_pragmas_that_durability_needs_are_set(tmp_path: Path) -> None:
    hub = await database(tmp_path)

    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]

    assert await hub.write(pragmas) == ["wal", 2, 1, 1]
    await hub.close()


async def test_an_error_never_quotes_what_was_about_to_be_written(tmp_path: Path) -> None:
    hub = await database(tmp_path)
    await hub.write(add, "5550100")
    with pytest.raises(IntegrityError) as failed:
        await hub.write(add, "5550100")
    assert "5550100" not in str(failed.value)
    await hub.close()


# Migrations


async def test_the_migrations_make_these_tables(tmp_path: Path) -> None:
    hub = await database(tmp_path)

    def difference(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), METADATA)

    assert await hub.read_in_thread(difference) == []
    await hub.close()


async def test_an_older_database_is_copied_beside_itself_before_it_is_upgraded(tmp_path: Path) -> None:
    old = create_engine(sqlite_url(tmp_path / "hub.db"))
    with old.begin() as connection:
        upgrade(connection, "0001")
        add(connection, "kept")
    old.dispose()
    hub = await database(tmp_path)
    assert await keys(hub) == {"kept"}
    await hub.close()
    versions = []
    for name in ("hub.db", f"hub.db.before-{head()}"):
        file = sqlite3.connect(tmp_path / name)
        versions += file.execute("SELECT version_num, key FROM alembic_version, meta").fetchall()
        file.close()
    assert versions == [(head(), "kept"), ("0001", "kept")]


async def test_an_upgrade_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    hub = await database(tmp_path)
    await hub.write(add, "kept")
    await hub.close()
    with sqlite3.connect(tmp_path / "hub.db") as connection:
        connection.execute("DELETE FROM alembic_version")
    connection.close()
    with pytest.raises(SQLAlchemyError, match="already exists"):
        await database(tmp_path)
    with sqlite3.connect(tmp_path / "hub.db") as connection:
        assert connection.execute("SELECT key FROM meta").fetchall() == [("kept",)]
    connection.close()


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    hub = await database(tmp_path)
    await hub.close()
    with sqlite3.connect(tmp_path / "hub.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(TooNew):
        await database(tmp_path)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
async def test_a_url_that_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(BadSetting, match="LIANXIN_DATABASE_URL"):
        await Database.open(url)


async def test_a_new_database_is_given_its_first_numbers_once(tmp_path: Path) -> None:
    secrets = set()
    for name in ("first", "later"):
        hub = await Hub.open(settings(tmp_path), HandClock(), CountedIds(name))
        async with hub.read() as connection:
            secrets.add(await connection.run_sync(meta.text, meta.SECRET))
            assert await connection.run_sync(meta.number, meta.EPOCH) == 1
        await hub.close()
    (secret,) = secrets
    assert len(bytes.fromhex(secret)) == 32


async def test_a_copied_database_opens_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    hub = await database(tmp_path / "here")
    await hub.write(add, "a")
    await hub.close()
    shutil.copy(tmp_path / "here" / "hub.db", tmp_path / "there" / "hub.db")
    hub = await database(tmp_path / "there")
    assert await keys(hub) == {"a"}
    await hub.close()


async def test_a_glance_at_what_was_closed_is_to_be_tried_again(tmp_path: Path) -> None:
    """Whoever asks while the server ends hears RETRY. Its connection had been closed under it: INTERNAL."""
    hub = await database(tmp_path)
    assert hub.glance("SELECT 1", ()) == (1,)
    await hub.close()
    with pytest.raises(Unavailable):
        hub.glance("SELECT 1", ())


async def test_who_closes_and_is_cancelled_meanwhile_leaves_no_connection_open(database_url: str) -> None:
    database = await Database.open(database_url)
    await database.write(lambda connection: connection.exec_driver_sql("SELECT 1").all())
    with anyio.CancelScope() as scope:
        scope.cancel()
        await database.close()
    assert not hasattr(database._writer.pool, "checkedin") or database._writer.pool.checkedin() == 0
