"""Lists of point entries: the ledger. Readers see what was earned where, and never by whom."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Sort
from schema.errors import Fault
from schema.fields import field
from schema.filters import by, by_day, combined, conditions, each, sorts
from schema.policies import PERSONS, Policy
from schema.types.enums import Direction, PointEntryKind
from schema.types.lazy import APointEntry
from schema.types.scalars import Date, Long

PERSONAL = frozenset({"person", "source"})


@strawberry.input(description="Which point entries. All that is said must hold; null asks for nothing.")
class PointEntryFilter:
    community: strawberry.ID | None = by("community", "In this community.")
    member: strawberry.ID | None = by("person", "Of this member and their aliases. Not for readers.")
    rule: strawberry.ID | None = by("rule", "By this point rule.")
    team: strawberry.ID | None = by("team", "Earned in this team's activities.")
    source: strawberry.ID | None = by("source", "For this service or redemption. Not for readers.")
    day_from: Date | None = by_day("day", "For this local day or later.", "from")
    day_until: Date | None = by_day("day", "For a day before this.", "until")
    points_from: int | None = by("points", "Of so many points or more.", "from")
    points_until: int | None = by(
        "points", "Of fewer points than this; below zero are reversals and what was redeemed.", "until"
    )
    kinds: list[PointEntryKind] | None = by("kind", "Of one of these kinds.", "in")
    rules: list[strawberry.ID] | None = by("rule", "By one of these point rules.", "in")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Posted by a settlement that wrote at this rev or later: what is new.", "from"
    )
    and_: "list[PointEntryFilter] | None" = combined("and", "all")
    or_: "list[PointEntryFilter] | None" = combined("or", "any")
    not_: "PointEntryFilter | None" = combined("not", "none")


@strawberry.enum(description="What point entries can be ordered by.")
class PointEntryOrderField(Enum):
    AT = strawberry.enum_value("at", description="When it was posted.")
    DAY = strawberry.enum_value("day", description="The local day it is for.")


@strawberry.input(description="One thing to order point entries by.")
class PointEntryOrder:
    field: PointEntryOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


Filter = Annotated[PointEntryFilter | None, strawberry.argument(description="Which point entries.")]
Order = Annotated[
    list[PointEntryOrder] | None,
    strawberry.argument(description="In which order, the first counts most; the newest first unless said."),
]


def point_entries(policy: Policy, description: str, within: str | None = None) -> Any:
    """A field with a list of entries: all of them, or those whose column `within` holds the parent's id."""

    def read(
        root: Any,
        info: Info,
        filter: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[APointEntry] | None:
        asked = conditions(info.context, filter)
        if any(one.name in PERSONAL for one in each(asked)) and not PERSONS.allows(info.context.author):
            raise Fault("FORBIDDEN")
        found: Connection[APointEntry] = connect(
            info,
            "pointEntry",
            asked,
            sorts(order, Sort("at", True)),
            first=first,
            after=after,
            last=last,
            before=before,
            within=parent(within, root),
        )
        return found

    return field(policy, description)(read)
