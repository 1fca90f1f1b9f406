"""The commands that keep a district: a proved backup, and going back to one."""

import asyncio
from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from server.backup import Backup, BackupFailed
from server.cli_tools import Desk, Failure, as_json, print_json, progress_console
from server.restore import Restored, RestoreFailed, restore
from server.store import Hub
from sync.shapes import format_time

BACKUP_HELP = """
\b
Settings, from the environment:
  LIANXIN_BACKUPS       the folder for backups and the journal; best on another disk
  LIANXIN_BACKUP        when `serve` makes one: a cron line such as 0 3 * * *, or off (off)
  LIANXIN_BACKUPS_KEPT  how many are kept (14)
"""
SHOWN = 20


@click.command("backup", epilog=BACKUP_HELP)
@as_json
@click.pass_obj
def backup_command(desk: Desk, as_json: bool) -> None:
    """Make a backup while the district works, and prove it by a replay of the whole log."""

    async def work(hub: Hub) -> Backup:
        try:
            return await hub.back_up()
        except BackupFailed as failed:
            raise Failure(str(failed)) from None

    with progress_console().status("Copying and proving …"):
        made = desk.run(work)
    if as_json:
        print_json(to_builtins(made) | {"at": format_time(made.at)})
        return
    click.echo(f"{made.path} ({made.size / 1_000_000:.1f} MB)")
    click.echo(f"Proved: {made.settlements} settlements of {made.changes} changes, up to rev {made.rev}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--unproved", is_flag=True, help="Also a copy that is not sound, where there is no other.")
@as_json
@click.pass_obj
def restore_command(desk: Desk, file: Path, yes: bool, unproved: bool, as_json: bool) -> None:
    """Put the backup FILE in place of this database, and do again what offices did since.

    A new epoch begins: tablets notice, and send again what the backup does not hold. The journals are
    looked for in LIANXIN_BACKUPS and beside FILE. A server that is running goes on with what was restored.
    """
    if not yes and not as_json:
        click.confirm(f"Replace this district's database by {file.name}?", abort=True)
    with progress_console().status("Proving and restoring …"):
        try:
            restored = asyncio.run(restore(desk.settings, desk.clock, file, unproved=unproved))
        except RestoreFailed as failed:
            raise Failure(f"{failed} Nothing was changed.") from None
    if as_json:
        print_json(_data(restored))
    else:
        _print(restored)
    if restored.differences:
        raise SystemExit(1)


def _data(restored: Restored) -> dict[str, Any]:
    data: dict[str, Any] = to_builtins(restored)
    epoch = data["epoch"]
    epoch["at"] = format_time(epoch["at"])
    for gap in epoch["gaps"]:
        gap["fromAt"] = format_time(gap["fromAt"])
        gap["untilAt"] = gap["untilAt"] and format_time(gap["untilAt"])
    return data


def _print(restored: Restored) -> None:
    epoch = restored.epoch
    click.echo(f"Restored to {format_time(epoch.at)} (rev {epoch.rev}). Epoch {epoch.epoch} begins.")
    click.echo(
        f"Done again from the journal: {epoch.changes} changes of offices, in {epoch.replayed} entries."
    )
    for gap in epoch.gaps:
        until = "on" if gap.until_at is None else f"until {format_time(gap.until_at)} (rev {gap.until_rev})"
        since = f"{format_time(gap.from_at)} (rev {gap.from_rev})"
        click.echo(f"MISSING: what offices did from {since} {until}. Ask them; tablets send their own again.")
    click.echo("What tablets sent since comes back with their next meetings; settle after that.")
    if restored.replaced is not None:
        click.echo(f"What was there before is kept as {restored.replaced}.")
    if restored.broken is not None:
        click.echo(f"What was there before could not be read and lies at {restored.broken}.")
    if restored.differences:
        click.echo(f"The tables are not what the log adds up to ({len(restored.differences)} differences):")
        for difference in restored.differences[:SHOWN]:
            click.echo(f"  {difference}")
