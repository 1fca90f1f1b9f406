"""PointExpiry: 积分到期规则, on which day what is so many months old expires."""

import strawberry

from schema.fields import bilingual, column
from schema.loaders import shows
from schema.policies import SIGNED
from schema.types.node import Node
from schema.types.scalars import Date, Long
from schema.types.step import history
from sync import things


@shows("pointExpiry")
@strawberry.type(
    description="积分到期规则. On a day, what was earned so many months before and not spent expires; the oldest is spent first."
)
class PointExpiry(Node):
    row: strawberry.Private[things.PointExpiry]

    rev: Long = column(SIGNED, "The rev of its last change.")
    history = history()
    code: str = column(SIGNED, "The code by which people name it.")
    name = bilingual(SIGNED, "What people call it.")
    months: int = column(SIGNED, "What was earned more than so many months before that day expires.")
    on: Date = column(SIGNED, "The local day with whose beginning it expires.")
    utc_offset: int = column(SIGNED, "By which local time, in minutes east of Greenwich.")
    brought: bool = column(SIGNED, "Whether it has expired.")
