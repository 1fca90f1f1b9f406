"""`lianxin stats` for a period or a place: the same figures as the GraphQL field `statistics`."""

from datetime import UTC, datetime
from typing import Final

import click

from schema.figures import FIGURES, Counted, Period
from server.cli_tools import Desk, console, print_json, table
from server.enrolling import hub_author
from server.lookup import community_id, grid_ids, team_id, unit_id
from server.store import Hub

DAY: Final = click.DateTime(["%Y-%m-%d"])
DAY_MS: Final = 86_400_000


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


def _midnight(day: datetime) -> int:
    return int(day.replace(tzinfo=UTC).timestamp()) * 1000


def show_figures(desk: Desk, counted: Counted, *, as_json: bool) -> None:
    """The figures as a table, or as data."""
    if as_json:
        waiting = [one._asdict() for one in counted.waiting]
        print_json({"figures": counted.figures, "waiting": waiting})
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
