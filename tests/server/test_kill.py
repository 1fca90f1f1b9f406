"""Kill -9 at fifty points of push and settlement: the acknowledged is there, the night is whole or absent.

Each time a server in a process of its own dies, in the middle of what is pushed to it over HTTP, or
of the night that runs inside it.
"""

import multiprocessing
import shutil
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from sqlalchemy import func, select

from clients.python.failures import Unreachable
from clients.python.http import HttpTransport
from schema.tables.change import CHANGE
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from schema.values import Verification
from server.store import Hub
from sync.wire import Upload
from tests.server.house import CountedIds, HandClock, settings
from tests.server.killed import changes, prepared, serve
from tests.sync.world import when

POINTS: Final = 25
ALIVE: Final = 1_000_000
WAIT_S: Final = 60
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.server.killed"])


class Killed(NamedTuple):
    """How a server ended: its exit code, what it had acknowledged, and how many statements it wrote if it lived."""

    code: int | None
    acknowledged: int
    statements: int


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    (folder / "token").write_text(await prepared(folder))
    return folder


def killed(kept: Path, folder: Path, work: str, point: int) -> Killed:
    """Let a server work on a copy, to be killed before the `point`-th statement of its writer."""
    shutil.copy(kept / "hub.db", folder / "hub.db")
    ours, theirs = FORKED.Pipe()
    process = FORKED.Process(target=serve, args=(folder, work, point, theirs))
    process.start()
    theirs.close()
    try:
        acknowledged = pushed(ours.recv(), (kept / "token").read_text()) if work == "push" else 20
        return Killed(*ended(process, ours, acknowledged))
    finally:
        process.kill()
        process.join()


def pushed(port: int, token: str) -> int:
    """Send three more uploads over HTTP; gives the seq up to which they were acknowledged."""
    http = HttpTransport(f"http://127.0.0.1:{port}/graphql", attempts=1)
    acknowledged = 20
    try:
        for first in (20, 30, 40):
            said = {
                "protocol": 1,
                "from": first + 1,
                "oldest": 1,
                "runs": [],
                "changes": changes(first, first + 10),
            }
            acknowledged = http.call("push", {"upload": said}, token)["receivedThrough"]
    except Unreachable:
        pass
    finally:
        http.close()
    return acknowledged


def ended(process: BaseProcess, pipe: Pipe, acknowledged: int) -> tuple[int | None, int, int]:
    """Tell a server that it may end, and wait until it has, in this way or the other."""
    statements = 0
    try:
        pipe.send("end")
        while pipe.poll(WAIT_S):
            statements = pipe.recv()
    except (EOFError, OSError):
        pass
    process.join(WAIT_S)
    return process.exitcode, acknowledged, statements


@pytest.fixture(scope="module")
def statements(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many statements each work takes when it lives."""
    counted: dict[str, int] = {}
    for work in ("push", "settle"):
        lived = killed(kept, tmp_path_factory.mktemp(work), work, ALIVE)
        assert lived.code == 0
        assert lived.statements > POINTS, "so that each point is another one"
        assert lived.acknowledged == {"push": 50, "settle": 20}[work]
        counted[work] = lived.statements
    return counted


def spread(count: int, point: int) -> int:
    """The n-th of so many points, spread over all statements."""
    return 1 + (count - 1) * point // (POINTS - 1)


@pytest.mark.parametrize("point", range(POINTS))
async def test_a_push_that_was_killed_left_what_it_acknowledged(
    kept: Path, statements: dict[str, int], tmp_path: Path, point: int
) -> None:
    died = killed(kept, tmp_path, "push", spread(statements["push"], point))
    assert died.code == -9
    async with await Hub.open(settings(tmp_path), HandClock(when("20:00")), CountedIds("next")) as hub:
        async with hub.read() as connection:
            (row,) = (await connection.execute(select(TABLET))).mappings()
            received = (
                await connection.execute(select(CHANGE.c.seq).where(CHANGE.c.device == row["device"]))
            ).all()
        assert row["received_through"] == len(received) >= died.acknowledged
        assert len(received) % 10 == 0
        author = await hub.authenticate((kept / "token").read_text())
        receipt = await hub.push(author, Upload(1, 1, 1, (), tuple(changes(0, 50))))
        assert receipt.received_through == 50
        assert await settled(hub) == 50


@pytest.mark.parametrize("point", range(POINTS))
async def test_a_night_that_was_killed_is_whole_or_absent(
    kept: Path, statements: dict[str, int], tmp_path: Path, point: int
) -> None:
    died = killed(kept, tmp_path, "settle", spread(statements["settle"], point))
    assert died.code == -9
    async with await Hub.open(settings(tmp_path), HandClock(when("1/04:00")), CountedIds("next")) as hub:
        async with hub.read() as connection:
            left = select(func.count()).select_from(CHANGE).where(CHANGE.c.settlement.is_(None))
            unsettled = (await connection.execute(left)).scalar_one()
            nights = select(SETTLEMENT.c.number).where(SETTLEMENT.c.kind == "NIGHT")
            night = (await connection.execute(nights)).all()
        assert (unsettled, len(night)) in {(20, 0), (0, 1)}
        assert await settled(hub) == 20


async def settled(hub: Hub) -> int:
    """Complete the night; what stands then follows from the log. Gives how many of the tablet's changes there are."""
    before: Verification = await hub.verify()
    assert before.ok, before.differences
    await hub.settle()
    after = await hub.verify()
    assert after.ok, after.differences
    async with hub.read() as connection:
        mine = select(func.count()).select_from(CHANGE).where(CHANGE.c.arrival >= when("18:00"))
        return int((await connection.execute(mine)).scalar_one())
