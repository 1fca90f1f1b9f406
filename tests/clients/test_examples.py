"""The examples are run as they stand, against a real hub, and what they print is looked at."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.door.house import COMMUNITY, GRID, HOUR, MEMBER, House
from tests.door.test_sockets import Served, serving

EXAMPLES: Final = Path(__file__).parents[2] / "clients" / "examples"
TYPESCRIPT: Final = EXAMPLES / "typescript"
SECONDS: Final = 120
INSTALLED: Final = (TYPESCRIPT / "node_modules" / ".package-lock.json").exists()
node = pytest.mark.skipif(
    shutil.which("node") is None or (not INSTALLED and not os.environ.get("CI")),
    reason="its tools are not installed here (make examples)",
)


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with serving(f"sqlite:///{tmp_path_factory.mktemp('examples') / 'hub.db'}") as served:
        house = served.house
        for title in ("停车", "路灯", "楼道"):
            await house.ticket(title=title)
        taken = await house.ticket(title="电梯")
        await house.do("ticket.claim", taken, member=MEMBER)
        house.clock.go_on(HOUR)
        await house.service(MEMBER, ticket=taken)
        yield served


class Lines:
    """What a program prints, line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def one(self) -> Any:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            raise AssertionError((await self.process.stderr.read()).decode())
        return json.loads(line)

    async def end(self) -> int:
        return await self.process.wait()


@asynccontextmanager
async def running(*command: str | Path, **environment: str) -> AsyncIterator[Lines]:
    pipe = asyncio.subprocess.PIPE
    async with asyncio.timeout(SECONDS):
        process = await asyncio.create_subprocess_exec(
            *map(str, command), stdout=pipe, stderr=pipe, env={**os.environ, **environment}
        )
        try:
            yield Lines(process)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def night(house: House) -> None:
    """A night that settles something."""
    data = {"grid": GRID, "category": "parking", "title": "夜里"}
    upload = {
        "protocol": 1,
        "from": 1,
        "oldest": 1,
        "runs": [],
        "changes": [house.change("ticket.open", house.ids.uuid7(), data)],
    }
    await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", "tablet", u=upload)
    assert (await house.hub.settle()).number is not None


def npx(*words: str) -> None:
    done = subprocess.run(
        ["npx", "--no-install", *words], cwd=TYPESCRIPT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@node
def test_the_types_of_the_example_are_those_of_the_schema(tmp_path: Path) -> None:
    """`make fix` writes them anew."""
    written = TYPESCRIPT / "src" / "gql"
    before = {file.name: file.read_text("utf-8") for file in written.iterdir()}
    try:
        npx("graphql-codegen", "--silent")
        assert {file.name: file.read_text("utf-8") for file in written.iterdir()} == before
    finally:
        for name, text in before.items():
            (written / name).write_text(text, "utf-8")


@node
async def test_the_board_in_typescript_shows_a_grid_and_each_change_after_it(
    served: Served, tmp_path: Path
) -> None:
    npx("tsc", "--outDir", str(tmp_path))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    token = await served.house.token("reader")
    async with running("node", tmp_path / "board.js", "LY-1", "2", HUB=served.http, TOKEN=token) as lines:
        shown = [await lines.one() for _ in range(4)]
        assert {one["ticket"]: one["takers"] for one in shown} == {
            "停车": [],
            "路灯": [],
            "楼道": [],
            "电梯": ["党员 001"],
        }
        total = await lines.one()
        assert (total["grid"], total["open"]) == ("一格", 4)
        assert {one["state"]: one["count"] for one in total["states"]} == {"OPEN": 3, "ACCEPTED": 1}
        opened = await served.house.ticket(title="新的")
        first = await lines.one()
        assert (first["changed"], first["state"]) == ("新的", "OPEN")
        await served.house.do("ticket.cancel", opened, reason="不需要了")
        second = await lines.one()
        assert (second["changed"], second["state"]) == ("新的", "CANCELLED")
        assert second["rev"] > first["rev"]
        assert await lines.end() == 0


@node
async def test_the_board_says_by_which_code_it_was_refused(served: Served, tmp_path: Path) -> None:
    npx("tsc", "--outDir", str(tmp_path))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    async with running("node", tmp_path / "board.js", "LY-1", HUB=served.http, TOKEN="nobody") as lines:
        with pytest.raises(AssertionError, match="UNAUTHENTICATED"):
            await lines.one()
        assert await lines.end() == 1


async def test_the_report_in_python_is_asked_again_for_nothing_and_told_of_the_night(served: Served) -> None:
    token = await served.house.token("reader")
    await served.house.token("tablet")
    board = EXAMPLES / "python" / "board.py"
    async with running(sys.executable, board, served.http, token, "LY", "--nights", "1") as lines:
        report = await lines.one()
        assert report["name"] == "乐邑"
        assert sum(one["count"] for one in report["ticketGroups"]) >= 4
        (service,) = report["serviceGroups"]
        assert (service["unit"], service["people"], service["count"]) == ({"code": "U1"}, 1, 1)
        assert await lines.one() == {"asked again": False}
        await night(served.house)
        told = await lines.one()
        assert told["night"]["counts"] == [{"outcome": "APPLIED", "count": 1}]
        again = await lines.one()
        assert again["rev"] > report["rev"]
        counted = sum(one["count"] for one in report["ticketGroups"])
        assert sum(one["count"] for one in again["ticketGroups"]) == counted + 1
        assert await lines.end() == 0
    assert COMMUNITY not in str(report)
