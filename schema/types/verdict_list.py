"""Lists of verdicts: what was decided about changes. A tablet sees its own."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, combined
from schema.types.enums import Direction, OutcomeKind
from schema.types.lazy import AVerdict
from schema.types.listing import lists
from schema.types.scalars import Long


@strawberry.input(description="Which verdicts. All that is said must hold; null asks for nothing.")
class VerdictFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    entity: strawberry.ID | None = by("entity", "About the thing with this id.")
    change: strawberry.ID | None = by("change", "On the change with this id.")
    outcomes: list[OutcomeKind] | None = by("outcome", "With one of these outcomes.", "in")
    codes: list[str] | None = by("code", 'With one of these codes: `["SEAT_TAKEN"]`.', "in")
    rules: list[str] | None = by("rule", 'Decided by one of these rules: `["first"]`.', "in")
    kinds: list[str] | None = by("kind", 'On changes of one of these kinds: `["ticket.claim"]`.', "in")
    settled_from: Long | None = by("settlement", "By the settlement of this number or a later one.", "from")
    settled_until: Long | None = by("settlement", "By a settlement before that of this number.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids, as `device:seq`.", "in")
    rev_from: Long | None = by(
        "rev", "Decided by a settlement that wrote at this rev or later: what is new.", "from"
    )
    and_: "list[VerdictFilter] | None" = combined("and", "all")
    or_: "list[VerdictFilter] | None" = combined("or", "any")
    not_: "VerdictFilter | None" = combined("not", "none")


@strawberry.enum(description="What verdicts can be ordered by.")
class VerdictOrderField(Enum):
    SETTLED = strawberry.enum_value("settlement", description="The settlement that decided it.")


@strawberry.input(description="One thing to order verdicts by.")
class VerdictOrder:
    field: VerdictOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


verdict_lists = lists(
    "verdict",
    "verdicts",
    AVerdict,
    VerdictFilter,
    VerdictOrder,
    Sort("settlement", True),
    Sort("position", True),
)
