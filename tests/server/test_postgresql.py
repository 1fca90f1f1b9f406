"""What is particular to PostgreSQL: turns taken across processes, order by bytes, a server that goes away."""

import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from anyio.streams.buffered import BufferedByteReceiveStream
from psycopg import sql
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import InternalError

from schema.tables.catalogue import METADATA
from schema.tables.meta import META
from schema.tables.ticket import TICKET
from schema.values import Refused
from server.answering import ANSWERERS, Statements
from server.database import BEGIN_WRITING, WRITERS_TURN, Database, DatabaseError, Unavailable
from server.migrate import TooNew
from server.settings import BadSetting
from server.store import Hub
from tests.databases import Databases, Served
from tests.postgres import Cluster, name_of
from tests.server.house import CountedIds, HandClock, opened, settings
from tests.sync.world import G1, T, ident

pytestmark = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


@pytest.fixture
def cluster(databases: Databases) -> Cluster:
    assert isinstance(databases, Served)
    return databases.cluster


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    opened = await Database.open(url)
    try:
        yield opened
    finally:
        await opened.close()


def add(connection: Connection, key: str) -> None:
    connection.execute(insert(META).values(key=key, value=""))


async def keys(hub: Database) -> set[str]:
    async with hub.read() as connection:
        return set((await connection.execute(select(META.c.key))).scalars())


# One writer, and readers that see one moment


async def test_a_reader_sees_one_snapshot_and_cannot_write(database_url: str) -> None:
    counted = select(func.count()).select_from(META)
    async with database(database_url) as hub:
        async with hub.read() as connection:
            before = (await connection.execute(counted)).scalar_one()
            await hub.write(add, "meanwhile")
            assert (await connection.execute(counted)).scalar_one() == before
            with pytest.raises(InternalError, match="read-only transaction"):
                await connection.execute(insert(META).values(key="a", value=""))
        with pytest.raises(DatabaseError, match="ReadOnlySqlTransaction"):
            await hub.read_in_thread(lambda connection: add(connection, "a"))
        assert await keys(hub) == {"meanwhile"}


OTHER = """
import anyio, sys
from server.database import Database
from tests.server.test_postgresql import add

def work(connection):
    add(connection, "theirs")
    print("mine", flush=True)
    sys.stdin.readline()

async def main():
    hub = await Database.open(sys.argv[1])
    await hub.write(work)
    await hub.close()

anyio.run(main)
"""
"""A process that says when it holds the turn, and gives it back when it is told to."""


async def test_nobody_writes_while_another_process_does(database_url: str) -> None:
    async with database(database_url) as hub, anyio.create_task_group() as group:
        done = anyio.Event()

        async def write() -> None:
            seen = await hub.write(lambda connection: set(connection.execute(select(META.c.key)).scalars()))
            assert seen == {"theirs"}
            done.set()

        async with await anyio.open_process([sys.executable, "-c", OTHER, database_url]) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            assert await BufferedByteReceiveStream(process.stdout).receive_until(b"\n", 80) == b"mine"
            group.start_soon(write)
            with anyio.move_on_after(0.2):
                await done.wait()
            assert not done.is_set()
            # Whoever waits for the turn holds up nobody who reads.
            assert await keys(hub) == set()
            await process.stdin.send(b"now\n")
            await done.wait()


async def test_two_hubs_on_one_database_take_turns_and_number_without_holes(database_url: str) -> None:
    async with opened(database_url) as house:
        other = await Hub.open(settings(database_url), house.clock, CountedIds("other hub"))
        async with other:
            desk = await house.desk("district")

            async def order(hub: Hub, name: str) -> None:
                raw = house.raw("ticket.open", ident(name), ORDER)
                await hub.submit(desk, [raw])

            async with anyio.create_task_group() as group:
                for number in range(10):
                    group.start_soon(order, house.hub, f"one {number}")
                    group.start_soon(order, other, f"other {number}")
            assert len(await house.rows(select(TICKET.table.c.id))) == 20
        await house.verified()


