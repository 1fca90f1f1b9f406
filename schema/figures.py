"""Figures: what a district is proud of and what waits, over any period, community, grid, unit and category.

THE TABLE: each figure is a measure of a list's rows under conditions, so that the rows behind it are
that very list. Totals and teams; no figure is of one person.
"""

from typing import Any, Final, NamedTuple

from schema.context import Condition

ENTERPRISE: Final = "enterprise"
"""The ticket category that counts as an enterprise's problem."""

DAY_MS: Final = 86_400_000
EVER: Final = (0, 1_000_000)
"""The days of which nothing lies outside."""
AGES: Final = ((0, 1), (1, 3), (3, 7), (7, 30), (30, None))
"""For how many days a ticket has been open: from the first, and below the second."""

UNFINISHED: Final = ("OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS")
DONE: Final = Condition("state", "in", ("DONE", "CLOSED"))
LATE: Final = Condition("escalation", "from", 1)
COUNTED: Final = Condition("state", "is", "COUNTED")
OF_TEAMS: Final = Condition("team", "there", True)
SOLD: Final = Condition("stock", "from", 0)
"""Rewards of which there is an end."""


class Unasked(NamedTuple):
    """By which of a Period's words a figure cannot be had, and why."""

    by: tuple[str, ...]
    zh: str
    en: str


SPENT: Final = Unasked(
    ("grid", "category", "team"),
    "积分在网格、门类、队伍中得到，使用、加减、到期只算个人。",
    "Points are earned in a grid, a category or a team; they are spent, adjusted and expire as a member's.",
)
BALANCE: Final = Unasked(
    ("grid", "category"),
    "积分在网格、门类中得到，余额只算个人和队伍。",
    "Points are earned in a grid or a category; a balance is a member's or a team's.",
)
OF_A_UNIT: Final = Unasked(
    ("grid", "category", "team"),
    "四个一由单位对社区完成，不分网格、门类、队伍。",
    "A duty is what a unit does for a community: it is of no grid, category or team.",
)
OF_A_MEMBER: Final = Unasked(
    ("category", "team"),
    "评价针对个人，不分门类、队伍。",
    "An evaluation is of a member, and of no category or team.",
)
IN_A_CATALOGUE: Final = Unasked(
    ("grid", "unit", "category", "team"),
    "奖品属于社区。",
    "Rewards are a community's.",
)
TAKEN_BY_MEMBERS: Final = Unasked(
    ("team",), "定单由个人接，不属于队伍。", "Tickets are taken by members, not by teams."
)
OF_A_COMMUNITY: Final = Unasked(
    ("grid", "unit", "category"),
    "队伍属于社区，队员来自各网格、各单位。",
    "A team is a community's, with members of several grids and units.",
)


class Figure(NamedTuple):
    """One figure. `moment` is the column by which a row falls into a period; without one it is as of now.

    measure: COUNT rows; SUM of `column`, or LOST, the same below zero; LEFT of a stock; HOURS from start to
    end; MINUTES on average from opening to `column`. Its records are listed by `order`, its moment unless said.
    `none` says of what it cannot be had and why: there it is null, and not nothing.
    """

    name: str
    zh: str
    en: str
    collection: str
    moment: str
    measure: str
    where: tuple[Condition, ...] = ()
    column: str = ""
    order: str = ""
    none: "Unasked | None" = None

    @property
    def ordered_by(self) -> str:
        """The column by which its records are listed, the newest first."""
        return self.order or self.moment


def _of(*kinds: str) -> tuple[Condition, ...]:
    """Lines of the ledger of these kinds."""
    return (Condition("kind", "in", kinds),)


def _duty(on: bool) -> tuple[Condition, ...]:
    return (COUNTED, Condition("on_duty", "is", on))


