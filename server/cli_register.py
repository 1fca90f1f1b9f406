"""`lianxin register`: a unit's list registers its members (双报到); what does not fit is named line by line."""

from pathlib import Path

import click
from rich.markup import escape
from rich.progress import Progress

from schema.values import ListRefused, RegisteredList
from server.cli_tools import Desk, Failure, as_json, console, print_json, progress_console, table
from server.enrolling import hub_author
from server.lookup import unit_id
from server.store import Hub
from server.unit_list import SENTENCES

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("register")
@click.argument("file", type=FILE)
@click.option("--unit", required=True, help="The code of the unit whose list it is.")
@click.option("--check", is_flag=True, help="Only say what would be done, and what does not fit.")
@as_json
@click.pass_obj
def register_command(desk: Desk, file: Path, unit: str, check: bool, as_json: bool) -> None:
    """Register the members on a unit's list FILE at its community: CSV, or YAML by its name.

    The columns `number` and `name` (编号, 姓名) must be there; `grid`, `phone` and `skills` (网格, 电话, 技能) may
    be. What does not fit is named line by line and keeps nothing else back; the same list again changes nothing.
    Exit code 1 where a line does not fit.
    """

    source = file.read_bytes()

    async def work(hub: Hub) -> RegisteredList:
        id = await unit_id(hub, unit)
        async with hub.read() as connection:
            author = await connection.run_sync(hub_author)
        with Progress(console=progress_console(), transient=True) as bar:
            task = bar.add_task(f"Registering {escape(file.name)} …", total=None)
            found = await hub.register_list(
                author,
                id,
                source,
                yaml=file.suffix.lower() in {".yaml", ".yml"},
                check=check,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        if found is None:
            raise Failure(f"There is no unit {unit}.")
        return found

    try:
        done = desk.run(work)
    except ListRefused as bad:
        zh, en = SENTENCES[bad.code]
        raise Failure(zh if desk.language == "zh" else en) from None
    if as_json:
        print_json({**done._asdict(), "problems": [one._asdict() for one in done.problems]})
    else:
        _show(desk, done, check)
    if done.problems:
        raise SystemExit(1)


def _show(desk: Desk, done: RegisteredList, check: bool) -> None:
    said = (
        "{would}{registered} registered, {placed} placed in their grid, {known} known already"
        if desk.language == "en"
        else "{would}登记 {registered} 人，补报到网格 {placed} 人，原已登记 {known} 人"
    )
    would = {"en": "It would be: ", "zh": "将会："}[desk.language] if check else ""
    click.echo(said.format(would=would, **done._asdict()))
    if done.queued:
        click.echo(
            f"{done.queued} 人与收件箱里的登记相关，待今晚结算。"
            if desk.language == "zh"
            else f"{done.queued} wait for the night: its inbox holds more about them."
        )
    if done.problems:
        shown = table("#line", "column", "what does not fit")
        for one in done.problems:
            shown.add_row(str(one.line), one.column or "–", escape(one.sentence[desk.language]))
        console().print(shown)
