"""Unit: 联点单位, the workplace linked to a community; members belong to it."""

import strawberry

from schema.fields import bilingual, column, to_one
from schema.loaders import shows
from schema.policies import SIGNED
from schema.types.lazy import ACommunity
from schema.types.member_list import members
from schema.types.node import Node
from schema.types.scalars import Long
from schema.types.step import history
from sync import things


@shows("unit")
@strawberry.type(description="联点单位. The workplace linked to a community; members belong to it.")
class Unit(Node):
    row: strawberry.Private[things.Unit]

    rev: Long = column(SIGNED, "The rev of its last change.")
    code: str = column(SIGNED, "The code by which the district file names it: `LY-U01`.")
    name = bilingual(SIGNED, "Its name.")
    community: ACommunity = to_one(SIGNED, "The community it is linked to.", "community")
    resources: list[str] = column(SIGNED, "What it can lend: rooms, cars, tools.")
    members = members(SIGNED, "Its members.", "unit")
    history = history()
