"""Lists of whistles: who was called to what, and who has not answered."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_moment, combined, related
from schema.types.enums import Direction, WhistleState
from schema.types.lazy import ATicketFilter, AWhistle
from schema.types.listing import lists
from schema.types.scalars import DateTime, Long


@strawberry.input(description="Which whistles. All that is said must hold; null asks for nothing.")
class WhistleFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    ticket: strawberry.ID | None = by("ticket", "For this ticket.")
    lead: strawberry.ID | None = by("lead", "Led by this unit.")
    called: strawberry.ID | None = by("called", "To which this unit was called.")
    states: list[WhistleState] | None = by("state", "In one of these states: `[OVERDUE, ESCALATED]`.", "in")
    deadline_from: DateTime | None = by_moment("deadline", "To be answered by this moment or later.", "from")
    deadline_until: DateTime | None = by_moment("deadline", "To be answered before this moment.", "until")
    blown_from: DateTime | None = by_moment("blown", "Blown at this moment or later.", "from")
    blown_until: DateTime | None = by_moment("blown", "Blown before this moment.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    for_ticket: ATicketFilter | None = related(
        "for_ticket", "For such a ticket, and one that you may see: `{priorities: [URGENT]}`."
    )
    and_: "list[WhistleFilter] | None" = combined("and", "all")
    or_: "list[WhistleFilter] | None" = combined("or", "any")
    not_: "WhistleFilter | None" = combined("not", "none")


@strawberry.enum(description="What whistles can be ordered by.")
class WhistleOrderField(Enum):
    BLOWN = strawberry.enum_value("blown", description="When it was blown.")
    DEADLINE = strawberry.enum_value("deadline", description="Until when each is to answer.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order whistles by.")
class WhistleOrder:
    field: WhistleOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


whistles = lists("whistle", "whistles", AWhistle, WhistleFilter, WhistleOrder, Sort("blown", True))
