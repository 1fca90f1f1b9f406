"""Lists of adjustments: what is provisional, what counts, and what was withdrawn."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_moment, combined, related
from schema.types.enums import AdjustmentState, Direction
from schema.types.lazy import AMemberFilter, AnAdjustment
from schema.types.listing import lists
from schema.types.scalars import DateTime, Long


@strawberry.input(
    description="Which manual credits and debits. All that is said must hold; null asks for nothing."
)
class AdjustmentFilter:
    community: strawberry.ID | None = by("community", "In this community.")
    member: strawberry.ID | None = by("person", "Of this member and their aliases.")
    states: list[AdjustmentState] | None = by("state", "In one of these states.", "in")
    proposed_from: DateTime | None = by_moment("at", "Proposed at this moment or later.", "from")
    proposed_until: DateTime | None = by_moment("at", "Proposed before this moment.", "until")
    decided_from: DateTime | None = by_moment(
        "decided", "Confirmed or withdrawn at this moment or later.", "from"
    )
    decided_until: DateTime | None = by_moment(
        "decided", "Confirmed or withdrawn before this moment.", "until"
    )
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    of_member: AMemberFilter | None = related("of_member", 'Of such a member: `{ofMember: {unit: "…"}}`.')
    and_: "list[AdjustmentFilter] | None" = combined("and", "all")
    or_: "list[AdjustmentFilter] | None" = combined("or", "any")
    not_: "AdjustmentFilter | None" = combined("not", "none")


@strawberry.enum(description="What manual credits and debits can be ordered by.")
class AdjustmentOrderField(Enum):
    AT = strawberry.enum_value("at", description="When it was proposed.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order manual credits and debits by.")
class AdjustmentOrder:
    field: AdjustmentOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


adjustments = lists(
    "adjustment", "credits and debits", AnAdjustment, AdjustmentFilter, AdjustmentOrder, Sort("at", True)
)
