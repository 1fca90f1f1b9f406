"""Engines, pragmas and the one writer. With write.py the only file that knows which database it is.

One transaction writes at a time, across all processes: on SQLite a lock file is held while writing,
checkpointing and closing, on PostgreSQL an advisory lock from before the transaction's first read until
its commit can be seen. Readers are read-only and see one snapshot each. Nothing is made at import.
"""

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, Protocol, Self, TypeVar
from urllib.parse import quote

import anyio
import msgspec
import psycopg
from filelock import AsyncFileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy import exc as sql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool, PoolProxiedConnection, QueuePool

from schema.connections import cursor_of
from schema.json_sql import CURSOR, JSONS, Json
from schema.values import Refused
from server.answering import ANSWERERS, Answering, GivenUp, Statements, in_thread
from server.migrate import head, revision_of, upgrade
from server.settings import BadSetting

READERS: Final = 8
THREADS: Final = 2
LOCK_POLL_S: Final = 0.01
BUSY_TIMEOUT_S: Final = 30.0
BREAK_OFF_S: Final = 5.0

LOG: Final = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


class Unavailable(Refused):
    """The database does not answer, or not in time: try again. `reason` names the fault, never a value."""

    def __init__(self, reason: str) -> None:
        super().__init__("RETRY")
        self.reason = reason
        LOG.warning("the database cannot be used: %s", reason)


class DatabaseError(Exception):
    """The database refused what it was asked, which is a defect of ours. Names table and column, never a value."""


def encode_json(value: Any) -> str:
    """How JSON columns are written: keys sorted, so that equal values are equal text."""
    return msgspec.json.encode(value, order="sorted").decode()


class Database:
    """One district's database. `open` migrates it; `write` and `read` are the only ways in.

    All three raise Unavailable when the database is out of reach, busy for too long or full.
    """

    def __init__(self, kind: "Kind") -> None:
        self.kind = kind
        self.before_commit: Callable[[Connection], Callable[[], None]] = _nothing_to_note
        """Looks once more at what is about to be committed, and gives what is to be done when it was."""
        self._turn = anyio.Lock()
        self._writer, self._readers, self._workers, self._answering = kind.engines()
        self._glancing: PoolProxiedConnection | None = None
        self._closed = False
        self._answers = Answering(self._answering, kind.break_off)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open or make the database and bring its tables up to date; raises BadSetting, TooNew."""
        database = cls(_kind_of(url))
        try:
            await database._migrate()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await database.close()
            raise
        return database

    @property
    def path(self) -> Path | None:
        """The file that holds it, where it is one file."""
        return self.kind.path

    @property
    def place(self) -> str:
        """What tells it from its copies; no password is in it."""
        return self.kind.place

    async def close(self) -> None:
        """Close everything, also for somebody who is cancelled: nobody else would.

        SQLite's last connection to close checkpoints, so this takes the lock too.
        """
        self._closed = True
        with anyio.CancelScope(shield=True):
            if self._glancing is not None:
                self._glancing.close()
            await self._readers.dispose()
            self._workers.dispose()
            await self._answers.close()
            async with self._locked():
                await in_thread(self._writer.dispose)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read-only connection whose every statement sees the same snapshot."""
        with _answering():
            async with self._readers.connect() as connection:
                yield connection

    async def read_in_thread(self, work: Callable[[Connection], T]) -> T:
        """Do long work on one read-only snapshot in a worker thread, so that everybody else goes on."""

        def whole() -> T:
            with self._workers.connect() as connection:
                return work(connection)

        with _answering():
            return await in_thread(whole)

    async def answer(self, work: Callable[[Connection, Statements], T]) -> T:
        """Read on one snapshot in a worker thread, mostly by statements that are text already.

        When whoever waits for it gives up, the statement that is running is broken off.
        """
        with _answering():
            try:
                return await self._answers.answer(work)
            except GivenUp as error:
                raise Unavailable("it is being closed") from error

    def glance(self, sql: str, parameters: Any) -> Any:
        """One row of a few bytes, read at once and here; None where this database would keep others waiting.

        Always of what is committed now: no snapshot is held.
        """
        if not self.kind.at_hand:
            return None
        if self._closed:
            raise Unavailable("it is being closed")
        with _answering():
            if self._glancing is None:
                self._glancing = self._answering.raw_connection()
            driver: Any = self._glancing.driver_connection
        try:
            rows = driver.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError:
            # Whoever then reads on a snapshot meets the same, and says it.
            return None
        return rows[0] if rows else None

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Do work in a transaction as the one writer: committed at the end, rolled back by an exception.

        Waiting for one's turn can be cancelled; what was begun is finished first. The work runs in a
        worker thread as a whole: handing each statement to and fro would wait for the interpreter
        each time, which takes long while a night is being decided.
        """

        def whole() -> T:
            with self._writer.begin() as connection:
                result = work(connection, *args, **named)
                committed = self.before_commit(connection)
            committed()
            return result

        with _answering():
            async with self._locked():
                return await in_thread(whole)

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        async with self._turn, self.kind.alone():
            yield

    async def _migrate(self) -> None:
        def whole() -> None:
            with self._writer.connect() as connection:
                self.kind.bring_up(connection)

        with _answering():
            async with self._locked():
                await in_thread(whole)


def _nothing_to_note(_: Connection) -> Callable[[], None]:
    return lambda: None


class Kind(Protocol):
    """What is particular to one kind of database."""

    path: Path | None
    place: str
    json: Json
    at_hand: bool
    """Whether a row is read in microseconds, without a network."""

    def engines(self) -> tuple[Engine, AsyncEngine, Engine, Engine]:
        """The one writer, the readers, those who read long in threads of their own, and those who answer."""

    def break_off(self, driver: Any) -> None:
        """End the statement that a connection of the driver is running."""

    def cannot_say(self, error: Exception) -> bool:
        """Whether a statement is more than this database reads."""

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Keep other processes from writing, where beginning a transaction does not."""

    def bring_up(self, connection: Connection) -> None:
        """Make the tables, or bring them up to what this code knows."""


