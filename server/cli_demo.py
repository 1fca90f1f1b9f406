"""The command that shows everything: `lianxin demo`."""

import asyncio
import shlex
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from schema.values import Role
from server.cli_serve import listen, serve
from server.cli_tools import Desk, Failure, as_json, console, print_json, progress_console
from server.demo import Played, play
from server.demo_nights import keyboard, settle_on_enter
from server.demo_text import print_played
from server.demo_world import UTC_OFFSET_MIN, LaterClock, moment
from server.lookup import community_id, grid_ids
from server.report_text import print_night
from server.settings import Settings, sqlite_url
from server.store import Hub

PORT = 8000
TABLET_GRID: Final = "LY-1"
CODE_MINUTES: Final = 24 * 60

FIRST_QUERY: Final = "{ units { code name } }"
"""What the demo invites to ask first."""


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="End with the report instead of serving the district.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Repeats a day exactly."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Where to serve."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the demo's files in this new folder; without it they go when the demo ends.",
)
@as_json
@click.pass_obj
def demo_command(desk: Desk, no_serve: bool, seed: int, port: int, data: Path | None, as_json: bool) -> None:
    """Play a district's day: tablets offline, uploads over a broken road, the night, the proof. Then serve it."""
    if data is not None and data.exists() and any(data.iterdir()):
        raise Failure(f"{data} is not empty; the demo begins with an empty folder.")
    with tempfile.TemporaryDirectory(prefix="lianxin-demo-") as temporary:
        folder = data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        door = None if no_serve else listen("127.0.0.1", port)
        played, seconds = _play(seed, folder)
        served = None if door is None else Served(desk, folder, door)
        keys = None if served is None else asyncio.run(served.keys())
        if as_json:
            print_json(played.result | {"seconds": seconds} | ({} if keys is None else {"served": keys}))
        else:
            print_played(console(), played, desk.language)
        if not (played.result["digests_equal"] and played.result["verify"]):
            raise Failure(
                "The demo found a difference. Keep the seed and tell whoever looks after the program."
            )
        if served is not None and keys is not None:
            pressed = keyboard()
            if not as_json:
                invite(console(), keys, by_enter=pressed is not None, kept=data is not None)
            if pressed is not None:
                served.desk.language = desk.language
                settle_on_enter(pressed, served.desk, _teller(served.desk, as_json=as_json), _failed)
            serve(served.desk, served.settings, served.door)


def _teller(desk: Desk, *, as_json: bool) -> Callable[[dict[str, Any]], None]:
    """How a night is told that somebody settles while the demo serves."""

    def tell(report: dict[str, Any]) -> None:
        if as_json:
            print_json({"night": report})
        else:
            print_night(console(), report, desk.language)
            console().print("  Sync the tablet, and it hears what became of it.")

    return tell


def _failed(sentence: str) -> None:
    click.echo(f"Not settled: {sentence}", err=True)


def _play(seed: int, folder: Path) -> tuple[Played, float]:
    screen = progress_console()
    began = time.perf_counter()
    with screen.status("Playing a district's day …") as status:

        def tell(line: str) -> None:
            screen.print(f"[dim]{time.perf_counter() - began:5.1f} s[/]  {line}", soft_wrap=True)
            status.update("Playing a district's day …")

        played = play(seed, folder, tell)
    return played, round(time.perf_counter() - began, 1)


class Served:
    """What the day left, served by the machine's clock."""

    def __init__(self, desk: Desk, folder: Path, door: socket.socket) -> None:
        self.door = door
        self.folder = folder.absolute()
        host, port = door.getsockname()[:2]
        self.settings = Settings(
            database_url=sqlite_url(folder / "lianxin.db"),
            port=port,
            utc_offset=UTC_OFFSET_MIN,
            public_url=f"http://{host}:{port}",
        )
        self.desk = Desk(self.settings, LaterClock(desk.clock, moment("+2 12:00")), desk.ids)

    async def keys(self) -> dict[str, str]:
        """Where it is, and a token for each of the two kinds of visitors; who comes from now on waits."""
        self.door.listen()
        async with await Hub.open(self.settings, self.desk.clock, self.desk.ids) as hub:
            reader = await hub.issue_token(Role.READER, name="demo reader")
            community = await community_id(hub, "LY")
            dispatcher = await hub.issue_token(Role.DISPATCHER, community, name="demo desk of LY")
            code = await hub.code(await grid_ids(hub, (TABLET_GRID,)), CODE_MINUTES)
        url = self.settings.public_url
        return {
            "url": f"{url}/graphql",
            "graphiql": f"{url}/graphiql",
            "tablet": f"{url}/tablet/",
            "code": code.code,
            "reader": reader.token,
            "dispatcher": dispatcher.token,
            "data": str(self.folder),
        }


def invite(screen: Console, keys: dict[str, str], *, by_enter: bool, kept: bool) -> None:
    beside = f"LIANXIN_DATA={shlex.quote(keys['data'])} {shlex.join([sys.argv[0], 'settle'])}"
    night = "press Enter here to settle now" if by_enter else "settle now with the line below"
    files = "they stay" if kept else "they go when the demo ends"
    lines = (
        f"tablet      {keys['tablet']}   (enrol it with the code {keys['code']}, for {TABLET_GRID};"
        " cut the network, work, and sync it again)",
        f"night       {night} what tablets have uploaded, or wait for 02:00; then sync the tablet",
        f"            in another terminal: {beside}",
        f"files       {keys['data']}   ({files})",
        f"GraphiQL    {keys['graphiql']}   (paste a token at the top; a few queries are ready)",
        f"reader      {keys['reader']}",
        f"dispatcher  {keys['dispatcher']}   (community LY)",
        f"or  curl -s {keys['url']} -H 'Authorization: Bearer {keys['reader']}'"
        f" -H 'Content-Type: application/json' -d '{{\"query\":\"{FIRST_QUERY}\"}}'",
    )
    screen.print()
    screen.rule("[bold]The district is served[/]", align="left", style="dim")
    for line in lines:
        screen.print(f"  {line}", soft_wrap=True, markup=False)
