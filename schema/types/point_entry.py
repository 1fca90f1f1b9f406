"""PointEntry: 积分流水, one immutable line of the points ledger."""

import strawberry

from schema.fields import column, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS, SIGNED
from schema.shapes import Day, Person
from schema.types.lazy import ACommunity, AMember, APointRule, ARedemption, AService, ATeam
from schema.types.node import Node
from schema.types.scalars import Date, DateTime, Long
from sync import things


@shows("pointEntry")
@strawberry.type(
    description=(
        "积分流水. One immutable line of the points ledger. A correction is a new line; nobody writes one."
    )
)
class PointEntry(Node):
    row: strawberry.Private[things.Entry]

    community: ACommunity = to_one(SIGNED, "The community it belongs to.", "community")
    rule: APointRule | None = to_one(SIGNED, "The rule that gave it; null for a redemption.", "pointRule")
    source: strawberry.ID | None = column(
        PERSONS, "The service, sign-in, rating or redemption that it is for."
    )
    service: AService | None = to_one(
        PERSONS, "The service it is for, if it is for one.", "service", "source"
    )
    redemption: ARedemption | None = to_one(
        PERSONS, "The redemption it is for, if it is for one.", "redemption", "source"
    )
    team: ATeam | None = to_one(SIGNED, "The team in whose activity it was earned, if in one.", "team")
    number: int = column(SIGNED, "1 for what was first posted for this source, 2 for the first correction, …")
    points: Long = column(SIGNED, "Points gained, or lost where below zero.")
    at: DateTime = moment(SIGNED, "When it was posted.")

    day: Date = shaped(SIGNED, "The local day it is for.", Day("day"))
    member: AMember | None = shaped(
        PERSONS,
        "Whose points. Posted under an alias, they are the member's all the same.",
        Person("member"),
    )
