"""Figures: what a district is proud of and what waits, over any period, community, grid, unit and category.

THE TABLE: each figure is a measure of a list's rows under conditions, so that the rows behind it are
that very list. Totals and teams; no figure is of one person.
"""

from typing import Any, Final, NamedTuple

from schema.context import Condition

ENTERPRISE: Final = "enterprise"
"""The ticket category that counts as an enterprise's problem."""

DAY_MS: Final = 86_400_000
AGES: Final = ((0, 1), (1, 3), (3, 7), (7, 30), (30, None))
"""For how many days a ticket has been open: from the first, and below the second."""

UNFINISHED: Final = ("OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS")
DONE: Final = Condition("state", "in", ("DONE", "CLOSED"))
LATE: Final = Condition("escalation", "from", 1)
COUNTED: Final = Condition("state", "is", "COUNTED")
SOLD: Final = Condition("stock", "from", 0)
"""Rewards of which there is an end."""


class Figure(NamedTuple):
    """One figure. `moment` is the column by which a row falls into a period; without one it is as of now.

    measure: COUNT rows; SUM of `column`, or LOST, the same below zero; LEFT of a stock; HOURS from start to
    end; MINUTES on average from opening to `column`. Its records are listed by `order`, its moment unless said.
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
        Figure("personTimes", "服务人次", "person-times of service", "service", "start", "COUNT", (COUNTED,)),
        Figure("onDuty", "其中八小时内", "of them on duty", "service", "start", "COUNT", _duty(True)),
        Figure("outOfHours", "其中八小时外", "of them out of hours", "service", "start", "COUNT", _duty(False)),
        Figure("hoursOnDuty", "八小时内工时", "hours on duty", "service", "start", "HOURS", _duty(True)),
        Figure("hoursOutOfHours", "八小时外工时", "hours out of hours", "service", "start", "HOURS", _duty(False)),
        Figure("ticketsOpened", "收到定单", "tickets opened", "ticket", "opened", "COUNT"),
        Figure("deeds", "办结定单（好事实事）", "good deeds done (tickets)", "ticket", "done", "COUNT", (DONE,)),
        Figure(
            "enterpriseProblems",
            "解决企业难题",
            "enterprise problems solved",
            "ticket",
            "done",
            "COUNT",
            (DONE, Condition("category", "is", ENTERPRISE)),
        ),
        Figure("deedsLate", "其中超期办结", "of them done late", "ticket", "done", "COUNT", (DONE, LATE)),
        Figure("overdue", "已过期限、尚未办结", "overdue and unfinished", "ticket", "opened", "COUNT", (Condition("state", "in", UNFINISHED), LATE)),
        Figure("paused", "暂停办理", "paused", "ticket", "opened", "COUNT", (Condition("is_paused", "is", True),)),
        Figure("minutesToAccept", "平均接单用时（分钟）", "minutes to accept, on average", "ticket", "opened", "MINUTES", (Condition("taken", "is", True),), "accepted"),
        Figure("minutesToFinish", "平均办结用时（分钟）", "minutes to finish, on average", "ticket", "done", "MINUTES", (DONE,), "done"),
        Figure("duties", "四个一完成", "duties of units done (four ones)", "duty", "at", "COUNT", (COUNTED,)),
        Figure("evaluations", "定期评价", "evaluations given", "evaluation", "decided", "COUNT", (Condition("state", "in", ("OPEN", "CLOSED")),)),
        Figure("pointsEarned", "已得积分", "points earned", "pointEntry", "at", "SUM", _of("EARNED"), "points"),
        Figure("pointsRedeemed", "已兑换积分", "points redeemed", "pointEntry", "at", "LOST", _of("REDEEMED"), "points"),
        Figure("pointsAdjusted", "手工加减积分", "points credited and debited by hand", "pointEntry", "at", "SUM", _of("CREDITED", "DEBITED"), "points"),
        Figure("pointsExpired", "已到期积分", "points expired", "pointEntry", "at", "LOST", _of("EXPIRED"), "points"),
        Figure("points", "积分余额", "points on the ledger", "pointEntry", "at", "SUM", (), "points"),
        Figure("rewardsGiven", "已兑奖品", "rewards handed out", "redemption", "at", "COUNT"),
        Figure("rewardsLeft", "奖品库存", "rewards left", "reward", "", "LEFT", (SOLD,), "", "code"),
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

    def conditions(self, figure: Figure) -> tuple[Condition, ...]:
        """The rows of a figure's list that are meant."""
        bounds: list[tuple[str, str, Any]] = [
            (figure.moment, "from", self.start if figure.moment else None),
            (figure.moment, "until", self.until if figure.moment else None),
            ("community", "is", self.community),
            ("grid", "is", self.grid),
            ("unit", "is", self.unit),
            ("category", "is", self.category),
            ("team", "is", self.team),
        ]
        asked = tuple(Condition(name, test, value) for name, test, value in bounds if value is not None)
        return (*figure.where, *asked)


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
    """All figures by name (None where there is nothing to average), and what waits."""

    period: Period
    now: int
    figures: dict[str, int | None]
    waiting: list[Waiting]
