"""PointEntry: 积分流水, one immutable line of the points ledger."""

import strawberry
from strawberry.types.info import Info

from schema.fields import column, field, moment, to_one
from schema.loaders import load_person, shows
from schema.policies import PERSONS, SIGNED
from schema.types.lazy import ACommunity, AMember, APointRule, ARedemption, AService
from schema.types.node import Node
from schema.types.scalars import Date, DateTime, Long, day
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
    source: strawberry.ID | None = column(PERSONS, "The service, rating or redemption that it is for.")
    service: AService | None = to_one(
        PERSONS, "The service it is for, if it is for one.", "service", "source"
    )
    redemption: ARedemption | None = to_one(
        PERSONS, "The redemption it is for, if it is for one.", "redemption", "source"
    )
    number: int = column(SIGNED, "1 for what was first posted for this source, 2 for the first correction, …")
    points: Long = column(SIGNED, "Points gained, or lost where below zero.")
    at: DateTime = moment(SIGNED, "When it was posted.")

    @field(SIGNED, "The local day it is for.")
    def day(self) -> Date:
        return day(self.row.day)

    @field(PERSONS, "Whose points. Posted under an alias, they are the member's all the same.")
    async def member(self, info: Info) -> AMember | None:
        member: AMember | None = await load_person(info.context, self.row.member)
        return member
