"""Groups of what stands beside the work: whistles, posts, teams, rewards, points by hand and verdicts.

As in schema/types/groups.py: what stands in a group is null where it was not grouped by, and nothing is by person.
"""

from enum import Enum
from typing import Any

import strawberry

from schema.fields import choice, column, to_one
from schema.loaders import groups_of
from schema.policies import SIGNED, STAFF
from schema.types.adjustment_list import AdjustmentFilter
from schema.types.enums import AdjustmentState, DepartmentAnswer, OutcomeKind, WhistleState
from schema.types.grouping import by_value, first_day, groups, how_many, their_community
from schema.types.lazy import ACommunity, AGrid, AReward, AUnit
from schema.types.post_list import PostFilter
from schema.types.redemption_list import RedemptionFilter
from schema.types.reward_list import RewardFilter
from schema.types.scalars import Date, Long
from schema.types.team_list import TeamFilter
from schema.types.verdict_list import VerdictFilter
from schema.types.whistle_list import WhistleFilter


@strawberry.enum(description="What whistles can be told together by.")
class WhistleGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    LEAD = by_value("lead", "The department that leads.")
    STATE = by_value("state", "How they stand.")
    DEPARTMENT = by_value(
        "department", "Each department that was called: a whistle is in as many groups as it called."
    )
    ANSWER = by_value("answer", "What departments answered last, each called department by itself.")
    DAY = by_value("day", "The local day they were blown on.")
    WEEK = by_value("week", "The week they were blown in, from its Monday.")
    MONTH = by_value("month", "The month they were blown in.")


@groups_of("whistle")
@strawberry.type(
    description="Whistles (吹哨) that have something in common: `whistleGroups(by: [DEPARTMENT]) { called late }`."
    " By DEPARTMENT or ANSWER, what is said of answers is said of those departments alone."
)
class WhistleGroup:
    row: strawberry.Private[Any]

    count: int = how_many("whistles")
    community: ACommunity | None = their_community()
    lead: AUnit | None = to_one(SIGNED, "The department that leads.", "unit")
    state: WhistleState | None = choice(SIGNED, "How they stand.", WhistleState)
    department: AUnit | None = to_one(
        SIGNED, "The department that was called; null for the district, and where you may not see it.", "unit"
    )
    answer: DepartmentAnswer | None = choice(
        SIGNED, "What was answered last; null while there is no answer.", DepartmentAnswer
    )
    since: Date | None = first_day()
    called: Long = column(SIGNED, "How many departments were called, the district included where it was.")
    answered: Long = column(SIGNED, "How many of them have answered.")
    late: Long = column(SIGNED, "How many of them did so after the deadline.")
    overdue: Long = column(SIGNED, "How many a night found without an answer, and that have none yet.")
    coming: Long = column(SIGNED, "How many say that they take their part (接).")
    declined: Long = column(SIGNED, "How many say that it is not theirs (不接).")
    finished: Long = column(SIGNED, "How many say that their part is done (办结).")
    meetings: Long | None = column(
        SIGNED, "How many records of joint meetings there are; null by DEPARTMENT and ANSWER."
    )


@strawberry.enum(description="What posts can be told together by.")
class PostGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    GRID = by_value("grid", "Their grid; none for the whole community's.")
    CODE = by_value("code", "Their code: the same post in several communities.")


@groups_of("post")
@strawberry.type(
    description="Posts (岗位) that have something in common: `postGroups(by: [GRID]) { seats held }`; with the filter"
    " `vacantOn` those that have a seat to be taken."
)
class PostGroup:
    row: strawberry.Private[Any]

    count: int = how_many("posts")
    community: ACommunity | None = their_community()
    grid: AGrid | None = to_one(SIGNED, "The grid; null for the whole community's.", "grid")
    code: str | None = column(SIGNED, "The code by which people name them.")
    seats: Long = column(SIGNED, "How many members are wanted in all.")
    held: Long = column(SIGNED, "How many seats nobody has left who took them, in whichever term that was.")


@strawberry.enum(description="What teams can be told together by.")
class TeamGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    THEME = by_value("theme", "What they are for.")


@groups_of("team")
@strawberry.type(description="Teams (先锋队) that have something in common: `teamGroups(by: [THEME])`.")
class TeamGroup:
    row: strawberry.Private[Any]

    count: int = how_many("teams")
    community: ACommunity | None = their_community()
    theme: str | None = column(SIGNED, "What they are for, in a word.")
    members: Long = column(SIGNED, "How many are in them; who is in two counts in both.")


@strawberry.enum(description="What rewards can be told together by.")
class RewardGroupBy(Enum):
    COMMUNITY = by_value("community", "The community that offers them.")


@groups_of("reward")
@strawberry.type(description="Rewards (奖品) that have something in common: `rewardGroups(by: [COMMUNITY])`.")
class RewardGroup:
    row: strawberry.Private[Any]

    count: int = how_many("rewards")
    community: ACommunity | None = to_one(SIGNED, "The community that offers them.", "community")
    stock: Long = column(SIGNED, "How many there ever were of those of which there is an end.")
    given: Long = column(SIGNED, "How many were given of all.")
    left: Long = column(SIGNED, "How many are left of those of which there is an end.")
    gone: Long = column(SIGNED, "Of how many rewards none is left.")


