"""Groups: tickets, services, point entries and more told together, and what is reckoned of each group.

What stands in a group is null where it was not grouped by. What it is reckoned from, and by what rows may
be told together, server/groups.py says; nothing is by person.
"""

from enum import Enum
from typing import Any

import strawberry

from schema.context import Condition, Context
from schema.errors import Fault
from schema.fields import choice, column, to_one
from schema.filters import each
from schema.loaders import groups_of
from schema.policies import PERSONS, SIGNED, STAFF
from schema.types.activity_list import ActivityFilter
from schema.types.conflict_list import ConflictFilter
from schema.types.duty_list import DutyFilter
from schema.types.enums import (
    ConflictState,
    DutyKind,
    DutyState,
    EvaluationGrade,
    EvaluationState,
    Priority,
    ServiceState,
    Standing,
    TicketState,
)
from schema.types.evaluation_list import GRADE, EvaluationFilter
from schema.types.grouping import by_value, first_day, groups, how_many, their_community
from schema.types.lazy import ACommunity, AGrid, APointRule, ATeam, AUnit
from schema.types.member_list import MemberFilter
from schema.types.point_entry_list import PERSONAL, PointEntryFilter
from schema.types.scalars import Date, Long
from schema.types.service_list import ServiceFilter
from schema.types.ticket_list import TicketFilter


def _grid() -> Any:
    return to_one(SIGNED, "The grid; null for those of none.", "grid")


@strawberry.enum(description="What tickets can be told together by.")
class TicketGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    GRID = by_value("grid", "Their grid.")
    CATEGORY = by_value("category", "Their category.")
    STATE = by_value("state", "How far they have come.")
    PRIORITY = by_value("priority", "How urgent they are.")
    RATING = by_value("rating", "What the resident gave.")
    OPENED_DAY = by_value("opened_day", "The local day they were opened on.")
    OPENED_WEEK = by_value("opened_week", "The week they were opened in, from its Monday.")
    OPENED_MONTH = by_value("opened_month", "The month they were opened in.")
    DONE_DAY = by_value("done_day", "The local day they were done on.")
    DONE_WEEK = by_value("done_week", "The week they were done in, from its Monday.")
    DONE_MONTH = by_value("done_month", "The month they were done in.")


@groups_of("ticket")
@strawberry.type(description="Tickets that have something in common: `ticketGroups(by: [GRID, STATE])`.")
class TicketGroup:
    row: strawberry.Private[Any]

    count: int = how_many("tickets")
    community: ACommunity | None = their_community()
    grid: AGrid | None = _grid()
    category: str | None = column(SIGNED, "The category, by its code.")
    state: TicketState | None = choice(SIGNED, "How far they have come.", TicketState)
    priority: Priority | None = choice(SIGNED, "How urgent they are.", Priority)
    rating: int | None = column(SIGNED, "What the resident gave, 1 to 5; null for those not rated.")
    since: Date | None = first_day()
    seats: Long = column(SIGNED, "How many members they take in all.")
    late: Long = column(SIGNED, "How many of them were not done in time.")
    rated: int = column(SIGNED, "How many of them were rated.")
    average_rating: float | None = column(SIGNED, "Their rating on average, to the hundredth: `4.33`.")
    lowest_rating: int | None = column(SIGNED, "The lowest rating.")
    highest_rating: int | None = column(SIGNED, "The highest rating.")
    minutes_to_finish: Long | None = column(
        STAFF, "How long those that are done took, from opening, on average in minutes."
    )


@strawberry.enum(description="What services can be told together by.")
class ServiceGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    GRID = by_value("grid", "Their grid.")
    UNIT = by_value("unit", "The unit of whoever did them.")
    CATEGORY = by_value("category", "Their category.")
    STATE = by_value("state", "What became of them.")
    ON_DUTY = by_value("on_duty", "Within working hours (八小时内), or out of them.")
    DAY = by_value("day", "The local day they began on.")
    WEEK = by_value("week", "The week they began in, from its Monday.")
    MONTH = by_value("month", "The month they began in.")


@groups_of("service")
@strawberry.type(description="Services that have something in common: `serviceGroups(by: [UNIT, MONTH])`.")
class ServiceGroup:
    row: strawberry.Private[Any]

    count: int = how_many("services, which is person-times (人次)")
    community: ACommunity | None = their_community()
    grid: AGrid | None = _grid()
    unit: AUnit | None = to_one(SIGNED, "The unit of whoever did them.", "unit")
    category: str | None = column(SIGNED, "The category, by its code.")
    state: ServiceState | None = choice(SIGNED, "What became of them.", ServiceState)
    on_duty: bool | None = column(SIGNED, "Within working hours, or out of them.")
    since: Date | None = first_day()
    people: int = column(SIGNED, "How many members did them.")
    activities: int = column(SIGNED, "At how many activities they were done.")
    minutes: Long | None = column(STAFF, "How long they took in all, in minutes.")
    average_minutes: Long | None = column(STAFF, "How long they took on average.")
    shortest_minutes: Long | None = column(STAFF, "How long the shortest took.")
    longest_minutes: Long | None = column(STAFF, "How long the longest took.")


