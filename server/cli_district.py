"""The commands that bring data in and out: a district file, a stick from a village, an export."""

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from schema.values import Evidence
from server.cli_tools import Desk, Failure, as_json, console, print_json, progress_console, table
from server.district import BadDistrict, District, read
from server.district_changes import Current
from server.district_problems import Problem
from server.enrolling import hub_author
from server.export import export
from server.loading import load, planned, summary
from server.lookup import current, unit_id
from server.sheets import KINDS
from server.store import Hub
from server.unit_export import sheets
from sync.kinds.evaluations import PERIOD_PATTERN

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("load")
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Only say what is wrong with the file, and what it would change.")
@click.option("--overwrite", is_flag=True, help="Put the file's values over what people have changed since.")
@as_json
@click.pass_obj
def load_command(desk: Desk, file: Path, check: bool, overwrite: bool, as_json: bool) -> None:
    """Load a district FILE (YAML or JSON). When anything in it is wrong, says what, and loads nothing.

    Loading a file again changes only what differs. server/examples/red-cell.yaml is an example.
    """

    async def work(hub: Hub) -> dict[str, Any]:
        have = await current(hub)
        asked = planned(desk.clock, desk.ids, _read(file, have), have, overwrite=overwrite)
        return await load(hub, asked) if not check else summary(asked, Counter())

    try:
        with progress_console().status(f"Loading {escape(file.name)} …"):
            done = desk.run(work)
    except BadDistrict as bad:
        _show_problems(desk, file, bad.problems, as_json)
        raise SystemExit(1) from None
    if as_json:
        print_json(done)
    else:
        _show_loaded(done, check)


def _read(file: Path, have: Current) -> District:
    return read(file.read_bytes(), have.known())


def _show_loaded(done: dict[str, Any], check: bool) -> None:
    if not done["changes"]:
        click.echo("Nothing in the file differs from what is there.")
    else:
        kinds = ", ".join(f"{n} {kind}" for kind, n in done["changes"].items())
        click.echo(f"{'The file is right; it would write' if check else 'Loaded'}: {kinds}.")
    if done["kept"]:
        click.echo(
            f"{done['kept']} values that people have changed since were left; --overwrite puts the file's."
        )
    other = {code: n for code, n in done["outcomes"].items() if code != "APPLIED"}
    if other:
        told = ", ".join(f"{n} {code}" for code, n in other.items())
        click.echo(
            f"Not everything stands as written: {told}. `lianxin conflicts` shows what waits for a person."
        )


def _show_problems(desk: Desk, file: Path, problems: list[Problem], as_json: bool) -> None:
    if as_json:
        print_json({"problems": [one._asdict() for one in problems]})
        return
    shown = table("#line", "key", "what is wrong")
    for one in problems:
        shown.add_row(str(one.line), escape(one.path), escape(one.sentence[desk.language]))
    console().print(shown)
    click.echo(f"{len(problems)} problems in {file.name}; nothing was loaded.", err=True)


@click.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--answer",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the answer for the tablet.",
)
@as_json
@click.pass_obj
def import_command(desk: Desk, file: Path, answer: Path | None, as_json: bool) -> None:
    """Take an upload FILE that was carried on a stick, and write the answer that goes back to the tablet.

    Importing it twice, or uploading the same over the network as well, counts once. Import the same file
    again after the night for an answer that carries the night's verdicts.
    """

    async def work(hub: Hub) -> Any:
        try:
            return await hub.import_file(file)
        except ValueError as error:
            raise Failure(
                f"{file.name} is not a tablet's upload: {error}. Export it on the tablet again."
            ) from None

    done = desk.run(work)
    written = answer or file.with_name(f"{file.name.removesuffix('.lianxin')}.answer.lianxin")
    written.write_bytes(done.answer)
    if as_json:
        print_json(
            {"device": done.device, "taken": done.taken, "refused": done.refused, "answer": str(written)}
        )
    elif done.refused is None:
        click.echo(
            f"Took {done.taken} new changes of {done.device}. Carry {written.name} back to the tablet."
        )
    if done.refused is not None:
        raise Failure(f"The upload was refused: {done.refused}. {written.name} tells the tablet what to do.")


def _export_unit(desk: Desk, unit: str, period: str, output: Path | None) -> None:
    kind = "" if output is None else output.suffix.removeprefix(".")
    if output is None or kind not in KINDS:
        raise click.UsageError("A unit's export needs --output, a file that ends in .xlsx or .zip.")
    if not re.match(PERIOD_PATTERN, period):
        raise click.UsageError("Say --period: a year 2026, a quarter 2026-Q4 or a month 2026-11.")

    async def work(hub: Hub) -> list[Evidence]:
        async with hub.read() as connection:
            author = await connection.run_sync(hub_author)
        return await hub.unit_record(author, await unit_id(hub, unit), period) or []

    people = desk.run(work)
    make, _ = KINDS[kind]
    output.write_bytes(make(sheets(period, people), desk.clock.now()))
    click.echo(f"Wrote {len(people)} members of {unit} in {period} to {output}.")


@click.command("export")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of printing. With --unit it ends in .xlsx, or in .zip for CSV.",
)
@click.option(
    "--unit", metavar="CODE", help="Only what this unit's members did, for its appraisal of the year."
)
@click.option(
    "--period", metavar="PERIOD", help="With --unit: a year 2026, a quarter 2026-Q4 or a month 2026-11."
)
@click.pass_obj
def export_command(desk: Desk, output: Path | None, unit: str | None, period: str | None) -> None:
    """Write the settled data of the whole district as lines of JSON: {"table", "row"}, and at the end the count.

    Contacts, phones, private texts and check-in places are left out. The answer for a tablet's stick is
    written by `lianxin import`.

    With --unit and --period: a spreadsheet for the unit, with the evidence behind each number.
    """
    if unit is not None:
        _export_unit(desk, unit, period or "", output)
        return
    if period is not None:
        raise click.UsageError("--period needs --unit.")
    if output is None:
        desk.run(lambda hub: export(hub, sys.stdout.buffer.write))
        return
    part = output.with_name(f"{output.name}.part")
    with part.open("wb") as file, progress_console().status("Exporting …"):
        count = desk.run(lambda hub: export(hub, file.write))
    part.replace(output)
    click.echo(f"Wrote {count} rows to {output}.")
