"""Each invariant can fail: over the least break of its promise it speaks, and over what a real run left it does not."""

from collections.abc import Iterator
from contextlib import closing
from copy import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import pytest

from clients.python.exchange import Exchange, Report, State
from clients.python.failures import NotRecorded
from clients.python.operations import Call
from tests.simulation import invariants
from tests.simulation.breaks import BREAKS, ELSEWHERE, Break
from tests.simulation.days import Days
from tests.simulation.evidence import Evidence
from tests.simulation.hand import Hand, Stopped
from tests.simulation.house import House
from tests.simulation.nights import Nights
from tests.simulation.options import Options
from tests.simulation.run import play
from tests.simulation.scene import Scene
from tests.simulation.threads import without_threads
from tests.simulation.world import World
from tests.statements import sharing_statements

QUIET: Final = Options(tablets=8, days=3, seed=6, deeds=60, faults=("reassigned",))
"""A run in which nothing goes wrong by itself, with something of every sort."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The end of a run: everything drained, everything holds."""
    folder = tmp_path_factory.mktemp("broken")
    with without_threads(), sharing_statements(), closing(World(QUIET, folder)) as world:
        result = play(world)
        assert result.ok, result.violations
        yield world


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    """A first look at it, as if all had been decided in one night; what is done to it is taken back."""
    evidence = Evidence()
    evidence.look(world.engine)
    evidence.before, evidence.takers_before = dict(evidence.things), evidence.takers
    evidence.things = {name: dict(rows) for name, rows in evidence.things.items()}
    evidence.takers = dict(evidence.takers)
    witness = copy(world.witness)
    for name, value in vars(witness).items():
        if isinstance(value, dict | list | set):
            setattr(witness, name, copy(value))
    scene = Scene(evidence, witness, world.carriers)
    for carrier in scene.active:
        carrier.rows("BEGIN")
    yield scene
    for carrier in scene.active:
        carrier.rows("ROLLBACK")
        carrier.disagreed = False


def holds(scene: Scene, name: str) -> list[str]:
    row = next(row for row in invariants.INVARIANTS if row.name == name)
    return [*row.holds(scene)]


@pytest.mark.parametrize("one", BREAKS, ids=[one.invariant for one in BREAKS])
def test_each_invariant_speaks_over_its_break_and_not_before(scene: Scene, one: Break) -> None:
    assert holds(scene, one.invariant) == []
    one.do(scene)
    assert holds(scene, one.invariant) != [], f"{one.invariant} is silent though {one.says}"


def test_no_invariant_is_without_a_break() -> None:
    """Whoever adds an invariant adds the break that it speaks over."""
    names = [one.invariant for one in BREAKS]
    assert sorted(names) == sorted(row.name for row in invariants.INVARIANTS)
    assert SEEN.keys() == invariants.SEEN.keys()


# What the onlooker and the world see without a table


def _pull(scene: Scene, **page: Any) -> None:
    carrier = scene.active[0]
    token = next(iter(scene.witness._devices))
    known = {"epoch": scene.witness.epoch, "scope": [], "documents": []}
    scene.witness.answered(carrier, Call("pull", {}, token), known | page)


def _scope(world: World, scene: Scene) -> None:
    body = {"grid": ELSEWHERE}
    document = {"collection": "ticket", "id": "T", "rev": 1, "state": "LIVE", "body": body}
    _pull(scene, documents=[document])


def _epochs(world: World, scene: Scene) -> None:
    _pull(scene, epoch=scene.witness.epoch - 1)


def _agreement(world: World, scene: Scene) -> None:
    scene.witness.met(scene.active[0], Report(State.ALARM), 0, True)


def _synced(world: World, scene: Scene) -> None:
    scene.witness.met(scene.active[0], Report(State.SYNCED), 10**6, True)


def _failure(world: World, scene: Scene) -> None:
    scene.witness.failed("push", ValueError("of our own"))


def _restore(world: World, scene: Scene) -> None:
    """A restored hub whose tables are not what its log adds up to."""
    backup = Path("lianxin-hub-x-20261124T000000Z.db")
    restored = SimpleNamespace(differences=["ticket T: title"])
    with (
        patch.object(House, "proved_backups", lambda _: [backup]),
        patch.object(House, "restore", lambda *_: restored),
        patch.object(world, "witness", scene.witness),
        patch.object(world, "put_back", lambda *_, **__: None),
    ):
        Days(world).put_back("restored")


def _kept(world: World, scene: Scene) -> None:
    def refused(*_: object) -> None:
        raise NotRecorded("UNREADABLE", "$")

    carrier = scene.active[0]
    with (
        patch.object(world, "witness", scene.witness),
        patch.object(carrier, "attempt", refused),
        pytest.raises(Stopped),
    ):
        Hand(world, carrier).record("ticket.note", None, {})


def _replay(world: World, scene: Scene) -> None:
    """A member has a point that no entry gave them."""
    engine = world.house.hub.database._writer
    more = "UPDATE member SET points = points {} WHERE id = (SELECT min(id) FROM member)"
    nights = Nights(world)
    with engine.begin() as connection:
        connection.exec_driver_sql(more.format("+ 1"))
    nights.verify()
    with engine.begin() as connection:
        connection.exec_driver_sql(more.format("- 1"))
    scene.witness.violations += nights.found


def _drained(world: World, scene: Scene) -> None:
    """No meeting ever says that all is here and all is there."""

    def never(exchange: Exchange) -> Any:
        yield from exchange.contact()
        return Report(State.AGAIN)

    for carrier in scene.active:
        carrier.rows("ROLLBACK")
    nights = Nights(world)
    with patch.object(Exchange, "sync", never):
        nights._until_quiet()
    for carrier in scene.active:
        carrier.rows("BEGIN")
    scene.witness.violations += nights.found


SEEN: Final = {
    "scope": _scope,
    "agreement": _agreement,
    "epochs": _epochs,
    "a restore": _restore,
    "no failure": _failure,
    "kept": _kept,
    "synced is true": _synced,
    "replay": _replay,
    "drained": _drained,
}


@pytest.mark.parametrize("name", SEEN)
def test_what_needs_no_table_is_seen_too(world: World, scene: Scene, name: str) -> None:
    assert scene.witness.violations == []
    SEEN[name](world, scene)
    assert {violation.invariant for violation in scene.witness.violations} == {name}
