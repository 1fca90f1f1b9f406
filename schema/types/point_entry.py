"""PointEntry: 积分流水, one immutable line of the points ledger."""

import strawberry

from schema.fields import choice, column, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS, SIGNED
from schema.shapes import Day, Person
from schema.types.enums import PointEntryKind
from schema.types.lazy import (
    ACommunity,
    AMember,
    AnAdjustment,
    APointExpiry,
    APointRule,
    ARedemption,
    AService,
    ATeam,
)
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
    rule: APointRule | None = to_one(SIGNED, "The rule by which it was earned, if it was.", "pointRule")
    source: strawberry.ID | None = column(
        PERSONS, "What it is for: a service, sign-in, rating, redemption, adjustment or expiry rule."
    )
    service: AService | None = to_one(
        PERSONS, "The service it is for, if it is for one.", "service", "source"
    )
    redemption: ARedemption | None = to_one(
        PERSONS, "The redemption it is for, if it is for one.", "redemption", "source"
    )
    adjustment: AnAdjustment | None = to_one(
        PERSONS, "The manual credit or debit it is for, if it is for one.", "adjustment", "source"
    )
    expiry: APointExpiry | None = to_one(
        SIGNED, "The rule by which it expired, if it did.", "pointExpiry", "source"
    )
    kind: PointEntryKind = choice(SIGNED, "What it is.", PointEntryKind)
    team: ATeam | None = to_one(SIGNED, "The team in whose activity it was earned, if in one.", "team")
    number: int = column(SIGNED, "0 for what was first posted for this source, 1 for the first correction, …")
    points: Long = column(SIGNED, "Points gained, or lost where below zero.")
    at: DateTime = moment(SIGNED, "When it was posted.")

    day: Date = shaped(SIGNED, "The local day it is for.", Day("day"))
    member: AMember | None = shaped(
        PERSONS,
        "Whose points. Posted under an alias, they are the member's all the same.",
        Person("member"),
    )
