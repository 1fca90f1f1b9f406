"""The commands that only read: what was achieved, what waits, and by which rules."""

from typing import Any

import click

from server.cli_figures import DAY, figures_of, show_figures
from server.cli_tools import Desk, as_json, console, print_json, table
from server.lookup import community_id
from server.named import conflict_line, names
from server.report import open_conflicts
from server.report_text import conflict_table
from server.report_words import Words
from server.stats import FIGURES, stats
from server.store import Hub
from sync.manifest import manifest
from sync.rendering import rules_text

RULE_BOOK = ("ruleBook", "rules", "fields", "states", "moves", "transitions", "codes", "words")
"""The parts of the manifest that `lianxin rules --json` prints."""


@click.command("stats")
@click.option("--from", "start", type=DAY, help="From this local day on.")
@click.option("--until", type=DAY, help="Up to this local day, itself included.")
@click.option("--community", metavar="CODE", help="In this community.")
@click.option("--grid", metavar="CODE", help="In this grid.")
@click.option("--unit", metavar="CODE", help="By this unit's members.")
@click.option("--category", metavar="CODE", help="In this category of tickets.")
@click.option("--team", metavar="CODE", help="Of this team.")
@as_json
@click.pass_obj
def stats_command(desk: Desk, /, as_json: bool, **asked: Any) -> None:
    """Count members, units, sessions, good deeds, enterprise problems, person-times and points.

    With a period or a place: the figures of just that, and the tickets that wait by state and age.
    """
    if any(value is not None for value in asked.values()):
        show_figures(desk, desk.run(lambda hub: figures_of(hub, **asked)), as_json=as_json)
        return
    counted = desk.run(stats)
    if as_json:
        print_json(counted)
        return
    lines = counted["communities"]
    shown = table("", *(f"#{line['code']}" for line in lines), "#total" if desk.language == "en" else "#合计")
    for figure, (zh, en) in FIGURES.items():
        numbers = [line[figure] for line in (*lines, counted["total"])]
        shown.add_row(zh if desk.language == "zh" else en, *(f"{number:,}" for number in numbers))
    console().print(shown)


@click.command("conflicts")
@click.option("--community", metavar="CODE", help="Only those of this community.")
@as_json
@click.pass_obj
def conflicts_command(desk: Desk, community: str | None, as_json: bool) -> None:
    """List what waits for a person, with both sides. Rule on it at the desk (`conflict.rule`)."""

    async def work(hub: Hub) -> list[dict[str, Any]]:
        only = None if community is None else await community_id(hub, community)
        async with hub.read() as connection:
            waiting = await open_conflicts(connection, only)
            known = await names(connection, waiting, written={})
        return [conflict_line(conflict, known) for conflict in waiting]

    lines = desk.run(work)
    if as_json:
        print_json(lines)
    elif lines:
        console().print(conflict_table(lines, Words(desk.language, desk.settings.utc_offset)))
    else:
        click.echo("Nothing waits for a person.")


@click.command("rules")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), help="Which language; else as `lianxin --language`."
)
@as_json
@click.pass_obj
def rules_command(desk: Desk, language: str | None, as_json: bool) -> None:
    """Print the rule book: every field's rule with its reason, and every step of a ticket."""
    if as_json:
        data = manifest()
        print_json({part: data[part] for part in RULE_BOOK})
    else:
        click.echo(rules_text(language or desk.language, console().width), nl=False)