def _kind_of(url: str) -> Kind:
    try:
        parsed = make_url(url)
    except sql.ArgumentError:
        raise BadSetting("LIANXIN_DATABASE_URL is to be sqlite:///FILE or postgresql://…") from None
    match parsed.drivername.partition("+")[0]:
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return SQLite(Path(parsed.database).absolute())
        case "sqlite":
            raise BadSetting("LIANXIN_DATABASE_URL is to name a file")
        case "postgresql" | "postgres":
            return PostgreSQL(parsed)
        case _:
            raise BadSetting("LIANXIN_DATABASE_URL is to be sqlite:///FILE or postgresql://…")


def _options(pool: type[Pool], size: int) -> dict[str, Any]:
    return {
        "poolclass": pool,
        "pool_size": size,
        "max_overflow": 0,
        # An error's text goes into logs; what a statement was about to write does not.
        "hide_parameters": True,
        "json_serializer": encode_json,
        "json_deserializer": msgspec.json.decode,
    }


# SQLite

WRITER_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # What is erased is overwritten, not only unlinked.
    "secure_delete=ON",
    "cache_size=-65536",
    "temp_store=MEMORY",
)
READER_PRAGMAS: Final = ("query_only=ON", "cache_size=-16384", "temp_store=MEMORY")


class SQLite:
    """One file, with a lock file beside it. An older one is copied beside itself before it is upgraded."""

    json = JSONS["sqlite"]
    at_hand = True

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path: Path | None = path
        self.place = str(path.resolve())
        self._file = path
        self._lock = AsyncFileLock(
            f"{path}.lock", run_in_executor=False, poll_interval=LOCK_POLL_S, preserve_lock_file=True
        )

    def engines(self) -> tuple[Engine, AsyncEngine, Engine, Engine]:
        busy: dict[str, Any] = {"connect_args": {"timeout": BUSY_TIMEOUT_S}}
        writer = create_engine(self._url("rwc", ""), **_options(QueuePool, 1), **busy)
        readers = create_async_engine(
            self._url("ro", "+aiosqlite"), **_options(AsyncAdaptedQueuePool, READERS), **busy
        )
        workers = create_engine(self._url("ro", ""), **_options(QueuePool, THREADS), **busy)
        # One more than answer at once: for glances.
        answering = create_engine(self._url("ro", ""), **_options(QueuePool, ANSWERERS + 1), **busy)
        _prepare(writer, WRITER_PRAGMAS, "BEGIN IMMEDIATE")
        _prepare(readers.sync_engine, READER_PRAGMAS, "BEGIN")
        _prepare(workers, READER_PRAGMAS, "BEGIN")
        _prepare(answering, READER_PRAGMAS, "BEGIN")
        event.listen(answering, "connect", _with_cursors)
        return writer, readers, workers, answering

    def break_off(self, driver: Any) -> None:
        driver.interrupt()

    def cannot_say(self, error: Exception) -> bool:
        return isinstance(error, sqlite3.OperationalError) and "parser stack overflow" in str(error)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        try:
            await self._lock.acquire(timeout=BUSY_TIMEOUT_S)
        except Timeout:
            raise Unavailable("another process is writing") from None
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await self._lock.release()

    def bring_up(self, connection: Connection) -> None:
        before = revision_of(connection)
        connection.rollback()
        if before == head():
            return
        if before is not None:
            self._copy(connection, Path(f"{self._file}.before-{head()}"))
        upgrade(connection)
        connection.commit()

    def _copy(self, connection: Connection, to: Path) -> None:
        """The whole database as a file of its own, beside it."""
        to.unlink(missing_ok=True)
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM INTO ?", (str(to),))

    def _url(self, mode: str, driver: str) -> str:
        return f"sqlite{driver}:///file:{quote(str(self._file))}?mode={mode}&uri=true"


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    def connected(connection: Any, _record: object) -> None:
        # The driver is not to begin transactions by itself: `begin` says which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begins(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)


