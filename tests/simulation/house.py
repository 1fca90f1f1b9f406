"""The hub's house: its process, its disk, and the jobs it is asked to do, one step at a time.

A job goes on until it is done or stands before one of its transactions, where the world may let
others go first: so everything that can happen between two transactions of the hub happens in an
order that the seed draws. A kill takes the files as they are at that instant; the hub that opens
them again knows nothing else.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar, copy_context
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from unittest.mock import patch

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

from server.backup import Backup
from server.database import Database
from server.restore import Restored, restore
from server.settings import Settings
from server.store import Hub
from tests.simulation.chance import Ids, stream
from tests.simulation.clocks import HOUR, MONDAY, HubClock, Time
from tests.simulation.faults import Faults
from tests.simulation.threads import Selector, with_threads

P = ParamSpec("P")
T = TypeVar("T")

WAITING: Final = 3
"""How many jobs may stand before a transaction at the same time."""
ROOMY: Final = 2**30
SOMETIME: Final = "0 3 * * *"
"""That backups are scheduled at all is what the hub is told; when one is made, the seed says."""
_OPEN: Final = Database.open
DEAD_FILES: Final = ("-shm", ".lock")
"""What a process keeps beside its database and does not survive it."""


class Killed(BaseException):
    """The process died here. Nobody inside it may catch this."""


class Down(Exception):
    """The hub does not answer: its process is dead, or died over this job."""


class Job:
    """Something that the hub was asked to do. `at` names the transaction it stands before, if it does."""

    def __init__(self, name: str, patient: bool) -> None:
        self.name = name
        self.patient = patient
        self.at: str | None = None
        self.task: asyncio.Task[Any] | None = None
        self.gate: asyncio.Future[None] | None = None
        self.arrived: asyncio.Future[None] | None = None
        self.seen = 0

    @property
    def done(self) -> bool:
        return self.task is not None and self.task.done()

    def result(self) -> Any:
        """What came of it; raises what it raised, `Down` where the hub died over it."""
        if self.task is None or self.task.cancelled():
            raise Down
        error = self.task.exception()
        if isinstance(error, Exception):
            raise error
        if error is not None:
            raise Down
        return self.task.result()


JOB: ContextVar[Job | None] = ContextVar("JOB", default=None)
Gate = Callable[[str], Awaitable[None]]


class GatedDatabase(Database):
    """The hub's own database, which asks before each transaction whether others go first."""

    gate: Gate

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        await self.gate("read")
        async with super().read() as connection:
            yield connection

    async def read_in_thread(self, work: Callable[[Connection], T]) -> T:
        await self.gate("work")
        return await super().read_in_thread(work)

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        await self.gate("write")
        return await super().write(work, *args, **named)


