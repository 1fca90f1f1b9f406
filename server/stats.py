"""What a district is proud of, counted from the tables: by community, by team and in total.

Totals and teams only; no person is counted apart from others.
"""

from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.activity import ACTIVITY, ATTENDANCE
from schema.tables.community import COMMUNITY
from schema.tables.duty import DUTY
from schema.tables.evaluation import EVALUATION
from schema.tables.grid import GRID
from schema.tables.member import MEMBER
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.redemption import REDEMPTION
from schema.tables.reward import REWARD
from schema.tables.service import SERVICE
from schema.tables.team import TEAM
from schema.tables.ticket import TICKET
from schema.tables.unit import UNIT
from server.columns import held_sessions
from server.lookup import rows
from server.named import by_ids
from server.store import Hub

ENTERPRISE: Final = "enterprise"
"""The ticket category that counts as an enterprise's problem."""

FIGURES: Final[dict[str, tuple[str, str]]] = {
    "units": ("联点单位", "linked units"),
    "grids": ("网格", "grids"),
    "members": ("在册党员", "members serving"),
    "teams": ("先锋队、志愿服务队", "teams"),
    "sessions": ("组织活动场次", "organised sessions"),
    "sessionsOfTeams": ("其中队伍组织", "of them by teams"),
    "deeds": ("办结定单（好事实事）", "good deeds done (tickets)"),
    "enterpriseProblems": ("解决企业难题", "enterprise problems solved"),
    "personTimes": ("服务人次", "person-times of service"),
    "onDuty": ("其中八小时内", "of them on duty"),
    "outOfHours": ("其中八小时外", "of them out of hours"),
    "duties": ("四个一完成", "duties of units done (four ones)"),
    "evaluations": ("定期评价", "evaluations given"),
    "pointsEarned": ("已得积分", "points earned"),
    "pointsOfTeams": ("其中队伍积分", "of them earned for teams"),
    "pointsRedeemed": ("已兑换积分", "points redeemed"),
    "pointsAdjusted": ("手工加减积分", "points credited and debited by hand"),
    "pointsExpired": ("已到期积分", "points expired"),
    "points": ("积分余额", "points on the ledger"),
    "rewardsGiven": ("已兑奖品", "rewards handed out"),
    "rewardsLeft": ("奖品库存", "rewards left"),
}


OF_TEAMS: Final[dict[str, tuple[str, str]]] = {
    "members": ("队员", "members"),
    "sessions": ("活动场次", "sessions"),
    "personTimes": ("签到人次", "sign-ins"),
    "points": ("积分", "points"),
}
"""What each team has of its own."""


class _Count(NamedTuple):
    """Figures of one table by its community column."""

    community: ColumnElement[Any]
    figures: dict[str, ColumnElement[int]]
    where: tuple[ColumnElement[bool], ...] = ()


async def stats(hub: Hub) -> dict[str, Any]:
    """`{"communities": [{"code", "name", …figures}], "total": {…figures}, "teams": [{"code", "name", "community", …}]}`."""
    async with hub.read() as connection:
        communities = await rows(connection, select(COMMUNITY.table).order_by(COMMUNITY.table.c.code))
        figures = await _figures(connection)
        teams = await _teams(connection, {row["id"]: row["code"] for row in communities})
    lines = [
        {"code": row["code"], "name": row["name"]}
        | {name: figures[name].get(row["id"], 0) for name in FIGURES}
        for row in communities
    ]
    total = {name: sum(figures[name].values()) for name in FIGURES}
    return {"communities": lines, "total": total, "teams": teams}


