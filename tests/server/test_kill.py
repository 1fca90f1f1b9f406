"""Kill -9 at fifty points of push and settlement: the acknowledged is there, the night is whole or absent."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from schema.tables.change import CHANGE
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from schema.values import Verification
from server.store import Hub
from sync.wire import Upload
from tests.server.house import CountedIds, HandClock, settings
from tests.server.killed import changes, prepared
from tests.sync.world import when

POINTS = 25
ALIVE = 1_000_000
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    (folder / "token").write_text(await prepared(folder))
    return folder


def killed(kept: Path, folder: Path, work: str, point: int) -> tuple[int, str]:
    """Run some work on a copy, to be killed before its `point`-th statement; its exit code and output."""
    for name in ("hub.db", "token"):
        shutil.copy(kept / name, folder / name)
    command = [sys.executable, "-m", "tests.server.killed", str(folder), work, str(point)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def statements(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many statements each work takes when it lives."""
    counted: dict[str, int] = {}
    for work in ("push", "settle"):
        code, output = killed(kept, tmp_path_factory.mktemp(work), work, ALIVE)
        assert code == 0, output
        counted[work] = int(output)
    return counted


def spread(count: int, point: int) -> int:
    """The n-th of so many points, spread over all statements."""
    return 1 + (count - 1) * point // (POINTS - 1)


@pytest.mark.parametrize("point", range(POINTS))
async def test_a_push_that_was_killed_left_what_it_acknowledged(
    kept: Path, statements: dict[str, int], tmp_path: Path, point: int
) -> None:
    code, output = killed(kept, tmp_path, "push", spread(statements["push"], point))
    assert code == -9, output
    noted = tmp_path / "acknowledged"
    acknowledged = int(noted.read_text()) if noted.exists() else 20
    async with await Hub.open(settings(tmp_path), HandClock(when("20:00")), CountedIds("next")) as hub:
        async with hub.read() as connection:
            (row,) = (await connection.execute(select(TABLET))).mappings()
            received = (
                await connection.execute(select(CHANGE.c.seq).where(CHANGE.c.device == row["device"]))
            ).all()
        assert row["received_through"] == len(received) >= acknowledged
        assert len(received) % 10 == 0
        author = await hub.authenticate((kept / "token").read_text())
        receipt = await hub.push(author, Upload(1, 1, 1, (), tuple(changes(0, 50))))
        assert receipt.received_through == 50
        assert await settled(hub) == 50


@pytest.mark.parametrize("point", range(POINTS))
async def test_a_night_that_was_killed_is_whole_or_absent(
    kept: Path, statements: dict[str, int], tmp_path: Path, point: int
) -> None:
    code, output = killed(kept, tmp_path, "settle", spread(statements["settle"], point))
    assert code == -9, output
    async with await Hub.open(settings(tmp_path), HandClock(when("20:00")), CountedIds("next")) as hub:
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
