"""PointRule: 积分规则, dated data by which points are derived."""

import strawberry

from schema.fields import bilingual, choice, column, to_one
from schema.loaders import shows
from schema.policies import SIGNED
from schema.types.enums import PointHours, PointsPer
from schema.types.lazy import ACommunity
from schema.types.node import Node
from schema.types.scalars import Date, Long
from schema.types.step import history
from sync import things


@shows("pointRule")
@strawberry.type(description="积分规则. How points are earned, from one local day to another.")
class PointRule(Node):
    row: strawberry.Private[things.PointRule]

    rev: Long = column(SIGNED, "The rev of its last change.")
    history = history()
    code: str = column(SIGNED, "The code by which the district file names it.")
    name = bilingual(SIGNED, "What people call it.")
    per: PointsPer = choice(SIGNED, "What is counted.", PointsPer)
    points: int = column(SIGNED, "Points for each.")
    community: ACommunity | None = to_one(SIGNED, "Where it holds; null for the whole district.", "community")
    daily_cap: int | None = column(SIGNED, "How much one member can earn by it in a day.")
    hours: PointHours = choice(SIGNED, "Which hours count.", PointHours)
    categories: list[str] | None = column(SIGNED, "Which categories count, by code; null for all.")
    at_least: int | None = column(SIGNED, "How good a rating has to be.")

    starts_on: Date = column(SIGNED, "The first local day it holds on.", name="from")
    ends_on: Date | None = column(
        SIGNED, "The last local day it holds on; null while no end is set.", name="until"
    )
