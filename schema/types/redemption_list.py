"""Lists of redemptions: what was exchanged for points, when and for whom. Readers see none."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_moment, combined, related
from schema.types.enums import Direction
from schema.types.lazy import AMemberFilter, ARedemption, ARewardFilter
from schema.types.listing import lists
from schema.types.scalars import DateTime, Long


@strawberry.input(description="Which redemptions. All that is said must hold; null asks for nothing.")
class RedemptionFilter:
    community: strawberry.ID | None = by("community", "In this community.")
    member: strawberry.ID | None = by("person", "Of this member and their aliases.")
    item: strawberry.ID | None = by("item", "For this reward of the catalogue.")
    at_from: DateTime | None = by_moment(
        "at", 'Asked for at this moment or later: `{atFrom: "2026-11-01T00:00:00.000Z"}`.', "from"
    )
    at_until: DateTime | None = by_moment("at", "Asked for before this moment.", "until")
    points_from: int | None = by("points", "For so many points or more.", "from")
    points_until: int | None = by(
        "points", "For fewer points than this: `{pointsUntil: 11}` for ten at most.", "until"
    )
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    of_member: AMemberFilter | None = related("of_member", 'Of such a member: `{ofMember: {unit: "…"}}`.')
    for_reward: ARewardFilter | None = related(
        "for_reward", 'For such a reward of the catalogue: `{forReward: {codes: ["towel"]}}`.'
    )
    and_: "list[RedemptionFilter] | None" = combined("and", "all")
    or_: "list[RedemptionFilter] | None" = combined("or", "any")
    not_: "RedemptionFilter | None" = combined("not", "none")


@strawberry.enum(description="What redemptions can be ordered by.")
class RedemptionOrderField(Enum):
    AT = strawberry.enum_value("at", description="When it was asked for.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order redemptions by.")
class RedemptionOrder:
    field: RedemptionOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


redemption_lists = lists(
    "redemption", "redemptions", ARedemption, RedemptionFilter, RedemptionOrder, Sort("at", True)
)
