"""Lists of tickets: how they are filtered and ordered, wherever a type has tickets."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Sort
from schema.fields import field
from schema.filters import by, by_moment, by_words, combined, conditions, related, sorts
from schema.policies import Policy
from schema.types.enums import Direction, Priority, TicketState
from schema.types.lazy import AGridFilter, AMemberFilter, AServiceFilter, ATicket
from schema.types.scalars import DateTime, Long


@strawberry.input(description="Which tickets. All that is said must hold; null asks for nothing.")
class TicketFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    grid: strawberry.ID | None = by("grid", "Of this grid.")
    states: list[TicketState] | None = by("state", "In one of these states.", "in")
    categories: list[str] | None = by("category", 'In one of these categories, by code: `["parking"]`.', "in")
    priorities: list[Priority] | None = by("priority", "Of one of these priorities.", "in")
    taker: strawberry.ID | None = by("taker", "Taken by this member (or an alias of theirs).", "has")
    tag: str | None = by("tags", "With this tag.", "has")
    opened_from: DateTime | None = by_moment("opened", "Opened at this moment or later.", "from")
    opened_until: DateTime | None = by_moment("opened", "Opened before this moment.", "until")
    done_from: DateTime | None = by_moment("done", "Done at this moment or later.", "from")
    done_until: DateTime | None = by_moment("done", "Done before this moment.", "until")
    due_from: DateTime | None = by_moment("due_at", "Due at this moment or later.", "from")
    due_until: DateTime | None = by_moment("due_at", "Due before this moment.", "until")
    paused: bool | None = by("is_paused", "Paused, or not.")
    escalation_at_least: int | None = by(
        "escalation", "Overdue: 1 for all that are, 2 for those that are the district's affair, too.", "from"
    )
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    grids: list[strawberry.ID] | None = by("grid", "Of one of these grids.", "in")
    rating_from: int | None = by("rating", "Rated so well or better, 1 to 5.", "from")
    rating_until: int | None = by("rating", "Rated less well than this.", "until")
    closed_from: DateTime | None = by_moment("closed", "Closed at this moment or later.", "from")
    closed_until: DateTime | None = by_moment("closed", "Closed before this moment.", "until")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    search: str | None = by_words(
        "In title or category; in the place as well, until the ticket is closed or cancelled."
    )
    takers: AMemberFilter | None = related("takers", "Taken by such a member.")
    services: AServiceFilter | None = related("services", "For which such a service was done.")
    in_grid: AGridFilter | None = related("in_grid", "In such a grid.")
    and_: "list[TicketFilter] | None" = combined("and", "all")
    or_: "list[TicketFilter] | None" = combined("or", "any")
    not_: "TicketFilter | None" = combined("not", "none")


@strawberry.enum(description="What tickets can be ordered by.")
class TicketOrderField(Enum):
    OPENED_AT = strawberry.enum_value("opened", description="When it was opened.")
    DUE = strawberry.enum_value("due_at", description="When it is due; those without come first.")
    STATE = strawberry.enum_value("state", description="How far it has come.")
    PRIORITY = strawberry.enum_value("priority", description="How urgent it is, LOW to URGENT.")
    CATEGORY = strawberry.enum_value("category", description="The category's code.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order tickets by.")
class TicketOrder:
    field: TicketOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


Filter = Annotated[TicketFilter | None, strawberry.argument(description="Which tickets.")]
Order = Annotated[
    list[TicketOrder] | None,
    strawberry.argument(description="In which order, the first counts most; the newest first unless said."),
]


def tickets(policy: Policy, description: str, within: str | None = None) -> Any:
    """A field with a list of tickets: all of them, or those whose column `within` holds the parent's id."""

    def read(
        root: Any,
        info: Info,
        filter: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ATicket]:
        found: Connection[ATicket] = connect(
            info,
            "ticket",
            conditions(info.context, filter),
            sorts(order, Sort("opened", True)),
            first=first,
            after=after,
            last=last,
            before=before,
            within=parent(within, root),
        )
        return found

    return field(policy, description)(read)
