"""One run from beginning to end: options in, result out. The same options, the same result."""

import gc
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from schema.tables.catalogue import METADATA
from tests.simulation.clocks import DAY, HOUR, MINUTE, MONDAY
from tests.simulation.days import Days
from tests.simulation.house import fast_folder
from tests.simulation.invariants import ABOUT
from tests.simulation.nights import Nights
from tests.simulation.options import Options
from tests.simulation.threads import without_threads
from tests.simulation.witness import Violation
from tests.simulation.world import World
from tests.statements import sharing_statements

DIGESTED = ("settlement", "change", "outcome", "ticket", "ticket_taker", "member", "service", "point_entry")


class Result(Struct):
    """What a run came to. `lost`, `diverged`, `ledger_drift` and `undrained` count violations of these sorts."""

    options: Options
    changes: int
    digest: str
    trace: str
    faults: dict[str, int]
    lost: int
    diverged: int
    ledger_drift: int
    undrained: int
    violations: list[Violation]
    settlements: int
    nights: int
    days: int
    tablets: int
    rounds: int
    meetings: dict[str, int]
    kinds: dict[str, int]
    outcomes: dict[str, int]
    entries: int
    last: list[str]

    @property
    def seed(self) -> int:
        return self.options.seed

    @property
    def command(self) -> str:
        """The command line that repeats this run."""
        return self.options.command()

    @property
    def ok(self) -> bool:
        return not self.violations


def run(options: Options, watch: Callable[[str], None] | None = None) -> Result:
    """Play one run in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="lianxin-simulation-", dir=fast_folder()))
    try:
        with (
            without_threads(),
            sharing_statements(),
            _seldom_collected(),
            closing(World(options, folder, watch)) as world,
        ):
            return play(world)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """A run makes many small values and few cycles; looking for those takes a fifth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def play(world: World) -> Result:
    """From the first morning until everything has drained."""
    options = world.options
    days, nights = Days(world), Nights(world)
    chance = world.stream("run")
    for number in range(options.tablets):
        world.enrol(world.new_carrier(f"T{number + 1:02d}"), days.some_grids(chance))
    world.faults.calm = False
    midnight = MONDAY
    for day in range(options.days):
        world.day = day
        days.plan(midnight)
        if chance.random() < 0.5:
            world.at(midnight + chance.randint(11 * HOUR, 17 * HOUR), nights.begin)
        midnight += DAY
        world.at(midnight + chance.choice((0, 2, 2)) * HOUR + chance.randint(0, 59) * MINUTE, nights.begin)
        world.run_until(midnight + 3 * HOUR)
        world.run_while(lambda: nights.settling)
        if nights.found:
            break
        if world.faults.comes("quiet"):
            midnight += chance.choice((1, 3, 10, 40, 100)) * DAY
            world.run_until(midnight)
    if not nights.found:
        nights.drain()
    return _result(world, nights)


def _result(world: World, nights: Nights) -> Result:
    about = [ABOUT[violation.invariant] for violation in nights.found]
    outcomes: dict[str, int] = {}
    for rows in world.evidence.outcomes.values():
        outcomes[rows[-1].code] = outcomes.get(rows[-1].code, 0) + 1
    return Result(
        options=world.options,
        changes=len(world.evidence.log) + len(world.evidence.others["quarantine"]),
        digest=_digest(world),
        trace=world.trace.digest,
        faults=dict(sorted(world.faults.counts.items())),
        lost=about.count("lost"),
        diverged=about.count("diverged"),
        ledger_drift=about.count("ledger_drift"),
        undrained=about.count("undrained"),
        violations=nights.found,
        settlements=world.evidence.settlement,
        nights=nights.settled,
        days=world.day + 1,
        tablets=len(world.carriers),
        rounds=nights.rounds,
        meetings=dict(sorted(world.witness.meetings.items())),
        kinds=dict(sorted(world.witness.kinds.items())),
        outcomes=dict(sorted(outcomes.items())),
        entries=len(world.evidence.entries),
        last=list(world.trace.lines),
    )


def _digest(world: World) -> str:
    """Over what the hub's tables and every tablet's file hold in the end."""
    total = hashlib.sha256()
    with world.engine.connect() as connection:
        for table in DIGESTED:
            rows = connection.execute(select(METADATA.tables[table]))
            for row in sorted(json.dumps(list(row), sort_keys=True, default=repr) for row in rows):
                total.update(row.encode())
    for carrier in world.carriers:
        if not carrier.retired:
            held: list[Any] = carrier.rows("SELECT collection, id, rev, body FROM document ORDER BY 1, 2")
            total.update(repr(held).encode())
    return total.hexdigest()
