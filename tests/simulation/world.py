"""The world of one run: who is in it, and the order in which everything happens.

One thing happens at a time. What comes next is whatever is due first; when things are due, and
which of two at the same moment comes first, is drawn from the seed.
"""

import heapq
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import Engine

from clients.python.exchange import Report, State
from clients.python.failures import Refused, Unreachable
from clients.python.operations import Call
from schema.values import EnrolmentCode, Role
from tests.simulation import chance, district
from tests.simulation.carrier import Carrier
from tests.simulation.clocks import HOUR, MONDAY, Time
from tests.simulation.desk import OFFICES, Desk
from tests.simulation.doors import AppDoor, HubDoor
from tests.simulation.evidence import Evidence, asked
from tests.simulation.faults import FAULTS, Faults
from tests.simulation.house import Down, House, Killed, reading
from tests.simulation.invariants import violations
from tests.simulation.network import Network
from tests.simulation.options import Options
from tests.simulation.scene import Scene
from tests.simulation.trace import Trace
from tests.simulation.witness import Violation, Witness

ENROLMENTS: Final = 8
"""How often somebody tries to enrol a tablet over a bad network before they give up for the day."""


OLDER: Final = frozenset({"restored", "restored_bare", "copied_back"})
BACKING_UP: Final = 0.35
"""How many of the hubs to which these faults may come have backups at all."""


class Line:
    """The transport of a tablet for what it asks outside of a meeting: enrolling."""

    def __init__(self, world: "World", name: str) -> None:
        self._world = world
        self._name = name

    def call(self, operation: str, variables: Mapping[str, Any], token: str | None) -> Any:
        carrier = self._world.carrier(self._name)
        return self._world.network.call_at_once(carrier, Call(operation, dict(variables), token))