async def test_what_a_writer_reads_is_what_the_last_one_committed(database_url: str) -> None:
    def count(connection: Connection) -> None:
        number = connection.execute(text("SELECT value FROM meta WHERE key = 'n'")).scalar_one_or_none()
        if number is None:
            connection.execute(insert(META).values(key="n", value="1"))
        else:
            connection.execute(
                text("UPDATE meta SET value = :n WHERE key = 'n'"), {"n": str(int(number) + 1)}
            )

    async with (
        database(database_url) as one,
        database(database_url) as other,
        anyio.create_task_group() as group,
    ):
        for _ in range(20):
            group.start_soon(one.write, count)
            group.start_soon(other.write, count)
    async with database(database_url) as hub, hub.read() as connection:
        assert (await connection.execute(text("SELECT value FROM meta WHERE key = 'n'"))).scalar_one() == "40"


async def test_a_commit_is_on_the_disk_before_it_is_answered(database_url: str, cluster: Cluster) -> None:
    name = sql.Identifier(name_of(database_url))
    cluster.run(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    async with database(database_url) as hub:
        said = await hub.write(lambda c: c.execute(text("SHOW synchronous_commit")).scalar_one())
    assert said == "on"


# The tables


async def test_the_migrations_make_these_tables(cluster: Cluster) -> None:
    def difference(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), METADATA)

    with cluster.database("template0") as url:
        async with database(url) as hub:
            assert await hub.read_in_thread(difference) == []


async def test_two_hubs_may_start_on_an_empty_database_at_once(cluster: Cluster) -> None:
    hubs: list[Hub] = []

    async def start(url: str, name: str) -> None:
        hubs.append(await Hub.open(settings(url), HandClock(), CountedIds(name)))

    with cluster.database("template0") as url:
        async with anyio.create_task_group() as group:
            group.start_soon(start, url, "one")
            group.start_soon(start, url, "other")
        secrets = set()
        for hub in hubs:
            async with hub.read() as connection:
                secrets.add(
                    (
                        await connection.execute(text("SELECT value FROM meta WHERE key = 'secret'"))
                    ).scalar_one()
                )
            await hub.close()
    assert len(secrets) == 1


async def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(TooNew):
        await Database.open(database_url)


