"""Lists of rewards: a community's catalogue."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_words, combined, related
from schema.types.enums import Direction
from schema.types.lazy import ARedemptionFilter, AReward
from schema.types.listing import lists
from schema.types.scalars import Date, Long


@strawberry.input(description="Which rewards. All that is said must hold; null asks for nothing.")
class RewardFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    codes: list[str] | None = by("code", 'With one of these codes: `["towel"]`.', "in")
    on: Date | None = by("offered", "That can be had on this local day.")
    left: bool | None = by("left", "Of which there is one left; or, where false, none.")
    points_from: int | None = by("points", "That cost so many points or more.", "from")
    points_until: int | None = by(
        "points", "That cost fewer points than this: `{pointsUntil: 11}` for ten at most.", "until"
    )
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    redemptions: ARedemptionFilter | None = related(
        "redemptions",
        'Which were had for points in such a redemption that you may see: `{atFrom: "2026-11-01T00:00:00.000Z"}`.',
    )
    search: str | None = by_words('In its code or its name, in either language: `{search: "毛巾"}`.')
    and_: "list[RewardFilter] | None" = combined("and", "all")
    or_: "list[RewardFilter] | None" = combined("or", "any")
    not_: "RewardFilter | None" = combined("not", "none")


@strawberry.enum(description="What rewards can be ordered by.")
class RewardOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    NAME = strawberry.enum_value("name_zh", description="The Chinese name, by its letters' numbers.")
    NAME_EN = strawberry.enum_value("name_en", description="The English name.")
    POINTS = strawberry.enum_value("points", description="The price.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order rewards by.")
class RewardOrder:
    field: RewardOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


rewards = lists("reward", "rewards", AReward, RewardFilter, RewardOrder, Sort("code", False))