class House:
    """One hub on one machine, with a folder for backups on another disk when it `backs_up`.

    `lives` counts how often something else opened what is on the disk: whoever has a connection of
    their own needs a new one then.
    """

    def __init__(
        self, folder: Path, url: str, time: Time, seed: int, faults: Faults, *, backs_up: bool = False
    ) -> None:
        self.loop = asyncio.SelectorEventLoop(Selector())
        self.faults = faults
        self.lives = 1
        self.backups = folder / "backups" if backs_up else None
        self._folder = folder
        self._template = url
        self._time = time
        self._clock = HubClock(time)
        self._ids = Ids(stream(seed, "hub ids"), time)
        self._chance = stream(seed, "hub")
        self._waiting: list[Job] = []
        self._finished = 0
        self._kill_in = 0
        self._dead = False
        self._up_at = 0
        self._full = False
        self._roomy = True
        self._excuse = False
        self._restoring = False
        self._home().mkdir(parents=True)
        if "{folder}" in url:
            _copy(_empty(url), self._home())
        else:
            _make(url)
        self.hub = self._open()

    # The process

    @property
    def url(self) -> str:
        return self._template.format(folder=self._home())

    @property
    def settings(self) -> Settings:
        return self.hub.settings

    def _home(self) -> Path:
        return self._folder / "hub"

    def _open(self) -> Hub:
        settings = Settings(self.url, backup=SOMETIME if self.backups else "", backups=self.backups)
        hub = self.loop.run_until_complete(Hub.open(settings, self._clock, self._ids))
        database = hub.database
        database.__class__ = GatedDatabase
        assert isinstance(database, GatedDatabase)
        database.gate = self._before
        for engine in engines(database):
            event.listen(engine, "before_cursor_execute", self._statement)
            event.listen(engine, "commit", self._commit)
        if database.path is not None:
            event.listen(engines(database)[0], "begin", self._begin)
        event.listen(engines(database)[0], "handle_error", self._failed)
        return hub

    def close(self) -> None:
        for job in self._waiting:
            assert job.task is not None
            job.task.cancel()
        self.loop.run_until_complete(self.hub.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def _statement(self, *_: object) -> None:
        if self._kill_in > 0:
            self._kill_in -= 1
            if self._kill_in == 0:
                self._die()

    def _commit(self, _: Connection) -> None:
        self._statement()

    def _begin(self, connection: Connection) -> None:
        if self._full:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            limit = pages + self._chance.randint(0, 3)
        elif self._roomy:
            return
        else:
            limit = ROOMY
        self._roomy = not self._full
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")

    def _failed(self, context: ExceptionContext) -> None:
        if "full" in str(context.original_exception):
            self.faults.came("full_hub")
            self._excuse = True

    def excused(self) -> bool:
        """Whether a failure since the last one is that of a full disk."""
        excuse, self._excuse = self._excuse, False
        return excuse

    def _die(self) -> None:
        """Keep what is on the disk at this instant; nothing that happens later in this process counts."""
        self._dead = True
        self.faults.came("kill_restore" if self._restoring else "kill_hub")
        if "{folder}" in self._template:
            _copy(self._home(), self._folder / "as it was")
        raise Killed

    def _bury(self) -> None:
        """The process is gone, with all that was under way; another one opens what is on the disk."""
        self._end()
        if "{folder}" in self._template:
            shutil.rmtree(self._home())
            (self._folder / "as it was").rename(self._home())
        self._begin_again()

    def _end(self) -> None:
        """The process ends, and nobody hears what it was asked."""
        for job in self._waiting:
            assert job.task is not None
            job.task.cancel()
        self.loop.run_until_complete(_gathered(self._waiting))
        self._waiting.clear()
        with contextlib.suppress(Exception):
            self.loop.run_until_complete(self.hub.close())

    def _begin_again(self) -> None:
        self.lives += 1
        self._dead, self._kill_in, self._full = False, 0, False
        self._up_at = self._time.now + int(self._chance.uniform(0, 1) ** 4 * 3 * HOUR)
        self.hub = self._open()

    # Older copies

    def proved_backups(self) -> list[Path]:
        """The proved ones, the newest last."""
        return sorted(self.backups.glob("*.db")) if self.backups is not None else []

    def back_up(self) -> Backup:
        """Make a backup; raises BackupFailed, or Down. Copying from PostgreSQL asks the loop from a thread."""
        with nullcontext() if self.hub.database.path is not None else with_threads():
            return self.do("back up", lambda hub: hub.back_up())

    def restore(self, backup: Path) -> Restored:
        """Put a backup in place of the database, beside the running hub, as `lianxin restore` does.

        Raises Down where the machine died over it, and the hub stands on what was on its disk then.
        """
        if self.hub.database.path is not None and self.faults.strikes("kill_restore"):
            self._kill_in = int(2 ** self._chance.uniform(0, 9))
        self._restoring = True
        try:
            with with_threads(), patch.object(Database, "open", self._watched):
                return self.loop.run_until_complete(restore(self.settings, self._clock, backup))
        except Killed:
            raise Down from None
        finally:
            self._restoring, self._kill_in = False, 0
            if self._dead:
                self._bury()

    async def _watched(self, url: str) -> Database:
        """A database that dies with the machine."""
        database = await _OPEN(url)
        for engine in engines(database):
            event.listen(engine, "before_cursor_execute", self._statement)
            event.listen(engine, "commit", self._commit)
        return database

    def copy_back(self, backup: Path) -> None:
        """Somebody stops the hub, copies an older file over its database, and starts it again."""
        path = self.hub.database.path
        assert path is not None
        self._end()
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        shutil.copyfile(backup, path)
        self._begin_again()

    # Jobs

    def start(self, name: str, work: Callable[[Hub], Coroutine[Any, Any, Any]], patient: bool = True) -> Job:
        """Begin a job and let it go on to its first stop; raises Down while the hub is down."""
        if self._time.now < self._up_at and not self.faults.calm:
            raise Down
        job = Job(name, patient)
        if self.faults.strikes("kill_hub"):
            self._kill_in = int(2 ** self._chance.uniform(0, 6))
        self._full = self.faults.strikes("full_hub")
        context = copy_context()
        context.run(JOB.set, job)
        job.task = self.loop.create_task(work(self.hub), context=context)
        self._advance(job)
        return job

    def go_on(self, job: Job) -> None:
        """Let a job that stands before a transaction go on to its next stop."""
        if job not in self._waiting:
            return
        self._waiting.remove(job)
        if self._finished > job.seen:
            self.faults.came("overlap")
        assert job.gate is not None
        job.at = None
        job.gate.set_result(None)
        self._advance(job)

    def do(self, name: str, work: Callable[[Hub], Coroutine[Any, Any, T]]) -> T:
        """A job from beginning to end, with nothing in between; raises what it raises, or Down."""
        result: T = self.start(name, work, patient=False).result()
        return result

    def _advance(self, job: Job) -> None:
        self.loop.run_until_complete(self._until_it_stops(job))
        if job.done:
            self._finished += 1
            self._after()
        if self._dead:
            self._bury()

    def _after(self) -> None:
        """A job is done: what was to go wrong in it goes wrong now, or not at all."""
        if self._kill_in > 0 and not self._dead and self._chance.random() < 0.5:
            with contextlib.suppress(Killed):
                self._die()
        self._kill_in, self._full = 0, False

    async def _until_it_stops(self, job: Job) -> None:
        assert job.task is not None
        job.arrived = self.loop.create_future()
        await asyncio.wait({job.task, job.arrived}, return_when=asyncio.FIRST_COMPLETED)

    async def _before(self, where: str) -> None:
        """The gate before each transaction."""
        job = JOB.get()
        if job is None or not job.patient or len(self._waiting) >= WAITING:
            return
        often = 4 if job.name == "settle" else 1
        if job.arrived is None or job.arrived.done() or not self.faults.strikes("overlap", often):
            return
        job.at, job.seen = where, self._finished
        job.gate = self.loop.create_future()
        self._waiting.append(job)
        job.arrived.set_result(None)
        await job.gate


async def _gathered(jobs: list[Job]) -> None:
    await asyncio.gather(*(job.task for job in jobs if job.task is not None), return_exceptions=True)


def engines(database: Database) -> tuple[Engine, Engine, Engine]:
    """The writer's engine, the readers' and the workers'."""
    return database._writer, database._readers.sync_engine, database._workers


def reading(url: str) -> Engine:
    """An engine for those who look at the hub's tables from outside."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def _copy(source: Path, target: Path) -> None:
    """The files of a disk, as they are now."""
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.iterdir()):
        if not file.name.endswith(DEAD_FILES):
            shutil.copyfile(file, target / file.name)


@cache
def _empty(url: str) -> Path:
    """An empty database, made once in this process: making the tables takes longer than a short run."""
    folder = Path(tempfile.mkdtemp(prefix="lianxin-empty-", dir=fast_folder()))
    _make(url.format(folder=folder))
    return folder


def _make(url: str) -> None:
    """The tables of a hub, and its first numbers, the same for every run."""

    async def make() -> None:
        time = Time(MONDAY)
        ids = Ids(Random("empty"), time)
        await (await Hub.open(Settings(url), HubClock(time), ids)).close()

    asyncio.run(make())


def fast_folder() -> Path | None:
    """Memory that looks like a disk, where the machine has it; None for its usual place for temporary files."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else None
