"""What the commands share: the hub they open, how they answer, and how they are stopped by a fault."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from server.settings import Settings
from server.store import Hub
from server.system import Clock, Ids, SystemClock, SystemIds

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])

PIPED_WIDTH = 110


class Failure(click.ClickException):
    """What was asked for did not succeed; the message says what to do next. Exit code 1."""


class Desk:
    """What a command works with: settings (read when first needed), clock, ids and language."""

    def __init__(
        self, settings: Settings | None = None, clock: Clock | None = None, ids: Ids | None = None
    ) -> None:
        self._settings = settings
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = ids or SystemIds()
        self.language = "en"

    @property
    def settings(self) -> Settings:
        if self._settings is None:
            self._settings = Settings.from_environment()
        return self._settings

    def run(self, work: Callable[[Hub], Awaitable[T]]) -> T:
        """Open the district's database, do the work in it, and close it."""

        async def opened() -> T:
            async with await Hub.open(self.settings, self.clock, self.ids) as hub:
                return await work(hub)

        return asyncio.run(opened())


def as_json(command: Command) -> Command:
    """Adds --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def print_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))


def console() -> Console:
    """Where people read: the terminal, or a page of fixed width when the output goes elsewhere."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal else Console(highlight=False, width=PIPED_WIDTH)


def progress_console() -> Console:
    """Where progress is shown: beside the result, never in it."""
    return Console(stderr=True, highlight=False)


def table(*columns: str, title: str | None = None) -> Table:
    """A plain table; a column whose name begins with `#` holds numbers."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for column in columns:
        number = column.startswith("#")
        made.add_column(column.removeprefix("#"), justify="right" if number else "left", overflow="fold")
    return made