def _with_cursors(connection: Any, _record: object) -> None:
    connection.create_function(CURSOR, 1, cursor_of, deterministic=True)


# PostgreSQL

WRITERS_TURN: Final = 0x11A2C1
"""The advisory lock of whoever writes to this database."""

BEGIN_WRITING: Final = f"""SELECT
set_config('lock_timeout', '{BUSY_TIMEOUT_S:.0f}s', true),
set_config('idle_in_transaction_session_timeout', '10min', true),
set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true),
pg_advisory_xact_lock({WRITERS_TURN})"""
"""READ COMMITTED: what is read once the lock is held is what its last holder committed."""

CONNECTING: Final = {
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    # Plans are made for the values at hand; and poolers between us and the database stay possible.
    "prepare_threshold": None,
}

TEXT_COLUMNS: Final = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text')
  AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"""


class PostgreSQL:
    """A database on a server. Text in it is ordered by its bytes, as SQLite does, whatever its own locale is."""

    path: Path | None = None
    json = JSONS["postgresql"]
    at_hand = False

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self.place = self._url.render_as_string(hide_password=True)

    def engines(self) -> tuple[Engine, AsyncEngine, Engine, Engine]:
        more: dict[str, Any] = {"connect_args": CONNECTING, "pool_pre_ping": True}
        snapshot: dict[str, Any] = {
            "isolation_level": "REPEATABLE READ",
            "execution_options": {"postgresql_readonly": True},
        }
        writer = create_engine(self._url, **_options(QueuePool, 1), **more, isolation_level="READ COMMITTED")
        readers = create_async_engine(
            self._url, **_options(AsyncAdaptedQueuePool, READERS), **more, **snapshot
        )
        workers = create_engine(self._url, **_options(QueuePool, THREADS), **more, **snapshot)
        answering = create_engine(self._url, **_options(QueuePool, ANSWERERS), **more, **snapshot)

        def begins(connection: Connection) -> None:
            connection.exec_driver_sql(BEGIN_WRITING)

        event.listen(writer, "begin", begins)
        return writer, readers, workers, answering

    def break_off(self, driver: Any) -> None:
        # Where the database is out of reach, the statement has ended with it.
        with suppress(psycopg.Error):
            driver.cancel_safe(timeout=BREAK_OFF_S)

    def cannot_say(self, error: Exception) -> bool:
        return isinstance(error, psycopg.errors.StatementTooComplex)

    def alone(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def bring_up(self, connection: Connection) -> None:
        if connection.exec_driver_sql("SHOW server_encoding").scalar_one() != "UTF8":
            raise BadSetting(
                "the database that LIANXIN_DATABASE_URL names is to be made with ENCODING 'UTF8'"
            )
        if revision_of(connection) != head():
            upgrade(connection)
            _order_by_bytes(connection)
        connection.commit()


def _order_by_bytes(connection: Connection) -> None:
    columns: dict[str, list[str]] = {}
    for table, column, kind in connection.exec_driver_sql(TEXT_COLUMNS).all():
        columns.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')
    for table, steps in columns.items():
        connection.exec_driver_sql(f'ALTER TABLE "{table}" {", ".join(steps)}')


# When the database does not answer

SQLITE_PASSING: Final = tuple(
    f"SQLITE_{what}" for what in ("BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "PROTOCOL")
)


@contextmanager
def _answering() -> Iterator[None]:
    """Whatever comes of a database that cannot be used now is Unavailable; a defect stays what it is."""
    try:
        yield
    except sql.TimeoutError as error:
        raise Unavailable("every connection is busy") from error
    except (sql.DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, sql.DBAPIError) else error
        named = getattr(cause, "sqlite_errorname", None) or type(cause).__name__
        lost = isinstance(error, sql.DBAPIError) and error.connection_invalidated
        if lost or isinstance(cause, psycopg.OperationalError) or named.startswith(SQLITE_PASSING):
            raise Unavailable(named) from error
        if isinstance(cause, psycopg.Error):
            raise _without_words(cause).with_traceback(error.__traceback__) from None
        raise


def _without_words(error: psycopg.Error) -> Exception:
    """PostgreSQL says which values it met; a log must not. The names of things are enough to find the defect."""
    names = (error.sqlstate, error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    return DatabaseError(" ".join([type(error).__name__, *(name for name in names if name)]))
