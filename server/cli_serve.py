"""The command that serves a district: its door to tablets and front-ends, and its nights."""

import asyncio
import socket
from contextlib import suppress

import click
import uvicorn

from server.app import create_app
from server.cli_tools import Desk, Failure, progress_console
from server.serving import Server, door_at
from server.settings import Settings
from server.store import Hub

SETTINGS_HELP = """
\b
Settings, from the environment:
  LIANXIN_DATA           the folder of the embedded database (~/.local/share/lianxin)
  LIANXIN_DATABASE_URL   or the URL of a database
  LIANXIN_HOST           where to listen (127.0.0.1)
  LIANXIN_PORT           on which port (8000)
  LIANXIN_PUBLIC_URL     how tablets reach it; it is in their enrolment codes
  LIANXIN_SETTLE         when the night is settled: a cron line (0 2 * * *) or on-upload
  LIANXIN_TIMEZONE       what 02:00 means (+08:00)
  LIANXIN_BACKUP         when a backup is made: a cron line, or off (off)
  LIANXIN_BACKUPS        the folder of the backups and of the journal beside them (LIANXIN_DATA/backups)
  LIANXIN_BACKUPS_KEPT   how many backups are kept (14)
  LIANXIN_GRAPHIQL       GraphiQL on or off (on)
  LIANXIN_INTROSPECTION  introspection on or off (on)
  LIANXIN_ORIGINS        whose pages may ask from a browser: https://board.example,… or * (none)
  LIANXIN_DOCUMENTS      the manifest of trusted documents, read at the start (none)
  LIANXIN_DOCUMENTS_ONLY no other documents are taken, but for tablets: on or off (off)
  LIANXIN_BUDGET         what a key's operations may cost at once, 60000 or more, or off (1000000)
  LIANXIN_BUDGET_PER_SECOND  and what of that comes back in a second (20000)
  LIANXIN_BUDGET_WITHOUT_TOKEN  the same of all at one address who have no token; 0 is none (20000)
  LIANXIN_LANGUAGE       zh or en, for what the command line says (en)
"""


@click.command("serve", epilog=SETTINGS_HELP)
@click.option("--host", help="Listen here instead of LIANXIN_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port instead of LIANXIN_PORT.")
@click.pass_obj
def serve_command(desk: Desk, host: str | None, port: int | None) -> None:
    """Serve the district: GraphQL for front-ends and tablets, and the nightly settlement."""
    settings = desk.settings
    with listen(host or settings.host, settings.port if port is None else port) as door:
        serve(desk, settings, door)


def listen(host: str, port: int) -> socket.socket:
    """A socket on this address; a Failure where it is taken or not ours."""
    try:
        return door_at(host, port)
    except OSError as error:
        raise Failure(
            f"Cannot listen on {host}:{port} ({error.strerror}). Is Lianxin running there already?"
            " Choose another with --port."
        ) from None


async def _nothing(_: Hub) -> None:
    """Opens and upgrades the database before anything else, so that what is wrong with it is said in words."""


def serve(desk: Desk, settings: Settings, door: socket.socket) -> None:
    """Run the app on a socket until it is interrupted. Who comes before it is ready waits."""
    desk.run(_nothing)
    door.listen()
    host, port = door.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    progress_console().print(f"Lianxin 连心 is at http://{shown}:{port}/graphql. Stop it with Ctrl-C.")
    app = create_app(settings, desk.clock, desk.ids)
    server = Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with suppress(KeyboardInterrupt):
        asyncio.run(server.serve(sockets=[door]))
    if not server.started:
        raise Failure("The server could not start; what is wrong is said above.")
