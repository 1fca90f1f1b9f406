"""The demo's own parts: its time and chance, its road, its cutting of uploads, and its story."""

import contextlib
import re
import socket
import sqlite3
import threading
from collections import Counter
from pathlib import Path

import pytest

from server import demo_story as story
from server.demo_orders import Uploaded, copy_database, scrambled
from server.demo_road import Break, Road
from server.demo_things import Things
from server.demo_world import (
    DAY,
    MONDAY,
    Chance,
    DemoIds,
    HubClock,
    LaterClock,
    TabletClock,
    World,
    moment,
)
from server.district import read
from server.district_changes import entity_id
from sync.kinds import KINDS
from sync.shapes import UUID7_PATTERN, format_time

EXAMPLE = read(Path("server/examples/red-cell.yaml").read_bytes())


class Stopped:
    """A clock that stands still."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        return self.at

    async def until(self, at: int) -> None:
        self.at = max(self.at, at)


# Time


def test_the_story_is_told_in_local_time() -> None:
    assert format_time(moment("08:50")) == "2026-03-16T00:50:00.000Z"
    assert moment("+1 02:00") - moment("02:00") == DAY
    assert moment("-3 09:00") == MONDAY - 3 * DAY + 9 * 3_600_000


def test_a_wall_clock_that_is_set_does_not_move_the_monotonic_one() -> None:
    world = World(moment("08:00"))
    clock = TabletClock(world, wrong_by=5_000)
    world.go_on(moment("09:00"))
    assert (clock.wall_ms() - world.now, clock.monotonic_ms()) == (5_000, 3_600_000)
    clock.set_wall(-7_000)
    assert (clock.wall_ms() - world.now, clock.monotonic_ms()) == (-7_000, 3_600_000)


def test_the_world_never_goes_back() -> None:
    world = World(100)
    world.go_on(50)
    assert HubClock(world).now() == 100


async def test_serving_goes_by_the_machine_but_never_before_the_story_ended() -> None:
    late = LaterClock(Stopped(1_000), earliest=500)
    assert late.now() == 1_000
    behind = LaterClock(Stopped(100), earliest=500)
    assert behind.now() == 500
    await behind.until(700)
    assert behind.now() == 700


# Chance


def test_the_same_seed_gives_the_same_ids_and_another_seed_gives_others() -> None:
    def ids(seed: int) -> list[str]:
        made = DemoIds(World(MONDAY), Chance(seed, "hub"))
        return [made.uuid7(), made.salt(), made.uuid7()]

    assert ids(1) == ids(1)
    assert not set(ids(1)) & set(ids(2))
    assert re.match(UUID7_PATTERN, ids(1)[0])


def test_nothing_that_opens_a_door_follows_from_the_seed() -> None:
    one, other = (DemoIds(World(MONDAY), Chance(1, "hub")) for _ in range(2))
    assert one.token() != other.token()
    assert one.code() != other.code()


def test_chance_is_fair_enough_for_a_demo() -> None:
    chance = Chance(1, "story")
    assert set(Counter(chance.number(3) for _ in range(300))) == {0, 1, 2}
    items = list(range(20))
    chance.shuffle(items)
    assert items != list(range(20))
    assert sorted(items) == list(range(20))


# The road


@pytest.fixture
def echo() -> socket.socket:
    """A server that answers each line with the same line."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = door.accept()
                with near, near.makefile("rwb", buffering=0) as file, contextlib.suppress(OSError):
                    for line in file:
                        file.write(line)

    threading.Thread(target=serve, daemon=True).start()
    return door


def ask(road: Road, line: bytes) -> bytes:
    host, port = road.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as near:
        near.sendall(line)
        try:
            return near.makefile("rb").readline()
        except OSError:
            return b""


@pytest.mark.parametrize("where", ["request", "answer"])
def test_the_road_breaks_once_where_it_is_told_to_and_holds_again(echo: socket.socket, where: Break) -> None:
    road = Road(echo.getsockname())
    try:
        assert ask(road, b"one\n") == b"one\n"
        road.break_next(where)
        assert ask(road, b"a longer line\n") != b"a longer line\n"
        assert road.broken == 1
        assert ask(road, b"two\n") == b"two\n"
    finally:
        road.close()
        echo.close()


def test_a_road_that_leads_nowhere_answers_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        target = nobody.getsockname()
    road = Road(target)
    try:
        assert ask(road, b"hello\n") == b""
    finally:
        road.close()


# Orders


def test_pieces_keep_each_tablets_order_and_bring_everything() -> None:
    uploads = [
        Uploaded("a", {"from": 4, "changes": ["a4", "a5", "a6"]}),
        Uploaded("a", {"from": 7, "changes": ["a7"]}),
        Uploaded("b", {"from": 1, "changes": ["b1", "b2", "b3", "b4"]}),
    ]
    orders = set()
    for number in range(20):
        pieces = scrambled(uploads, Chance(number, "order"))
        orders.add(tuple((piece.token, piece.body["from"], len(piece.body["changes"])) for piece in pieces))
        for token, first, expected in (
            ("a", 4, ["a4", "a5", "a6", "a7"]),
            ("b", 1, ["b1", "b2", "b3", "b4"]),
        ):
            got: list[str] = []
            for piece in (piece for piece in pieces if piece.token == token):
                start = piece.body["from"] - first
                assert start <= len(got)
                got[start:] = piece.body["changes"]
            assert got == expected
    assert len(orders) > 10


def test_a_database_that_is_open_is_copied_whole(tmp_path: Path) -> None:

    with contextlib.closing(sqlite3.connect(tmp_path / "one.db")) as one:
        one.execute("PRAGMA journal_mode=WAL")
        one.execute("CREATE TABLE t (x)")
        one.execute("INSERT INTO t VALUES (7)")
        one.commit()
        copy_database(tmp_path / "one.db", tmp_path / "two.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "two.db")) as two:
        assert two.execute("SELECT x FROM t").fetchall() == [(7,)]


# The story


def steps() -> list[story.Step]:
    members: dict[str, list[str]] = {}
    for member in EXAMPLE.members:
        members.setdefault(str(member.grid), []).append(member.number)
    return [*story.MORNING, *story.DAY, *story.ordinary(Chance(1, "story"), members)]


def test_the_story_names_only_what_the_example_has() -> None:
    things = Things(EXAMPLE, DemoIds(World(MONDAY), Chance(1, "things")))
    assert things.data({"grid": "@grid:LY-1", "x": ["@unit:LY-U05"]}) == {
        "grid": entity_id("grid", "LY-1"),
        "x": [entity_id("unit", "LY-U05")],
    }
    assert things.data({"member": "@member:017"}) == {"member": entity_id("member", "LY-U02:017")}
    categories = {category.code for category in EXAMPLE.communities[0].categories}
    for step in steps():
        things.data(step.data)
        assert step.data.get("category", "other") in categories
        assert step.tablet in (*story.TABLETS, *story.DESKS)
        assert not step.scene or step.scene in story.SCENES


def test_the_day_ends_before_the_first_upload() -> None:
    assert all(moment("07:30") < moment(step.at) < moment("17:40") for step in steps())


def test_every_scene_is_played() -> None:
    assert {step.scene for step in story.DAY if step.scene} == set(story.SCENES)


def test_only_another_program_would_record_what_our_tablets_do_not() -> None:
    foreign = {step.kind for step in story.DAY if step.kind not in KINDS or step.kind.startswith("device.")}
    assert foreign == set(story.NEWER_APP)