@strawberry.enum(description="What point entries can be told together by.")
class PointGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    TEAM = by_value("team", "The team in whose activities they were earned.")
    RULE = by_value("rule", "The point rule; none for what none has earned.")
    UNIT = by_value("unit", "The unit of whose points they are. Not for readers.")
    GRID = by_value("grid", "The grid of whose points they are. Not for readers.")
    DAY = by_value("day", "The local day they are for.")
    WEEK = by_value("week", "The week they are for, from its Monday.")
    MONTH = by_value("month", "The month they are for.")


@groups_of("pointEntry")
@strawberry.type(description="Point entries that have something in common: `pointGroups(by: [RULE, MONTH])`.")
class PointGroup:
    row: strawberry.Private[Any]

    count: int = how_many("entries")
    community: ACommunity | None = their_community()
    team: ATeam | None = to_one(SIGNED, "The team; null for what was earned in none's activities.", "team")
    rule: APointRule | None = to_one(SIGNED, "The point rule; null for what none has earned.", "pointRule")
    unit: AUnit | None = to_one(PERSONS, "The unit of whose points they are.", "unit")
    grid: AGrid | None = to_one(PERSONS, "The grid of whose points they are.", "grid")
    since: Date | None = first_day()
    points: Long = column(
        SIGNED, "The points in all: what was earned and adjusted, less what was redeemed and has expired."
    )
    earned: Long = column(SIGNED, "The points earned, corrections included.")
    redeemed: Long = column(SIGNED, "The points redeemed.")
    adjusted: Long = column(SIGNED, "The points credited by hand, less those debited.")
    expired: Long = column(SIGNED, "The points that have expired.")
    people: int | None = column(PERSONS, "How many members have them.")


@strawberry.enum(description="What activities can be told together by.")
class ActivityGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    GRID = by_value("grid", "Their grid.")
    TEAM = by_value("team", "Their team.")
    CATEGORY = by_value("category", "Their category.")
    ON_DUTY = by_value("on_duty", "Within working hours, or out of them.")
    DAY = by_value("day", "The local day they began on.")
    WEEK = by_value("week", "The week they began in, from its Monday.")
    MONTH = by_value("month", "The month they began in.")


@groups_of("activity")
@strawberry.type(description="Activities that have something in common: `activityGroups(by: [TEAM])`.")
class ActivityGroup:
    row: strawberry.Private[Any]

    count: int = how_many("activities")
    community: ACommunity | None = their_community()
    grid: AGrid | None = _grid()
    team: ATeam | None = to_one(SIGNED, "The team; null for those of none.", "team")
    category: str | None = column(SIGNED, "The category, by its code.")
    on_duty: bool | None = column(SIGNED, "Within working hours, or out of them.")
    since: Date | None = first_day()
    sign_ins: Long = column(SIGNED, "How many signed in, in all (人次).")


@strawberry.enum(description="What duties can be told together by.")
class DutyGroupBy(Enum):
    COMMUNITY = by_value("community", "The community they were done for.")
    UNIT = by_value("unit", "The unit that did them.")
    KIND = by_value("kind", "Which of the four ones.")
    STATE = by_value("state", "Whether they count.")
    PERIOD = by_value("period", "The month, quarter, half-year or year they are for.")
    DAY = by_value("day", "The local day they were done on.")
    WEEK = by_value("week", "The week they were done in, from its Monday.")
    MONTH = by_value("month", "The month they were done in.")


@groups_of("duty")
@strawberry.type(description="Duties (四个一) that have something in common: `dutyGroups(by: [UNIT, KIND])`.")
class DutyGroup:
    row: strawberry.Private[Any]

    count: int = how_many("records of duties")
    community: ACommunity | None = their_community()
    unit: AUnit | None = to_one(SIGNED, "The unit that did them.", "unit")
    kind: DutyKind | None = choice(SIGNED, "Which of the four ones.", DutyKind)
    state: DutyState | None = choice(SIGNED, "Whether they count.", DutyState)
    period: str | None = column(SIGNED, "What they are for, by its code: `2026-Q4`.")
    since: Date | None = first_day()
    units: int = column(SIGNED, "How many units did them.")


@strawberry.enum(description="What evaluations can be told together by.")
class EvaluationGroupBy(Enum):
    COMMUNITY = by_value("community", "The community that gave them.")
    GRID = by_value("grid", "The grid that the members reported to.")
    UNIT = by_value("unit", "The members' unit.")
    PERIOD = by_value("period", "The month, quarter or year they are for.")
    GRADE = by_value("grade", "What stands; none while nothing does.")
    STATE = by_value("state", "How they stand.")


