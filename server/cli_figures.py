"""`lianxin stats` for a period or a place: the same figures as the GraphQL field `statistics`."""

from datetime import UTC, datetime
from typing import Any, Final

import click

from schema.figures import FIGURES, Counted, Period
from schema.tables.catalogue import MAPPINGS
from schema.tables.community import COMMUNITY
from server.cli_tools import Desk, console, print_json, table
from server.enrolling import hub_author
from server.lookup import community_id, grid_ids, team_id, unit_id
from server.named import by_ids
from server.store import Hub

DAY: Final = click.DateTime(["%Y-%m-%d"])
DAY_MS: Final = 86_400_000
HONOURED: Final = 10
"""How many lines of an honour roll are shown."""


async def figures_of(
    hub: Hub,
    start: datetime | None,
    until: datetime | None,
    community: str | None,
    grid: str | None,
    unit: str | None,
    category: str | None,
    team: str | None = None,
) -> Counted:
    """The figures, with places by their codes; raises UnknownCode."""
    async with hub.read() as connection:
        author = await connection.run_sync(hub_author)
    offset_ms = hub.settings.utc_offset * 60_000
    period = Period(
        start=None if start is None else _midnight(start) - offset_ms,
        until=None if until is None else _midnight(until) + DAY_MS - offset_ms,
        community=None if community is None else await community_id(hub, community),
        grid=None if grid is None else (await grid_ids(hub, [grid]))[0],
        unit=None if unit is None else await unit_id(hub, unit),
        category=category,
        team=None if team is None else await team_id(hub, team),
    )
    return await hub.count(author, period)


async def roll_of(hub: Hub, period: Period, by: str) -> list[dict[str, Any]]:
    """The honour roll of a period's community, with names: the first of it, by the points earned in the period.

    Raises ClickException where individuals are asked for and not ranked.
    """
    async with hub.read() as connection:
        author = await connection.run_sync(hub_author)
        (community,) = await by_ids(connection, COMMUNITY.table, [period.community or ""])
        if by == "member" and not community["policies"].get("rankIndividuals", False):
            raise click.ClickException(f"{community['code']} does not rank individuals.")
    days = period.days(community["utc_offset"])
    lines = await hub.honour_roll(author, community["id"], by, days, HONOURED)
    async with hub.read() as connection:
        found = await by_ids(connection, MAPPINGS[by].table, [line.id for line in lines])
    known = {row["id"]: row for row in found}
    key = "number" if by == "member" else "code"
    return [
        {
            "place": line.place,
            "code": known[line.id][key],
            "name": known[line.id]["name"],
            "points": line.points,
            "members": line.members,
            "qualified": line.qualified,
        }
        for line in lines
    ]


def _midnight(day: datetime) -> int:
    return int(day.replace(tzinfo=UTC).timestamp()) * 1000


def show_figures(
    desk: Desk, counted: Counted, roll: list[dict[str, Any]] | None = None, *, as_json: bool
) -> None:
    """The figures as a table, or as data; and an honour roll, where one was asked for."""
    if as_json:
        waiting = [one._asdict() for one in counted.waiting]
        honours = {} if roll is None else {"honours": roll}
        print_json({"figures": counted.figures, "waiting": waiting, **honours})
        return
    shown = table("", "#")
    for name, figure in FIGURES.items():
        value = counted.figures[name]
        title = figure.zh if desk.language == "zh" else figure.en
        shown.add_row(title, "–" if value is None else f"{value:,}")
    console().print(shown)
    if counted.waiting:
        waits = table("state", "days", "#tickets")
        for one in counted.waiting:
            waits.add_row(
                one.state,
                f"{one.days}+" if one.below is None else f"{one.days}–{one.below}",
                str(one.tickets),
            )
        console().print(waits)
    if roll is not None:
        _show_roll(desk, roll)


def _show_roll(desk: Desk, roll: list[dict[str, Any]]) -> None:
    shown = table("#place", "code", "", "#points", "#members", "#qualified")
    for line in roll:
        name = line["name"] if isinstance(line["name"], str) else line["name"][desk.language]
        qualified = "–" if line["qualified"] is None else str(line["qualified"])
        shown.add_row(
            str(line["place"]), line["code"], name, str(line["points"]), str(line["members"]), qualified
        )
    console().print(shown)
