"""The commands of a district's nights: settle one, tell of it, prove the tables."""

from typing import Any

import click

from server.cli_tools import Desk, Failure, as_json, console, print_json, progress_console
from server.report import SILENT_DAYS, night_report, past_report
from server.report_text import print_night
from server.store import Hub
from sync.shapes import MAX_INTEGER

DAYS = click.option(
    "--days",
    type=click.IntRange(1, 10_000),
    default=SILENT_DAYS,
    show_default=True,
    help="Name tablets that have not uploaded for so many days.",
)


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
