"""Reward: 奖品, what a community offers for points."""

import strawberry

from schema.fields import bilingual, column, conflicts, to_one
from schema.loaders import shows
from schema.policies import SIGNED
from schema.types.lazy import ACommunity
from schema.types.node import Node
from schema.types.redemption_list import redemption_lists
from schema.types.scalars import Date, Long
from schema.types.step import history
from sync import things


@shows("reward")
@strawberry.type(description="奖品. What a community offers for points, while it lasts.")
class Reward(Node):
    row: strawberry.Private[things.Reward]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "The community that offers it.", "community")
    code: str = column(SIGNED, "The code by which people name it: `towel`.")
    name = bilingual(SIGNED, "Its name: `毛巾`.")
    points: int = column(SIGNED, "What it costs now.")
    stock: int | None = column(SIGNED, "How many there ever were; null where there is no end of them.")
    given: int = column(SIGNED, "How many were given; `stock` less these are left.")
    starts_on: Date = column(SIGNED, "The first local day on which it can be had.", name="from")
    ends_on: Date | None = column(SIGNED, "The last local day, if there is one.", name="until")
    redemptions_connection = redemption_lists(
        SIGNED,
        "Who had it for points, and when, as far as you may see it: `redemptionsConnection(first: 5) { totalCount }`.",
        "item",
    )
    conflicts = conflicts()
    history = history()