async def _teams(connection: AsyncConnection, codes: dict[str, str]) -> list[dict[str, Any]]:
    """Each team with what it has of its own, by community and code."""
    teams = [TEAM.thing(row) for row in await rows(connection, select(TEAM.table))]
    activity, there, entry = ACTIVITY.table.c, ATTENDANCE.table.c, POINT_ENTRY.table.c
    held = select(activity.team.label("team"), func.count().label("n")).where(
        activity.id.in_(held_sessions())
    )
    signed = select(activity.team.label("team"), func.count().label("n"))
    signed = signed.join(ATTENDANCE.table, there.activity == activity.id).where(there.state == "COUNTED")
    earned = select(entry.team.label("team"), func.sum(entry.points).label("n"))
    counts = {
        name: {row["team"]: int(row["n"]) for row in await rows(connection, query.group_by(key))}
        for name, query, key in (
            ("sessions", held, activity.team),
            ("personTimes", signed, activity.team),
            ("points", earned, entry.team),
        )
    }
    inside = {team.id: [one.member for one in team.holders if one.until is None] for team in teams}
    known = await by_ids(connection, MEMBER.table, {one for members in inside.values() for one in members})
    root = {row["id"]: row["alias_of"] or row["id"] for row in known}
    lines = [
        {"code": team.code, "name": team.name, "community": codes[team.community]}
        | {"members": len({root[one] for one in inside[team.id]})}
        | {name: found.get(team.id, 0) for name, found in counts.items()}
        for team in teams
    ]
    return sorted(lines, key=lambda line: (line["community"], line["code"]))


async def _figures(connection: AsyncConnection) -> dict[str, dict[str, int]]:
    """Each figure by community."""
    unit, grid, member = UNIT.table.c, GRID.table.c, MEMBER.table.c
    ticket, service, entry = TICKET.table.c, SERVICE.table.c, POINT_ENTRY.table.c
    activity, reward = ACTIVITY.table.c, REWARD.table.c
    counts = [
        _Count(unit.community, {"units": func.count()}),
        _Count(grid.community, {"grids": func.count()}),
        _Count(
            member.community,
            {"members": func.count()},
            (member.alias_of.is_(None), member.standing != "LEFT"),
        ),
        _Count(
            ticket.community,
            {
                "deeds": func.count(),
                "enterpriseProblems": func.sum(case((ticket.category == ENTERPRISE, 1), else_=0)),
            },
            (ticket.state.in_(("DONE", "CLOSED")),),
        ),
        _Count(
            service.community,
            {
                "personTimes": func.count(),
                "onDuty": func.sum(case((service.on_duty, 1), else_=0)),
                "outOfHours": func.sum(case((service.on_duty, 0), else_=1)),
            },
            (service.state == "COUNTED",),
        ),
        _Count(TEAM.table.c.community, {"teams": func.count()}),
        _Count(
            activity.community,
            {
                "sessions": func.count(),
                "sessionsOfTeams": func.sum(case((activity.team.is_not(None), 1), else_=0)),
            },
            (activity.id.in_(held_sessions()),),
        ),
        _Count(REDEMPTION.table.c.community, {"rewardsGiven": func.count()}),
        _Count(
            reward.community,
            {
                "rewardsLeft": func.sum(
                    case((reward.stock > reward.given, reward.stock - reward.given), else_=0)
                )
            },
        ),
        _Count(DUTY.table.c.community, {"duties": func.count()}, (DUTY.table.c.state == "COUNTED",)),
        _Count(
            EVALUATION.table.c.community,
            {"evaluations": func.count()},
            (EVALUATION.table.c.grade.is_not(None),),
        ),
        _Count(
            entry.community,
            {
                "points": func.sum(entry.points),
                "pointsEarned": func.sum(case((entry.kind == "EARNED", entry.points), else_=0)),
                "pointsOfTeams": func.sum(
                    case((and_(entry.kind == "EARNED", entry.team.is_not(None)), entry.points), else_=0)
                ),
                "pointsRedeemed": func.sum(case((entry.kind == "REDEEMED", -entry.points), else_=0)),
                "pointsAdjusted": func.sum(
                    case((entry.kind.in_(("CREDITED", "DEBITED")), entry.points), else_=0)
                ),
                "pointsExpired": func.sum(case((entry.kind == "EXPIRED", -entry.points), else_=0)),
            },
        ),
    ]
    figures: dict[str, dict[str, int]] = {}
    for count in counts:
        columns = (value.label(name) for name, value in count.figures.items())
        query = select(count.community.label("community"), *columns)
        found = await rows(connection, query.where(*count.where).group_by(count.community))
        for name in count.figures:
            figures[name] = {row["community"]: int(row[name]) for row in found}
    return figures