@strawberry.enum(description="What manual credits and debits can be told together by.")
class AdjustmentGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    GRID = by_value("grid", "The grid that the members reported to.")
    UNIT = by_value("unit", "The members' unit.")
    STATE = by_value("state", "Whether they count.")
    DAY = by_value("day", "The local day they were proposed on.")
    WEEK = by_value("week", "The week they were proposed in, from its Monday.")
    MONTH = by_value("month", "The month they were proposed in.")


@groups_of("adjustment")
@strawberry.type(
    description="Manual credits and debits that have something in common: `adjustmentGroups(by: [STATE, MONTH])`."
)
class AdjustmentGroup:
    row: strawberry.Private[Any]

    count: int = how_many("credits and debits")
    community: ACommunity | None = their_community()
    grid: AGrid | None = to_one(SIGNED, "The grid that the members reported to, if to any.", "grid")
    unit: AUnit | None = to_one(SIGNED, "The members' unit.", "unit")
    state: AdjustmentState | None = choice(SIGNED, "Whether they count.", AdjustmentState)
    since: Date | None = first_day()
    points: Long = column(SIGNED, "The points in all, whether or not they count yet.")
    credited: Long = column(SIGNED, "The points of the credits.")
    debited: Long = column(SIGNED, "The points of the debits.")
    people: int = column(SIGNED, "How many members they are for.")


@strawberry.enum(description="What redemptions can be told together by.")
class RedemptionGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community.")
    UNIT = by_value("unit", "The unit of whose points they were.")
    GRID = by_value("grid", "The grid that they report to.")
    ITEM = by_value("item", "The reward of the catalogue; none for what was had in plain words.")
    DAY = by_value("day", "The local day they were asked for on.")
    WEEK = by_value("week", "The week they were asked for in, from its Monday.")
    MONTH = by_value("month", "The month they were asked for in.")


@groups_of("redemption")
@strawberry.type(
    description="Redemptions (兑换) that have something in common: `redemptionGroups(by: [ITEM, MONTH])`."
)
class RedemptionGroup:
    row: strawberry.Private[Any]

    count: int = how_many("redemptions")
    community: ACommunity | None = their_community()
    unit: AUnit | None = to_one(SIGNED, "The unit of whose points they were.", "unit")
    grid: AGrid | None = to_one(SIGNED, "The grid that they report to, if to any.", "grid")
    item: AReward | None = to_one(SIGNED, "The reward of the catalogue, where it was for one.", "reward")
    since: Date | None = first_day()
    points: Long = column(SIGNED, "The points they took in all.")
    people: int = column(SIGNED, "Of how many members they were.")


@strawberry.enum(description="What verdicts can be told together by.")
class VerdictGroupBy(Enum):
    COMMUNITY = by_value("community", "Their community; none where the change was of no community's scope.")
    OUTCOME = by_value("outcome", "What was decided.")
    CODE = by_value("code", "Why.")
    RULE = by_value("rule", "The rule that decided them, if one did.")
    KIND = by_value("kind", "The kind of the changes.")
    SETTLEMENT = by_value("settlement", "The settlement that decided them.")


@groups_of("verdict")
@strawberry.type(
    description="Verdicts (结果) that have something in common: `verdictGroups(by: [KIND, OUTCOME])`. Of each change the"
    " newest counts."
)
class VerdictGroup:
    row: strawberry.Private[Any]

    count: int = how_many("changes were so decided")
    community: ACommunity | None = to_one(STAFF, "The community they are in.", "community")
    outcome: OutcomeKind | None = choice(STAFF, "What was decided.", OutcomeKind)
    code: str | None = column(STAFF, "Why, as a stable code: `SEAT_TAKEN`.")
    rule: str | None = column(STAFF, "The rule that decided them, if one did: `first`.")
    kind: str | None = column(STAFF, "The kind of the changes: `ticket.claim`.")
    settlement: Long | None = column(STAFF, "The number of the settlement that decided them.")


whistle_groups = groups("whistle", "whistles", WhistleGroup, WhistleFilter, WhistleGroupBy)
post_groups = groups("post", "posts", PostGroup, PostFilter, PostGroupBy)
team_groups = groups("team", "teams", TeamGroup, TeamFilter, TeamGroupBy)
reward_groups = groups("reward", "rewards", RewardGroup, RewardFilter, RewardGroupBy)
adjustment_groups = groups(
    *("adjustment", "credits and debits", AdjustmentGroup, AdjustmentFilter, AdjustmentGroupBy)
)
redemption_groups = groups(
    *("redemption", "redemptions", RedemptionGroup, RedemptionFilter, RedemptionGroupBy)
)
verdict_groups = groups("verdict", "verdicts", VerdictGroup, VerdictFilter, VerdictGroupBy)
