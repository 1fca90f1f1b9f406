"""`lianxin divide`: propose an even division of members over grids, say why, and take it up."""

from typing import Any, NamedTuple

import click
from rich.markup import escape
from sqlalchemy import select

from schema.tables.community import COMMUNITY
from schema.tables.grid import GRID
from schema.tables.member import MEMBER
from schema.types.division import told
from schema.values import Proposed
from server.cli_tools import Desk, Failure, as_json, console, print_json, table
from server.enrolling import hub_author
from server.lookup import community_id, rows, unit_id
from server.store import Hub
from sync.division import Move
from sync.shapes import format_time


class Shown(NamedTuple):
    """A proposal with the words for what it names."""

    proposed: Proposed
    grids: dict[str, str]
    members: dict[str, str]
    terms: dict[str, dict[str, str]]

    def line(self, move: Move, language: str) -> dict[str, Any]:
        return {
            "member": self.members[move.member],
            "from": None if move.leaves is None else self.grids.get(move.leaves, move.leaves),
            "to": self.grids[move.joins],
            "reasons": [told(one, self.terms)[language] for one in move.why],
        }

    def counts(self) -> list[dict[str, Any]]:
        return [
            {
                "grid": self.grids[one.grid],
                "before": one.before,
                "after": one.after,
                "skills": one.skills_after,
            }
            for one in self.proposed.division.shares
        ]


@click.command("divide")
@click.option("--community", required=True, metavar="CODE", help="Over the grids of this community.")
@click.option("--unit", metavar="CODE", help="Only the members of this unit.")
@click.option("--apply", is_flag=True, help="Take it up: one change for each member who moves.")
@as_json
@click.pass_obj
def divide_command(desk: Desk, community: str, unit: str | None, apply: bool, as_json: bool) -> None:
    """Propose an even division of members over grids: even in number, skills spread, nobody moved without need."""

    async def work(hub: Hub) -> tuple[Shown, list[str]]:
        shown = await _proposed(hub, community, unit)
        return shown, await _applied(hub, shown.proposed) if apply else []

    shown, outcomes = desk.run(work)
    language = desk.language
    moves = [shown.line(move, language) for move in shown.proposed.division.moves]
    if as_json:
        print_json({"grids": shown.counts(), "moves": moves, "outcomes": outcomes})
        return
    counted = table("grid", "#before", "#after", "skills")
    for one in shown.counts():
        skills = ", ".join(f"{skill} {count}" for skill, count in one["skills"].items())
        counted.add_row(one["grid"], str(one["before"]), str(one["after"]), escape(skills))
    console().print(counted)
    if moves:
        listed = table("member", "from", "to", "why")
        for move in moves:
            why = "; ".join(move["reasons"])
            listed.add_row(escape(move["member"]), move["from"] or "–", move["to"], escape(why))
        console().print(listed)
    applied = sum(outcome == "APPLIED" for outcome in outcomes)
    click.echo(f"{applied} of {len(moves)} moves applied." if apply else f"{len(moves)} moves proposed.")


async def _proposed(hub: Hub, community: str, unit: str | None) -> Shown:
    async with hub.read() as connection:
        author = await connection.run_sync(hub_author)
    where = await community_id(hub, community)
    whose = None if unit is None else await unit_id(hub, unit)
    proposed = await hub.propose_division(author, where, whose)
    if proposed is None:
        raise Failure("There is no grid in this community, or the unit is of another one.")
    async with hub.read() as connection:
        grids = {row["id"]: row["code"] for row in await rows(connection, select(GRID.table))}
        people = select(MEMBER.table).where(MEMBER.table.c.community == where)
        members = {row["id"]: row["name"] for row in await rows(connection, people)}
        places = select(COMMUNITY.table.c.skills).where(COMMUNITY.table.c.id == where)
        (place,) = await rows(connection, places)
    return Shown(proposed, grids, members, {one["code"]: one["name"] for one in place["skills"]})


async def _applied(hub: Hub, proposed: Proposed) -> list[str]:
    """Take it up in the district's name; what became of each move, in order."""
    async with hub.read() as connection:
        author = await connection.run_sync(hub_author)
    raws = [
        {
            "id": hub.ids.uuid7(),
            "at": format_time(hub.clock.now()),
            "run": 0,
            "saw": proposed.revs[move.member],
            "kind": "member.assign",
            "entity": move.member,
            "by": None,
            "data": {"grid": move.joins},
        }
        for move in proposed.division.moves
    ]
    submitted = await hub.submit(author, raws) if raws else []
    return ["QUEUED" if one.outcome is None else one.outcome.outcome.value for one in submitted]
