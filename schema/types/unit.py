"""Unit: 联点单位, the workplace linked to a community; members belong to it."""

import strawberry

from schema.fields import bilingual, column, to_one
from schema.loaders import shows
from schema.policies import SIGNED
from schema.types.duty_list import duties
from schema.types.groups import duty_groups, member_groups
from schema.types.lazy import ACommunity
from schema.types.member_list import members
from schema.types.node import Node
from schema.types.scalars import Date, Long
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
    linked_on: Date | None = column(
        SIGNED, "The local day from which it is linked, and owes the four ones (四个一).", name="since"
    )
    duties = duties(SIGNED, "What it did for communities (四个一).", "unit")
    members = members(SIGNED, "Its members.", "unit")
    duty_groups = duty_groups(SIGNED, "What it did for communities, told together.", "unit")
    member_groups = member_groups(SIGNED, "Its members, told together.", "unit")
    history = history()
