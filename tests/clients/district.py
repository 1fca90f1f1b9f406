"""A small district behind its real door on loopback, with its own time; and the tablets that meet it."""

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal

from clients.python.exchange import Report
from clients.python.http import HttpTransport
from clients.python.store import Step, nothing
from clients.python.tablet import Tablet, Verdict
from schema.values import Author, Role
from server.app import create_app
from server.district import read
from server.district_changes import Author as Loader
from server.district_changes import Current, entity_id, plan
from server.serving import door_at
from server.settings import Settings, sqlite_url
from server.store import Hub
from server.system import SystemIds
from sync.kinds.kind import Office
from tests.clients.kit import HOUR, MINUTE, MORNING, CountingIds
from tests.clients.road import Road, road_to
from tests.databases import with_tables

T = TypeVar("T")

DISTRICT_FILE: Final = """
communities:
  - code: LY
    name: {zh: 乐邑, en: Leyi}
    kind: STREET
    utcOffset: 480
    workingHours: [{days: [1, 2, 3, 4, 5], from: 08:30, until: 17:30}]
    categories: [{code: parking, name: {zh: 停车, en: Parking}}]
    skills: [{code: law, name: {zh: 法律, en: Law}}]
  - code: CG
    name: {zh: 茶谷, en: Chagu}
    kind: VILLAGE
    utcOffset: 480
    workingHours: []
    categories: [{code: tyre, name: {zh: 换胎, en: Tyre}}]
    skills: [{code: law, name: {zh: 法律, en: Law}}]
units:
  - {code: U1, name: {zh: 一局, en: Bureau One}, community: LY}
  - {code: U9, name: {zh: 九局, en: Bureau Nine}, community: CG}
grids:
  - {code: LY-1, name: {zh: 一格, en: One}, community: LY}
  - {code: LY-2, name: {zh: 二格, en: Two}, community: LY}
  - {code: CG-1, name: {zh: 村格, en: Village}, community: CG}
pointRules:
  - {code: once, name: {zh: 一次, en: Once}, per: SERVICE, points: 3, from: 2026-01-01}
members:
  - {unit: U1, number: 001, name: 党员 001, grid: LY-1, phone: "5550001"}
  - {unit: U1, number: 002, name: 党员 002, grid: LY-1, phone: "5550002"}
  - {unit: U1, number: 003, name: 党员 003, grid: LY-2, phone: "5550003"}
  - {unit: U9, number: 901, name: 党员 901, grid: CG-1, phone: "5550901"}
"""
OFFICE: Final = Author(role=Role.ADMIN, id="test", everywhere=True, office=Office.DISTRICT)


def grid(code: str) -> str:
    return entity_id("grid", code)


def unit(code: str) -> str:
    return entity_id("unit", code)


def member(number: str) -> str:
    return entity_id("member", f"{'U9' if number.startswith('9') else 'U1'}:{number}")


class World:
    """What time it really is. The hub's clock is right."""

    def __init__(self) -> None:
        self.true_ms = MORNING - HOUR
        self.servings = 0

    def now(self) -> int:
        return self.true_ms

    async def until(self, at: int) -> None:
        await anyio.sleep_forever()

    def go_on(self, milliseconds: int = MINUTE) -> None:
        self.true_ms += milliseconds


class WrongClock:
    """A tablet's clocks in that world. `wrong_by` may be set at any time; `started` is when it was booted."""

    def __init__(self, world: World, wrong_by: int = 0) -> None:
        self.world = world
        self.wrong_by = wrong_by
        self.started = world.now()

    def wall_ms(self) -> int:
        return self.world.now() + self.wrong_by

    def monotonic_ms(self) -> int:
        return self.world.now() - self.started


class Carried:
    """One tablet in somebody's hands: its file, its road, its clocks. It can be switched off and on."""

    def __init__(self, path: Path, road: Road, clock: WrongClock, name: str) -> None:
        self.path = path
        self.road = road
        self.clock = clock
        self.name = name
        self.lives = 0
        self.http = HttpTransport(road.url, attempts=1)
        self.tablet = self._open(nothing)

    def _open(self, step: Step) -> Tablet:
        self.lives += 1
        ids = CountingIds(f"{self.path.name} {self.lives}")
        return Tablet(self.path, self.http, self.clock, ids, step=step)

    def restart(self, step: Step = nothing) -> Tablet:
        """Off, whatever it was doing, and on again."""
        self.tablet.close()
        self.clock.started = self.clock.world.now() - 1_000
        self.tablet = self._open(step)
        return self.tablet

    def sync(self) -> Report:
        return self.tablet.sync()

    def outcome(self, change: str) -> str:
        return self.verdict(change).outcome

    def verdict(self, change: str) -> Verdict:
        return next(verdict for verdict in self.tablet.verdicts() if verdict.id == change)

    def held(self, collection: str) -> set[str]:
        return {view.id for view in self.tablet.list(collection)}

    def close(self) -> None:
        self.tablet.close()
        self.http.close()


