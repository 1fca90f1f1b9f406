"""Recount: 重算, what a rule that was changed for the past comes to there."""

import strawberry

from schema.fields import column, moment, to_one
from schema.loaders import shows
from schema.policies import SIGNED, STAFF
from schema.types.lazy import ACommunity, APointRule
from schema.types.node import Node
from schema.types.scalars import Date, DateTime, Long
from schema.types.step import history
from sync import things


@shows("recount")
@strawberry.type(
    description="重算. The district had a community's days recounted by the rules as they were then; differences were posted."
)
class Recount(Node):
    row: strawberry.Private[things.Recount]

    rev: Long = column(SIGNED, "The rev of its change.")
    history = history()
    community: ACommunity = to_one(SIGNED, "The community.", "community")
    rule: APointRule | None = to_one(SIGNED, "By which rule; null for all.", "pointRule")
    starts_on: Date = column(SIGNED, "The first local day.", name="from")
    ends_on: Date = column(SIGNED, "The last local day.", name="until")
    reason: str | None = column(STAFF, "Why.")
    at: DateTime = moment(SIGNED, "When it was asked for.")
    entries: int = column(SIGNED, "How many lines of the ledger it posted.")
    points: Long = column(SIGNED, "The points of these lines in sum.")