@groups_of("evaluation")
@strawberry.type(
    description="Evaluations (定期评价) that have something in common: `evaluationGroups(by: [PERIOD, GRADE])`."
)
class EvaluationGroup:
    row: strawberry.Private[Any]

    count: int = how_many("evaluations")
    community: ACommunity | None = their_community()
    grid: AGrid | None = _grid()
    unit: AUnit | None = to_one(SIGNED, "The members' unit.", "unit")
    period: str | None = column(SIGNED, "What they are for, by its code: `2026-Q4`.")
    grade: EvaluationGrade | None = choice(SIGNED, "What stands.", EvaluationGrade)
    state: EvaluationState | None = choice(SIGNED, "How they stand.", EvaluationState)
    people: int = column(SIGNED, "How many members were evaluated.")
    given: int = column(SIGNED, "How many of them have a grade that stands.")
    qualified: Long = column(SIGNED, "How many of them found the member qualified (合格) or excellent.")


@strawberry.enum(description="What members can be told together by.")
class MemberGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    UNIT = by_value("unit", "Their unit.")
    GRID = by_value("grid", "The grid they report to.")
    STANDING = by_value("standing", "Whether they serve at present.")


@groups_of("member")
@strawberry.type(description="Members who have something in common: `memberGroups(by: [GRID])`.")
class MemberGroup:
    row: strawberry.Private[Any]

    count: int = how_many("members")
    community: ACommunity | None = their_community()
    unit: AUnit | None = to_one(SIGNED, "Their unit.", "unit")
    grid: AGrid | None = to_one(SIGNED, "The grid they report to; null for those who report to none.", "grid")
    standing: Standing | None = choice(SIGNED, "Whether they serve at present.", Standing)
    active: Long = column(SIGNED, "How many of them serve at present.")


@strawberry.enum(description="What conflicts can be told together by.")
class ConflictGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    GRID = by_value("grid", "Their grid.")
    RULE = by_value("rule", "The rule that decided them.")
    THING = by_value("thing", "What they are about.")
    STATE = by_value("state", "Whether they wait for a person.")
    CLOSE_CALL = by_value("close_call", "Whether clocks could not tell.")
    DAY = by_value("day", "The local day they came up on.")
    WEEK = by_value("week", "The week they came up in, from its Monday.")
    MONTH = by_value("month", "The month they came up in.")


@groups_of("conflict")
@strawberry.type(description="Conflicts that have something in common: `conflictGroups(by: [RULE, STATE])`.")
class ConflictGroup:
    row: strawberry.Private[Any]

    count: int = how_many("conflicts")
    community: ACommunity | None = their_community()
    grid: AGrid | None = _grid()
    rule: str | None = column(SIGNED, "The rule that decided them: `first`.")
    thing: str | None = column(SIGNED, "What they are about: `ticket`.")
    state: ConflictState | None = choice(SIGNED, "Whether they wait for a person.", ConflictState)
    close_call: bool | None = column(SIGNED, "Whether clocks could not tell.")
    since: Date | None = first_day()


def _persons_own(
    context: Context, asked: tuple[Condition, ...], by: tuple[str, ...]
) -> tuple[Condition, ...]:
    """Whose points they are is not for readers, neither by a filter nor by a unit of one."""
    personal = any(one.name in PERSONAL for one in each(asked)) or {"unit", "grid"} & {*by}
    if personal and not PERSONS.allows(context.author):
        raise Fault("FORBIDDEN")
    return asked


def _nobody_sought(_: Context, asked: tuple[Condition, ...], __: tuple[str, ...]) -> tuple[Condition, ...]:
    """Grades are told of many together; whom one was given to is not asked for in this way."""
    if any(one.name == GRADE for one in each(asked)):
        raise Fault("BAD_USER_INPUT", "Group by GRADE instead of asking for some.")
    return asked


def _members_proper(_: Context, asked: tuple[Condition, ...], __: tuple[str, ...]) -> tuple[Condition, ...]:
    """Nobody twice: an alias is read as the member."""
    return (*asked, Condition("alias_of", "null", True))


conflict_groups = groups("conflict", "conflicts", ConflictGroup, ConflictFilter, ConflictGroupBy)
ticket_groups = groups("ticket", "tickets", TicketGroup, TicketFilter, TicketGroupBy)
service_groups = groups("service", "services", ServiceGroup, ServiceFilter, ServiceGroupBy)
point_groups = groups("pointEntry", "entries", PointGroup, PointEntryFilter, PointGroupBy, _persons_own)
activity_groups = groups("activity", "activities", ActivityGroup, ActivityFilter, ActivityGroupBy)
duty_groups = groups("duty", "duties", DutyGroup, DutyFilter, DutyGroupBy)
evaluation_groups = groups(
    *("evaluation", "evaluations", EvaluationGroup, EvaluationFilter, EvaluationGroupBy, _nobody_sought)
)
member_groups = groups("member", "members", MemberGroup, MemberFilter, MemberGroupBy, _members_proper)