class World:
    """Everything in a run, in `folder`. `watch` is given each line of its trace."""

    def __init__(self, options: Options, folder: Path, watch: Callable[[str], None] | None = None) -> None:
        self.options = options
        self.folder = folder
        self.time = Time(MONDAY + 6 * HOUR)
        self.trace = Trace(self.time, watch)
        self.faults = Faults(options.seed, options.faults)
        self.faults.calm = True
        self.witness = Witness()
        self.district = district.district(options.tablets)
        self.evidence = Evidence()
        self.rumours: dict[str, list[str]] = {}
        self.day = 0
        self.carriers: list[Carrier] = []
        self._events: list[tuple[int, float, int, Callable[[], None]]] = []
        self._count = 0
        self._order = self.stream("order")
        self._engine: tuple[int, Engine] | None = None
        asked_for = options.faults != tuple(FAULTS) and not OLDER.isdisjoint(options.faults)
        backs_up = asked_for or self._may_back_up()
        self.house = House(folder, options.database, self.time, options.seed, self.faults, backs_up=backs_up)
        self.witness.house = self.house
        self.network = Network(self, AppDoor() if options.door == "app" else HubDoor())
        self.desks = [self._desk(name) for name in OFFICES]
        self._load()

    def _may_back_up(self) -> bool:
        """Where all faults may come, a third of the hubs have backups; whoever names these faults means them."""
        return not OLDER.isdisjoint(self.options.faults) and self.stream("backups").random() < BACKING_UP

    def close(self) -> None:
        for carrier in self.carriers:
            carrier.off()
        if self._engine is not None:
            self._engine[1].dispose()
        self.house.close()

    def stream(self, name: str) -> Random:
        return chance.stream(self.options.seed, name)

    # Who is in it

    def _desk(self, name: str) -> Desk:
        role = OFFICES[name]
        community = None if role is Role.ADMIN else self.district.communities[name]
        issued = self.house.do("token", lambda hub: hub.issue_token(role, community, name=name))
        return Desk(self, name, issued.token, community)

    def _load(self) -> None:
        raws = district.changes(self.district, chance.Ids(self.stream("district"), self.time))
        self.desks[-1].load(raws)

    def new_carrier(self, name: str) -> Carrier:
        carrier = Carrier(name, self.folder, self.time, self.options.seed, self.faults, Line(self, name))
        self.carriers.append(carrier)
        return carrier

    def carrier(self, name: str) -> Carrier:
        return next(carrier for carrier in self.carriers if carrier.name == name)

    def enrol(self, carrier: Carrier, grids: list[str]) -> bool:
        """Somebody stands beside it with a code, as often as it takes; False when they give up."""
        for _ in range(ENROLMENTS):
            self.time.go_on(self.time.now + 30_000)
            try:
                code: EnrolmentCode = self.house.do("code", lambda hub: hub.code(grids))
                carrier.attempt(partial(carrier.tablet.enrol, code.code, carrier.name))
            except (Down, Unreachable, Refused, Killed, OSError) as failure:
                self.trace.say(carrier.name, f"is not enrolled: {type(failure).__name__}")
            except Exception as error:  # a full disk, here or there
                self.trace.say(carrier.name, f"is not enrolled: {type(error).__name__}")
            else:
                carrier.met()
                self.trace.say(carrier.name, f"is enrolled as {carrier.device}")
                return True
        return False

    @property
    def grids(self) -> list[str]:
        return [grid for grids in self.district.grids.values() for grid in grids]

    def community_of(self, grid: str) -> str:
        return self.district.communities[self.district.community_of(grid)]

    # What happens next

    def after(self, delay: int, what: Callable[[], None]) -> None:
        self.at(self.time.now + delay, what)

    def at(self, when: int, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._order.random(), self._count, what))

    def run_until(self, when: int) -> None:
        """Let everything happen that is due before this moment."""
        while self._events and self._events[0][0] < when:
            self._next()
        self.time.go_on(when)

    def run_for(self, events: int) -> None:
        """Let so many things happen, those that are due first."""
        for _ in range(min(events, len(self._events))):
            self._next()

    def run_while(self, busy: Callable[[], bool]) -> None:
        """Let things happen as long as this is so."""
        while busy() and self._events:
            self._next()

    def _next(self) -> None:
        when, _, _, what = heapq.heappop(self._events)
        self.time.go_on(when)
        what()

    # Looking

    def look(self, sql: str, **values: str) -> list[Any]:
        """What the hub's tables hold now."""
        with self.engine.connect() as connection:
            return list(connection.execute(asked(sql), values))

    @property
    def engine(self) -> Engine:
        """A way into the tables of the hub as it is now, past all of its code."""
        if self._engine is None or self._engine[0] != self.house.lives:
            if self._engine is not None:
                self._engine[1].dispose()
            self._engine = (self.house.lives, reading(self.house.url))
        return self._engine[1]

    def met(self, carrier: Carrier, report: Report | None) -> None:
        """A meeting is over."""
        carrier.outcast = report is not None and report.state is State.ENROL
        if report is not None and report.state is State.REVOKED:
            carrier.retired = True
            carrier.off()

    def put_back(self, until: int, newest: Path, *, bare: bool) -> None:
        """The hub is an older copy of itself, of this moment; `bare`: without what offices did since.

        What the newest backup had, tablets may have let go of: where it was not the one, that is nowhere.
        """
        lost = Evidence()
        lost.look(self.engine)
        self.witness.gone |= _changes_in(newest) - lost.log.keys() - self._sendable()
        retired = {carrier.name for carrier in self.carriers if carrier.retired}
        self.witness.put_back(
            until, {row.device: row.received_through for row in lost.others["tablet"]}, retired, bare=bare
        )
        self.evidence = Evidence()

    def _sendable(self) -> set[str]:
        """What is still in an outbox as it was recorded."""
        sql = "SELECT id FROM change WHERE body IS NOT NULL"
        return {change for one in self.carriers if not one.retired for (change,) in one.rows(sql)}

    def check(self, *, end: bool) -> list[Violation]:
        """Everything that should not be, as far as one look shows."""
        self.evidence.look(self.engine)
        scene = Scene(self.evidence, self.witness, self.carriers)
        return [*self.witness.violations, *violations(scene, end=end)]


def _changes_in(backup: Path) -> set[str]:
    """What the log of a backup has, and what is set apart there."""
    with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT id FROM change UNION SELECT id FROM quarantine")
        return {change for (change,) in rows}
