"""Lists of settlements."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_moment, combined
from schema.types.enums import Direction, SettlementKind
from schema.types.lazy import ASettlement
from schema.types.listing import lists
from schema.types.scalars import DateTime, Long


@strawberry.input(description="Which settlements. All that is said must hold; null asks for nothing.")
class SettlementFilter:
    kinds: list[SettlementKind] | None = by("kind", "Of one of these kinds: `[NIGHT]`.", "in")
    number_from: Long | None = by("number", "With this number or a later one.", "from")
    number_until: Long | None = by("number", "With a number before this.", "until")
    at_from: DateTime | None = by_moment("at", "Of this moment or later.", "from")
    at_until: DateTime | None = by_moment("at", "Before this moment.", "until")
    version: int | None = by("version", "Decided by this version of the rule book.")
    rev_from: Long | None = by("last_rev", "Which wrote something at this rev or later.", "from")
    and_: "list[SettlementFilter] | None" = combined("and", "all")
    or_: "list[SettlementFilter] | None" = combined("or", "any")
    not_: "SettlementFilter | None" = combined("not", "none")


@strawberry.enum(description="What settlements can be ordered by.")
class SettlementOrderField(Enum):
    NUMBER = strawberry.enum_value("number", description="Its number.")


@strawberry.input(description="One thing to order settlements by.")
class SettlementOrder:
    field: SettlementOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


settlement_lists = lists(
    "settlement", "settlements", ASettlement, SettlementFilter, SettlementOrder, Sort("number", True)
)
