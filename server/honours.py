"""The honour roll: who earned how many points in a period, by team, unit or grid; by member where a community ranks them."""

from typing import Final

from sqlalchemy import Connection, func, select

from schema.context import DAY_MS
from schema.tables.community import COMMUNITY
from schema.tables.evaluation import EVALUATION
from schema.tables.member import MEMBER
from schema.tables.point_entry import POINT_ENTRY
from schema.values import Author, Honour
from server.visible import visible

# Not the tables themselves: what may be seen is asked of those, inside the same statement.
_OWN: Final = MEMBER.table.alias("own")
_ROOT: Final = MEMBER.table.alias("root")
_LOCAL: Final = COMMUNITY.table.alias("local")
QUALIFIED: Final = ("EXCELLENT", "QUALIFIED")
"""The grades that count on the roll (四个合格)."""

_KEYS: Final = {
    "team": POINT_ENTRY.table.c.team,
    "unit": _ROOT.c.unit,
    "grid": _ROOT.c.grid,
    "member": _ROOT.c.id,
}


def roll(
    connection: Connection, author: Author, community: str, by: str, days: tuple[int, int], most: int
) -> list[Honour]:
    """The first so many by points earned on these local days (both included); who has as many shares the place.

    What was redeemed counts for nothing here. by: `team`, for which they were earned; or `unit`, `grid` or `member`, of the person whose points they are.
    """
    entry, key, points = POINT_ENTRY.table.c, _KEYS[by], func.sum(POINT_ENTRY.table.c.points)
    people = POINT_ENTRY.table.join(_OWN, _OWN.c.id == entry.member).join(
        _ROOT, _ROOT.c.id == func.coalesce(_OWN.c.alias_of, _OWN.c.id)
    )
    earned = (
        select(key.label("id"), points.label("points"), func.count(_ROOT.c.id.distinct()).label("members"))
        .select_from(people)
        .where(
            entry.community == community,
            entry.kind == "EARNED",
            entry.day.between(*days),
            key.is_not(None),
            visible("pointEntry", author),
        )
        .group_by(key)
        .having(points > 0)
        .order_by(points.desc(), key)
        .limit(most)
    )
    rows = connection.execute(earned).all()
    qualified = _qualified(connection, author, community, by, [row.id for row in rows], days)
    found: list[Honour] = []
    for number, row in enumerate(rows, 1):
        place = found[-1].place if found and found[-1].points == row.points else number
        count = None if by == "team" else qualified.get(row.id, 0)
        found.append(Honour(place, row.id, int(row.points), row.members, count))
    return found


def _qualified(
    connection: Connection, author: Author, community: str, by: str, ids: list[str], days: tuple[int, int]
) -> dict[str, int]:
    """How many evaluations of periods that ended on these local days found the people of each of these qualified."""
    if by == "team" or not ids:
        return {}
    evaluation, key = EVALUATION.table.c, _KEYS[by]
    people = EVALUATION.table.join(_OWN, _OWN.c.id == evaluation.member).join(
        _ROOT, _ROOT.c.id == func.coalesce(_OWN.c.alias_of, _OWN.c.id)
    )
    last_day = (evaluation.ends - 1 + _LOCAL.c.utc_offset * 60_000) // DAY_MS
    counted = (
        select(key.label("id"), func.count().label("qualified"))
        .select_from(people.join(_LOCAL, _LOCAL.c.id == evaluation.community))
        .where(
            evaluation.community == community,
            evaluation.grade.in_(QUALIFIED),
            last_day.between(*days),
            key.in_(ids),
            visible("evaluation", author),
        )
        .group_by(key)
    )
    return {row.id: row.qualified for row in connection.execute(counted)}
