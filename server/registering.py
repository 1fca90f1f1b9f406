"""Double check-in (双报到): a unit's list registers its members at its community, in one import.

What fits becomes ordinary changes, a settlement for each portion; what does not is named line by line and keeps
nothing else back. The same list again changes nothing: who is registered is left as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import UNSET
from sqlalchemy import Connection, select

from schema.tables.columns import Row
from schema.tables.community import COMMUNITY
from schema.tables.grid import GRID
from schema.tables.member import MEMBER
from schema.tables.unit import UNIT
from schema.values import Author, ListProblem, RegisteredList, Submitted
from server.district_changes import Author as Writer
from server.district_changes import Raw, entity_id
from server.unit_list import Line, Listed, Problem
from server.visible import visible
from server.write import chunks
from sync.kinds.members import MemberAssign, MemberEdit, MemberRegister
from sync.state import Result

PORTION: Final = 200
"""How many lines are settled at once: an import never holds up the desks for long."""

Progress = Callable[[int, int], None]
"""Told how many lines of how many are done."""


class Known(NamedTuple):
    """What a list is held against: the unit, its community's grids and skills, its members by number."""

    unit: Row
    grids: dict[str, str]
    skills: frozenset[str]
    members: dict[str, Row]
    taken: frozenset[str]


class Asked(NamedTuple):
    """What a line comes to: its changes, and what it does: REGISTERS, PLACES, or KNOWN."""

    line: Line
    does: str
    changes: list[Raw]


def known(connection: Connection, author: Author, unit: str, lines: Sequence[Line]) -> Known | None:
    """What the hub knows of the unit and of those in the list; None where there is no such unit that the author may see."""
    mine = select(UNIT.table).where(UNIT.table.c.id == unit, visible("unit", author))
    found = connection.execute(mine).mappings().first()
    if found is None:
        return None
    community = COMMUNITY.table.c
    skills = connection.execute(
        select(community.skills).where(community.id == found["community"])
    ).scalar_one()
    grid, member = GRID.table.c, MEMBER.table.c
    grids = connection.execute(select(grid.code, grid.id).where(grid.community == found["community"]))
    columns = select(
        member.id, member.rev, member.number, member.name, member.grid, member.community, member.alias_of
    )
    rows = [*connection.execute(columns.where(member.unit == unit).order_by(member.id)).mappings()]
    roots = {row["id"]: row for row in rows if row["alias_of"] is None}
    members = {row["number"]: roots.get(row["alias_of"] or row["id"], row) for row in rows}
    ids = [_id_of(found["code"], line.number) for line in lines]
    taken: set[str] = set()
    for chunk in chunks(ids):
        taken.update(connection.execute(select(member.id).where(member.id.in_(chunk))).scalars())
    return Known(
        dict(found),
        {row.code: row.id for row in grids},
        frozenset(one["code"] for one in skills),
        members,
        frozenset(taken),
    )


def _id_of(unit: str, number: str) -> str:
    """As in a district file, so that list and file mean the same member."""
    return entity_id("member", f"{unit}:{number}")


def plan(listed: Listed, known: Known, writer: Writer) -> tuple[list[Asked], list[Problem]]:
    """What each line asks for, and what does not fit; problems in the order of lines."""
    asked: list[Asked] = []
    problems = [*listed.problems]
    for line in listed.lines:
        wrong = list(_misfits(line, known))
        problems += wrong
        if not wrong:
            asked.append(_asked(line, known, writer))
    return asked, sorted(problems, key=lambda one: (one.line, one.column))


def _misfits(line: Line, known: Known) -> Iterator[Problem]:
    if line.grid is not None and line.grid not in known.grids:
        yield Problem(line.line, "grid", "UNKNOWN_GRID")
    if any(skill not in known.skills for skill in line.skills):
        yield Problem(line.line, "skills", "UNKNOWN_SKILL")
    there = known.members.get(line.number)
    if there is None:
        return
    if there["name"] != line.name:
        yield Problem(line.line, "name", "NAME_DIFFERS")
    grid = known.grids.get(line.grid or "")
    elsewhere = there["grid"] is not None and grid is not None and there["grid"] != grid
    if elsewhere or there["community"] != known.unit["community"]:
        yield Problem(line.line, "grid", "REGISTERED_ELSEWHERE")


def _asked(line: Line, known: Known, writer: Writer) -> Asked:
    grid = UNSET if line.grid is None else known.grids[line.grid]
    there = known.members.get(line.number)
    if there is None:
        id = _id_of(known.unit["code"], line.number)
        member = writer.new_id() if id in known.taken else id
        private = None if line.phone is None else {"phone": line.phone}
        data = MemberRegister(unit=known.unit["id"], number=line.number, name=line.name, grid=grid)
        changes = [writer.change("member.register", member, 0, data, private)]
        if line.skills:
            skills = MemberEdit(add_skills=list(line.skills))
            changes.append(writer.change("member.edit", member, 0, skills))
        return Asked(line, "REGISTERS", changes)
    if grid is not UNSET and there["grid"] is None:
        placed = writer.change("member.assign", there["id"], there["rev"], MemberAssign(grid=str(grid)))
        return Asked(line, "PLACES", [placed])
    return Asked(line, "KNOWN", [])


def portions(asked: Sequence[Asked]) -> Iterator[list[Asked]]:
    """Those lines that change anything, a portion at a time."""
    changing = [one for one in asked if one.changes]
    for start in range(0, len(changing), PORTION):
        yield changing[start : start + PORTION]


def told(
    asked: Sequence[Asked], problems: Sequence[Problem], outcomes: dict[str, Submitted]
) -> RegisteredList:
    """What came of a list: `outcomes` by change, none of them where it was only looked at."""
    said = list(problems)
    counts = dict.fromkeys(("REGISTERS", "PLACES", "KNOWN"), 0)
    queued = 0
    for one in asked:
        results = [outcomes[raw["id"]] for raw in one.changes if raw["id"] in outcomes]
        other = [done.outcome for done in results if done.outcome is not None]
        wrong = [outcome.code for outcome in other if outcome.outcome is not Result.APPLIED]
        if wrong:
            details = (("code", wrong[0]),)
            said.append(Problem(one.line.line, "", "SETTLED_OTHERWISE", details))
        elif any(done.outcome is None for done in results):
            queued += 1
        else:
            counts[one.does] += 1
    said.sort(key=lambda problem: (problem.line, problem.column))
    lines = [ListProblem(one.line, one.column, one.code, one.sentence) for one in said]
    return RegisteredList(counts["REGISTERS"], counts["PLACES"], counts["KNOWN"], queued, lines)