FIGURES: Final[dict[str, Figure]] = {
    figure.name: figure
    for figure in (
        Figure("sessions", "组织活动场次", "organised sessions", "activity", "start", "COUNT", (Condition("held", "is", True),)),
        Figure("sessionsOfTeams", "其中队伍组织", "of them by teams", "activity", "start", "COUNT", (Condition("held", "is", True), OF_TEAMS)),
        Figure("personTimes", "服务人次", "person-times of service", "service", "start", "COUNT", (COUNTED,)),
        Figure("onDuty", "其中八小时内", "of them on duty", "service", "start", "COUNT", _duty(True)),
        Figure("outOfHours", "其中八小时外", "of them out of hours", "service", "start", "COUNT", _duty(False)),
        Figure("hoursOnDuty", "八小时内工时", "hours on duty", "service", "start", "HOURS", _duty(True)),
        Figure("hoursOutOfHours", "八小时外工时", "hours out of hours", "service", "start", "HOURS", _duty(False)),
        Figure("ticketsOpened", "收到定单", "tickets opened", "ticket", "opened", "COUNT", none=TAKEN_BY_MEMBERS),
        Figure("deeds", "办结定单（好事实事）", "good deeds done (tickets)", "ticket", "done", "COUNT", (DONE,), none=TAKEN_BY_MEMBERS),
        Figure(
            "enterpriseProblems",
            "解决企业难题",
            "enterprise problems solved",
            "ticket",
            "done",
            "COUNT",
            (DONE, Condition("category", "is", ENTERPRISE)),
            none=TAKEN_BY_MEMBERS,
        ),
        Figure("deedsLate", "其中超期办结", "of them done late", "ticket", "done", "COUNT", (DONE, LATE), none=TAKEN_BY_MEMBERS),
        Figure("overdue", "已过期限、尚未办结", "overdue and unfinished", "ticket", "opened", "COUNT", (Condition("state", "in", UNFINISHED), LATE), none=TAKEN_BY_MEMBERS),
        Figure("paused", "暂停办理", "paused", "ticket", "opened", "COUNT", (Condition("is_paused", "is", True),), none=TAKEN_BY_MEMBERS),
        Figure("minutesToAccept", "平均接单用时（分钟）", "minutes to accept, on average", "ticket", "opened", "MINUTES", (Condition("taken", "is", True),), "accepted", none=TAKEN_BY_MEMBERS),
        Figure("minutesToFinish", "平均办结用时（分钟）", "minutes to finish, on average", "ticket", "done", "MINUTES", (DONE,), "done", none=TAKEN_BY_MEMBERS),
        Figure("duties", "四个一完成", "duties of units done (four ones)", "duty", "at", "COUNT", (COUNTED,), none=OF_A_UNIT),
        Figure("evaluations", "定期评价", "evaluations given", "evaluation", "decided", "COUNT", (Condition("state", "in", ("OPEN", "CLOSED")),), none=OF_A_MEMBER),
        Figure("pointsEarned", "已得积分", "points earned", "pointEntry", "at", "SUM", _of("EARNED"), "points"),
        Figure("pointsOfTeams", "其中队伍积分", "of them earned for teams", "pointEntry", "at", "SUM", (*_of("EARNED"), OF_TEAMS), "points"),
        Figure("pointsRedeemed", "已兑换积分", "points redeemed", "pointEntry", "at", "LOST", _of("REDEEMED"), "points", none=SPENT),
        Figure("pointsAdjusted", "手工加减积分", "points credited and debited by hand", "pointEntry", "at", "SUM", _of("CREDITED", "DEBITED"), "points", none=SPENT),
        Figure("pointsExpired", "已到期积分", "points expired", "pointEntry", "at", "LOST", _of("EXPIRED"), "points", none=SPENT),
        Figure("points", "积分余额", "points on the ledger", "pointEntry", "at", "SUM", (), "points", none=BALANCE),
        Figure("teams", "先锋队、志愿服务队", "teams", "team", "", "COUNT", (), "", "code", none=OF_A_COMMUNITY),
        Figure("rewardsGiven", "已兑奖品", "rewards handed out", "redemption", "at", "COUNT", none=SPENT),
        Figure("rewardsLeft", "奖品库存", "rewards left", "reward", "", "LEFT", (SOLD,), "", "code", none=IN_A_CATALOGUE),
    )
}  # fmt: skip


class Period(NamedTuple):
    """What figures are asked of; None asks for nothing. `start` and `until` in milliseconds since 1970."""

    start: int | None = None
    until: int | None = None
    community: str | None = None
    grid: str | None = None
    unit: str | None = None
    category: str | None = None
    team: str | None = None

    def unasked(self, figure: Figure) -> Unasked | None:
        """Why a figure cannot be had of this, where it cannot."""
        none = figure.none
        return none if none and any(getattr(self, name) is not None for name in none.by) else None

    def conditions(self, figure: Figure) -> tuple[Condition, ...]:
        """The rows of a figure's list that are meant; none where it cannot be had."""
        if self.unasked(figure):
            return (Condition("id", "in", ()),)
        bounds: list[tuple[str, str, Any]] = [
            (figure.moment, "from", self.start if figure.moment else None),
            (figure.moment, "until", self.until if figure.moment else None),
            ("community", "is", self.community),
            ("grid", "is", self.grid),
            ("unit", "is", self.unit),
            ("category", "is", self.category),
            ("id" if figure.collection == "team" else "team", "is", self.team),
        ]
        asked = tuple(Condition(name, test, value) for name, test, value in bounds if value is not None)
        return (*figure.where, *asked)

    def days(self, utc_offset: int) -> tuple[int, int]:
        """The local days in which it lies, as days since 1970, both included; without an end, as far as there are any."""
        first = EVER[0] if self.start is None else (self.start + utc_offset * 60_000) // DAY_MS
        last = EVER[1] if self.until is None else (self.until - 1 + utc_offset * 60_000) // DAY_MS
        return first, last


class Waiting(NamedTuple):
    """How many tickets are in a state since so many days: from `days`, and below `below` (None: no end)."""

    state: str
    days: int
    below: int | None
    tickets: int

    def conditions(self, period: Period, now: int) -> tuple[Condition, ...]:
        """The tickets that were counted."""
        asked = period._replace(start=None, until=None).conditions(FIGURES["ticketsOpened"])
        youngest = (Condition("opened", "until", now - self.days * DAY_MS + (self.days == 0)),)
        oldest = () if self.below is None else (Condition("opened", "from", now - self.below * DAY_MS),)
        return (Condition("state", "is", self.state), *asked, *youngest, *oldest)


class Counted(NamedTuple):
    """All figures by name (None where there is nothing to average, or where one cannot be had), and what waits."""

    period: Period
    now: int
    figures: dict[str, int | None]
    waiting: list[Waiting]
