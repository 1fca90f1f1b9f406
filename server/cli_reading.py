"""The commands that only read: what was achieved, what waits, and by which rules."""

from typing import Any

import click
from rich.table import Table

from server.cli_figures import DAY, figures_of, roll_of, show_figures
from server.cli_tools import Desk, as_json, console, print_json, table
from server.lookup import community_id
from server.named import conflict_line, names
from server.report import open_conflicts
from server.report_text import conflict_table
from server.report_words import Words
from server.stats import FIGURES, OF_TEAMS, stats
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
@click.option(
    "--honours",
    type=click.Choice(["team", "unit", "grid", "member"]),
    help="With the honour roll of these, in a community (--community).",
)
@as_json
@click.pass_obj
def stats_command(desk: Desk, /, as_json: bool, honours: str | None, **asked: Any) -> None:
    """Count members, units, teams, sessions, good deeds, enterprise problems, person-times and points.

    With a period or a place: the figures of just that, and the tickets that wait by state and age. What cannot be had
    of a place (a balance of a grid) is shown as a dash.
    """
    if honours is not None and asked["community"] is None:
        raise click.UsageError("An honour roll is of a community: say which by --community.")
    if any(value is not None for value in asked.values()):
        counted = desk.run(lambda hub: figures_of(hub, **asked))
        roll = None if honours is None else desk.run(lambda hub: roll_of(hub, counted.period, honours))
        show_figures(desk, counted, roll, as_json=as_json)
        return
    whole = desk.run(stats)
    if as_json:
        print_json(whole)
        return
    lines = whole["communities"]
    shown = table("", *(f"#{line['code']}" for line in lines), "#total" if desk.language == "en" else "#合计")
    for figure, (zh, en) in FIGURES.items():
        numbers = [line[figure] for line in (*lines, whole["total"])]
        shown.add_row(zh if desk.language == "zh" else en, *(f"{number:,}" for number in numbers))
    console().print(shown)
    if whole["teams"]:
        console().print(_teams(desk.language, whole["teams"]))


def _teams(language: str, teams: list[dict[str, Any]]) -> Table:
    """What each team has of its own."""
    words = [zh if language == "zh" else en for zh, en in OF_TEAMS.values()]
    shown = table("", "", "", *(f"#{word}" for word in words))
    for one in teams:
        shown.add_row(
            one["community"], one["code"], one["name"][language], *(f"{one[name]:,}" for name in OF_TEAMS)
        )
    return shown


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
