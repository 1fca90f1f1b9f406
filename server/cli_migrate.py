"""The command that moves a district into another database: from a file to PostgreSQL when it grows, and back."""

import asyncio
from typing import Any

import click
from msgspec import to_builtins
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.cli_tools import Desk, Failure, as_json, console, print_json, progress_console
from server.database import Database
from server.moving import Move, MoveFailed, Told, move, stay
from server.settings import BadSetting

STEPS = {"copy": "Copying", "sum up": "Summing up", "compare": "Comparing"}


@click.command("migrate")
@click.option(
    "--to",
    "url",
    metavar="URL",
    envvar="LIANXIN_MIGRATE_TO",
    show_envvar=True,
    help="An empty database: postgresql://… or sqlite:///FILE.",
)
@click.option(
    "--stay",
    "stays",
    is_flag=True,
    help="Go on here after all, where a move was not followed: nothing may have been written there.",
)
@as_json
@click.pass_obj
def migrate_command(desk: Desk, url: str | None, stays: bool, as_json: bool) -> None:
    """Move the district into another database, prove that all of it arrived, and take nothing more here.

    Set LIANXIN_DATABASE_URL to the new one afterwards. Tablets notice nothing.
    """
    if stays == (url is not None):
        raise click.UsageError("Say where to with --to, or --stay.")
    if url is None:
        _stay(desk, as_json)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=progress_console(),
        transient=True,
    ) as progress:
        moved = asyncio.run(_move(desk, url, _shown(progress)))
    if as_json:
        print_json(to_builtins(moved))
    else:
        _print(moved)


async def _move(desk: Desk, url: str, told: Told) -> Move:
    source = await Database.open(desk.settings.database_url)
    try:
        target = await _opened(url)
        try:
            return await move(source, target, desk.clock.now(), told)
        except MoveFailed as failed:
            raise Failure(str(failed)) from None
        finally:
            await target.close()
    finally:
        await source.close()


async def _opened(url: str) -> Database:
    try:
        return await Database.open(url)
    except BadSetting as wrong:
        raise click.UsageError(str(wrong).replace("LIANXIN_DATABASE_URL", "--to")) from None


def _shown(progress: Progress) -> Told:
    """Shows one bar for each step."""
    tasks: dict[str, Any] = {}

    def told(step: str, done: int, total: int) -> None:
        if step not in tasks:
            tasks[step] = progress.add_task(STEPS[step], total=total)
        progress.update(tasks[step], completed=done)

    return told


def _print(moved: Move) -> None:
    out = console()
    out.print(f"Moved {moved.rows} rows of {len(moved.tables)} tables to {moved.to}.", soft_wrap=True)
    out.print(f"The same on both sides: SHA-256 {moved.digest}.", soft_wrap=True)
    out.print(f"Replayed there: {moved.settlements} settlements, {moved.changes} changes, no difference.")
    out.print(
        "\nSet LIANXIN_DATABASE_URL to it and start the server again. The old database is as it was and takes"
        "\nnothing more. It still holds everything: delete it when the new one has its first backup."
    )


def _stay(desk: Desk, as_json: bool) -> None:
    async def work() -> bool:
        database = await Database.open(desk.settings.database_url)
        try:
            return await database.write(stay)
        finally:
            await database.close()

    stayed = asyncio.run(work())
    if as_json:
        print_json({"stayed": stayed})
    else:
        console().print(
            "The district goes on here." if stayed else "The district had not moved away from here."
        )
