"""A tablet in somebody's hands: its process, its file, its clocks, and what its screen shows.

A kill takes the file as it is at that instant; the process that opens it again knows nothing else.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

from clients.python.failures import NotKept
from clients.python.operations import Transport
from clients.python.tablet import Tablet
from sync.wire import MAX_PAGE
from tests.simulation.chance import Ids, stream
from tests.simulation.clocks import TabletClock, Time
from tests.simulation.faults import Faults
from tests.simulation.house import Killed

ROOMY: Final = 2**30
Body = dict[str, Any]


class Screen:
    """What a tablet last showed of each collection: the hub's word with its own pending changes on top."""

    def __init__(self) -> None:
        self.tickets: dict[str, Body] = {}
        self.members: dict[str, Body] = {}
        self.services: dict[str, Body] = {}
        self.units: list[str] = []

    def refresh(self, tablet: Tablet) -> None:
        self.tickets = {view.id: view.body for view in tablet.list("ticket")}
        self.members = {view.id: view.body for view in tablet.list("member")}
        self.services = {view.id: view.body for view in tablet.list("service")}
        self.units = [view.id for view in tablet.list("unit")]


class Carrier:
    """One tablet. `devices` are those that it has been; `name` is what people call it."""

    def __init__(
        self, name: str, folder: Path, time: Time, seed: int, faults: Faults, transport: Transport
    ) -> None:
        self.name = name
        self.chance = stream(seed, f"tablet {name}")
        self.clock = TabletClock(time, stream(seed, f"clock {name}"))
        self.ids = Ids(stream(seed, f"ids {name}"), time)
        self.screen = Screen()
        self.devices: list[str] = []
        self.away_until = 0
        self.protocol: int | None = None
        self.page = MAX_PAGE
        """How many documents it asks for at a time."""
        self.unfinished = False
        """Whether it may be in the middle of a sequence of pages."""
        self.meeting: object | None = None
        self.retired = False
        self.outcast = False
        """Whether the hub does not know it any more: somebody must enrol it again."""
        self.cloned = False
        self.disagreed = False
        self.processes = 0
        self.smuggled: dict[str, Any] = {}
        self.deaths = 0
        self._folder = folder
        self._faults = faults
        self._transport = transport
        self._kill_in = 0
        self._file = folder / f"{name}.db"
        self._tablet: Tablet | None = None

    @property
    def tablet(self) -> Tablet:
        """The running process; started when there is none."""
        if self._tablet is None:
            self.processes += 1
            self._tablet = Tablet(self._file, self._transport, self.clock, self.ids, step=self._step)
            self.screen.refresh(self._tablet)
        return self._tablet

    @property
    def is_on(self) -> bool:
        return self._tablet is not None

    @property
    def device(self) -> str | None:
        return self.tablet.device

    @property
    def scope(self) -> frozenset[str]:
        """The grids that it knows to be its own."""
        return frozenset(grid["id"] for grid in self.tablet._store.get("scope", []))

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """What is in its file, read past all of its own code."""
        return self.tablet._store.rows(sql, *parameters)

    def last_seq(self) -> int:
        """The seq of the newest change in its outbox, under its present device."""
        return int(self.rows("SELECT coalesce(max(seq), 0) FROM change")[0][0])

    def has_met(self) -> bool:
        """Whether this run of its program knows how far the hub's clock is from its own."""
        met = "SELECT 1 FROM run WHERE hub_ms IS NOT NULL AND process = (SELECT max(process) FROM run)"
        return bool(self.rows(met))

    # The process

    def off(self) -> None:
        """Switched off in an orderly way."""
        if self._tablet is not None:
            self._tablet.close()
            self._tablet = None
            self.meeting = None

    def restart(self, reboot: bool) -> None:
        self.off()
        if reboot:
            self.clock.boot()

    def attempt(self, work: Callable[[], Any]) -> Any:
        """Do something that a fault may strike: raises Killed (and it is gone), or a full disk's error."""
        if self._faults.strikes("kill_tablet"):
            self._kill_in = self.chance.randint(1, 12)
        full = False
        try:
            store = self.tablet._store
            full = self._faults.strikes("full_tablet")
            if full:
                pages = store.one("PRAGMA page_count")
                store.rows(f"PRAGMA max_page_count = {pages + self.chance.randint(0, 2)}")
            return work()
        except Killed:
            self.unfinished = True
            self._buried()
            raise
        except NotKept as error:
            if "full" in str(error):
                self._faults.came("full_tablet")
            raise
        finally:
            self._kill_in = 0
            if full and self._tablet is not None:
                self._tablet._store.rows(f"PRAGMA max_page_count = {ROOMY}")

    def _step(self, name: str) -> None:
        if name == "reset.begin":
            self.disagreed = True
        if self._kill_in > 0:
            self._kill_in -= 1
            if self._kill_in == 0:
                self._faults.came("kill_tablet")
                self._copy_to(self._next_file())
                raise Killed

    def _next_file(self) -> Path:
        return self._folder / f"{self.name}.{self.deaths + 1}.db"

    def _copy_to(self, target: Path) -> None:
        """The file and its log, as they are on the disk now."""
        for ending in ("", "-wal"):
            source = Path(f"{self._file}{ending}")
            if source.exists():
                shutil.copyfile(source, f"{target}{ending}")

    def _buried(self) -> None:
        following = self._next_file()
        self.off()
        self._file.unlink(missing_ok=True)
        self._file = following
        self.deaths += 1
        if self.chance.random() < 0.5:
            self.clock.boot()

    def clone(self, twin: "Carrier") -> None:
        """Copy this tablet's file to another device, as a backup of an app does."""
        self._copy_to(twin._file)
        twin.devices, twin.smuggled = [*self.devices], dict(self.smuggled)
        self.cloned = twin.cloned = True
        twin.unfinished = self.unfinished
        twin.screen.refresh(twin.tablet)

    def met(self) -> None:
        """After a meeting: perhaps another device by now, and another screen."""
        device = self.tablet.device
        if device is not None and device not in self.devices:
            self.devices.append(device)
        self.screen.refresh(self.tablet)


def pick(chance: Random, among: list[str], few: float = 0.35) -> str:
    """One of them, the newest far more often than the others: people gather around the same things."""
    ordered = sorted(among)
    index = len(ordered) - 1
    while index > 0 and chance.random() > few:
        index -= 1
    return ordered[index]