_read = cache(read)
"""A file is read once."""


class District:
    """The district: its hub, its door, its time."""

    def __init__(self, portal: BlockingPortal, hub: Hub, world: World, url: str, folder: Path) -> None:
        self._portal = portal
        self._stack = ExitStack()
        self.hub = hub
        self.world = world
        self.url = url
        self.folder = folder
        world.servings += 1
        self.ids = CountingIds(f"office {world.servings}")

    def call(self, work: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        return self._portal.call(work, *arguments)

    def load(self, file: bytes = DISTRICT_FILE.encode()) -> None:
        loader = Loader(now=self.world.now(), new_id=self.ids.uuid7, new_salt=self.ids.salt)
        changes = plan(_read(file), Current(), loader).changes
        self.call(self.hub.submit, OFFICE, changes, "IMPORT")

    def carry(self, name: str, *codes: str, wrong_by: int = 0, enrol: bool = True) -> Carried:
        """A tablet with these grids, enrolled and in sync unless it is to be neither."""
        road = self._stack.enter_context(road_to(self.url))
        carried = Carried(self.folder / f"{name}.db", road, WrongClock(self.world, wrong_by), name)
        self._stack.callback(carried.close)
        if enrol:
            carried.tablet.enrol(self.code(*(codes or ("LY-1",))), name)
            assert carried.sync().synced
            road.asked.clear()
        return carried

    def carry_copy(self, original: Carried, path: Path) -> Carried:
        """A second tablet on a copy of the first one's file."""
        road = self._stack.enter_context(road_to(self.url))
        carried = Carried(path, road, WrongClock(self.world), f"copy of {original.name}")
        self._stack.callback(carried.close)
        return carried

    def code(self, *codes: str) -> str:
        return str(self.call(self.hub.code, [grid(code) for code in codes]).code)

    def assign(self, carried: Carried, *codes: str) -> None:
        assert carried.tablet.device is not None
        self.call(self.hub.assign, carried.tablet.device, [grid(code) for code in codes])

    def settle(self, hours: int = 12) -> None:
        self.world.go_on(hours * HOUR)
        self.call(self.hub.settle)

    def office(self, kind: str, entity: str, saw: int = 0, **data: Any) -> Any:
        """One online change by the district."""
        raw = {
            "id": self.ids.uuid7(),
            "at": "2026-11-23T00:00:00.000Z",
            "run": 0,
            "saw": saw,
            "kind": kind,
            "entity": entity,
            "by": None,
            "data": data,
        }
        return self.call(self.hub.submit, OFFICE, [raw])[0]

    def close(self) -> None:
        self._stack.close()


class _Server(uvicorn.Server):
    """Uvicorn, saying when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def serving(
    folder: Path,
    world: World,
    settle: str = "0 2 * * *",
    at: int = 0,
    url: str | None = None,
    **more: Any,
) -> Iterator[District]:
    """A district from an empty folder, or on the database that lies there or that the URL names.

    `at` is its port, if it matters.
    """
    if url is None and not (folder / "hub.db").exists():
        with_tables(folder / "hub.db")
    with door_at("127.0.0.1", at) as door, start_blocking_portal("asyncio") as portal:
        port = door.getsockname()[1]
        settings = Settings(
            database_url=url or sqlite_url(folder / "hub.db"), port=port, settle=settle, **more
        )
        with _door(portal, settings, world, door):
            hub = portal.call(Hub.open, settings, world, SystemIds())
            district = District(portal, hub, world, f"http://127.0.0.1:{port}/graphql", folder)
            try:
                yield district
            finally:
                district.close()
                portal.call(hub.close)


@contextmanager
def _door(portal: BlockingPortal, settings: Settings, world: World, door: socket.socket) -> Iterator[None]:
    app = create_app(settings, world, SystemIds())
    server = _Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    running = portal.start_task_soon(server.serve, [door])
    running.add_done_callback(lambda _: server.listens.set())
    server.listens.wait()
    if running.done():
        running.result()
    try:
        yield
    finally:
        server.should_exit = True
        running.result()


def seqs(road: Road) -> Sequence[tuple[int, int]]:
    """What was pushed over a road: (from, how many), in order."""
    pushes = [said["upload"] for name, said in road.asked if name == "push"]
    return [(upload["from"], len(upload["changes"])) for upload in pushes]
