"""The commands that run a district: serve it, settle its night, prove its tables."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

import click
import uvicorn

from server.app import create_app
from server.cli_tools import Desk, Failure, as_json, console, print_json, progress_console
from server.report import SILENT_DAYS, night_report, past_report
from server.report_text import print_night
from server.settings import Settings
from server.store import Hub
from sync.changes import MAX_INTEGER

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
  LIANXIN_LANGUAGE       zh or en, for what the command line says (en)
"""
DAYS = click.option(
    "--days",
    type=click.IntRange(1, 10_000),
    default=SILENT_DAYS,
    show_default=True,
    help="Name tablets that have not uploaded for so many days.",
)


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
    """A socket on this address; a Failure where it is taken or not ours.

    It says that it is TCP: asyncio otherwise leaves Nagle's algorithm on, and an answer in two pieces
    waits 40 ms for the acknowledgement of the first.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise Failure(
            f"Cannot listen on {host}:{port} ({error.strerror}). Is Lianxin running there already?"
            " Choose another with --port."
        ) from None
    return door


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
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with suppress(KeyboardInterrupt):
        asyncio.run(server.serve(sockets=[door]))
    if not server.started:
        raise Failure("The server could not start; what is wrong is said above.")


@click.command("settle")
@click.option("--dry-run", is_flag=True, help="Tell what the night would be, and change nothing.")
@DAYS
@as_json
@click.pass_obj
def settle_command(desk: Desk, dry_run: bool, days: int, as_json: bool) -> None:
    """Settle now whatever tablets have uploaded, and print the night's report."""

    async def work(hub: Hub) -> dict[str, Any]:
        return await night_report(hub, await hub.settle(dry_run=dry_run), silent_days=days)

    with progress_console().status("Settling …"):
        report = desk.run(work)
    if as_json:
        print_json({"dryRun": dry_run, **report})
    else:
        print_night(console(), report, desk.language, dry_run=dry_run)


@click.command("report")
@click.argument("number", type=click.IntRange(1, MAX_INTEGER), required=False)
@DAYS
@as_json
@click.pass_obj
def report_command(desk: Desk, number: int | None, days: int, as_json: bool) -> None:
    """Print the report of the last night, or of settlement NUMBER. What waits is as of now."""
    report = desk.run(lambda hub: past_report(hub, number, silent_days=days))
    if report is None:
        raise Failure("No night has been settled yet." if number is None else "There is no such settlement.")
    if as_json:
        print_json(report)
    else:
        print_night(console(), report, desk.language)


@click.command("verify")
@as_json
@click.pass_obj
def verify_command(desk: Desk, as_json: bool) -> None:
    """Replay the whole log and compare every derived table with it. Exit code 1 when anything differs."""
    with progress_console().status("Replaying the log …"):
        result = desk.run(lambda hub: hub.verify())
    if as_json:
        print_json(
            {
                "verify": result.ok,
                "settlements": result.settlements,
                "changes": result.changes,
                "differences": result.differences,
            }
        )
    elif result.ok:
        click.echo(
            f"Verified: {result.settlements} settlements of {result.changes} changes give these tables."
        )
    else:
        click.echo(f"The tables are not what the log adds up to ({len(result.differences)} differences):")
        for difference in result.differences:
            click.echo(f"  {difference}")
        click.echo("Stop the server and keep this database as it is until somebody has looked at it.")
    if not result.ok:
        raise SystemExit(1)