async def test_text_is_ordered_by_its_bytes_whatever_the_locale(cluster: Cluster) -> None:
    words = ["a", "B", "_", "é", "Z", "中", "b", "z", "丁", "𠀀", "Ａ"]
    with cluster.database("template0", "LOCALE_PROVIDER icu ICU_LOCALE 'zh'") as url:
        async with database(url) as hub:
            for word in words:
                await hub.write(add, word)
            async with hub.read() as connection:
                ordered = (await connection.execute(select(META.c.key).order_by(META.c.key))).scalars().all()
                after = select(META.c.key).where(META.c.key > "Z").order_by(META.c.key)
                later = (await connection.execute(after)).scalars().all()
    assert ordered == sorted(words)
    assert later == [word for word in sorted(words) if word > "Z"]


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_cannot_hold_every_text_is_refused(cluster: Cluster, encoding: str) -> None:
    with (
        cluster.database("template0", f"ENCODING '{encoding}' LOCALE 'C'") as url,
        pytest.raises(BadSetting, match="UTF8"),
    ):
        await Database.open(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
async def test_the_driver_is_ours_to_choose(database_url: str, scheme: str) -> None:
    async with database(database_url.replace("postgresql", scheme, 1)) as hub:
        assert await keys(hub) == set()


async def test_an_error_never_quotes_what_was_about_to_be_written(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with database(database_url) as hub:
        await hub.write(add, "5550100")
        with pytest.raises(DatabaseError, match=r"UniqueViolation 23505 meta .*meta") as failed:
            await hub.write(add, "5550100")
        with pytest.raises(DatabaseError, match="InvalidTextRepresentation") as unread:
            await hub.write(lambda c: c.execute(text("SELECT CAST('5550100x' AS integer)")))
    for error in (failed.value, unread.value):
        assert error.__cause__ is None
        assert error.__suppress_context__
        assert "5550100" not in str(error)


# A server that goes away


async def test_whoever_asks_while_the_database_is_away_is_told_to_try_again(
    database_url: str, cluster: Cluster
) -> None:
    async with opened(database_url) as house:
        tablet = await house.tablet("A", G1)
        tablet.record("ticket.open", T, ORDER, at="08:00")
        desk = await house.desk("district")
        asked = house.raw("ticket.open", ident("online"), ORDER)
        with cluster.away(database_url):
            for attempt in (
                tablet.push,
                tablet.pull,
                lambda: house.hub.authenticate(tablet.token),
                lambda: house.hub.submit(desk, [asked]),
                lambda: house.hub.enrol("ABCDEFGH", "B", "1"),
                house.hub.settle,
                house.hub.verify,
            ):
                with pytest.raises(Refused, match="RETRY") as refused:
                    await attempt()
                assert isinstance(refused.value, Unavailable)
            readiness = await house.hub.readiness()
            assert not readiness.ready
            assert "does not answer" in readiness.reasons[0]
        # And then everything goes on, without a restart; the night that failed is named until one makes up for it.
        assert (await house.hub.readiness()).ready
        (reason,) = (await house.hub.readiness()).reasons
        assert reason.startswith("the settlement failed: the database cannot be used")
        await tablet.push()
        (answer,) = await house.hub.submit(desk, [asked])
        assert answer.outcome is not None
        await house.hub.settle()
        assert (await house.hub.readiness()).reasons == ()
        await tablet.pull()
        await house.verified()


async def test_connections_that_died_while_nobody_used_them_are_nobodys_trouble(
    database_url: str, cluster: Cluster
) -> None:
    async with opened(database_url) as house:
        tablet = await house.tablet("A", G1)
        await house.verified()
        cluster.cut(database_url)
        await tablet.pull()
        await house.submit("district", ("ticket.open", T, ORDER))
        await house.verified()


async def test_an_answer_that_nobody_waits_for_leaves_no_connection_open(database_url: str) -> None:
    """The hub is closed while its thread still has one: it is given back to nobody otherwise."""
    hub = await Database.open(database_url)
    begun, closing = threading.Event(), threading.Event()
    used: list[psycopg.Connection] = []

    def slow(connection: Connection, run: Statements) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        used.append(driver)
        begun.set()
        assert closing.wait(10)

    async with anyio.create_task_group() as group:
        group.start_soon(hub.answer, slow)
        await anyio.to_thread.run_sync(begun.wait)
        group.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            async with anyio.create_task_group() as ending:
                ending.start_soon(hub.close)
                await anyio.wait_all_tasks_blocked()
                closing.set()
    (driver,) = used
    assert driver.closed


async def test_who_gives_up_breaks_off_what_is_running_and_nothing_else(database_url: str) -> None:
    """The statements after it do not run at all, and the connection serves whoever comes next."""
    async with database(database_url) as hub:
        ran: list[str] = []

        def slow(_: Connection, run: Statements) -> None:
            begun.set()
            with suppress(psycopg.errors.QueryCanceled):
                run("SELECT pg_sleep(600)", ())
            ran.append("the first was broken off")
            run("SELECT 1", ())
            ran.append("the second ran")

        begun = threading.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(hub.answer, slow)
            await anyio.to_thread.run_sync(begun.wait)
            group.cancel_scope.cancel()
        assert ran == ["the first was broken off"]
        for _ in range(2 * ANSWERERS):
            assert await hub.answer(lambda _, run: run("SELECT 1", ()).fetchone()) == (1,)


async def test_a_connection_lost_in_a_transaction_leaves_nothing_half_done(database_url: str) -> None:
    def cut_off(connection: Connection) -> None:
        add(connection, "half")
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    async with database(database_url) as hub:
        with pytest.raises(Unavailable):
            await hub.write(cut_off)
        await hub.write(add, "whole")
        assert await keys(hub) == {"whole"}
        with pytest.raises(Unavailable):
            await read_and_die(hub)
        assert await keys(hub) == {"whole"}


async def read_and_die(hub: Database) -> None:
    async with hub.read() as connection:
        await connection.execute(select(META))
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_a_turn_that_never_comes_is_told_as_try_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database(database_url) as hub:
        with psycopg.connect(database_url) as stuck:
            stuck.execute("SELECT pg_advisory_xact_lock(%s)", (WRITERS_TURN,))
            monkeypatch.setattr("server.database.BEGIN_WRITING", BEGIN_WRITING.replace("30s", "50ms"))
            with pytest.raises(Unavailable) as refused:
                await hub.write(add, "a")
            assert refused.value.reason == "LockNotAvailable"
        await hub.write(add, "b")
        assert await keys(hub) == {"b"}
