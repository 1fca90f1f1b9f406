"""Lists of tickets: how they are filtered and ordered, wherever a type has tickets."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Sort
from schema.fields import field
from schema.filters import by, by_moment, conditions, sorts
from schema.policies import Policy
from schema.types.enums import Direction, Priority, TicketState
from schema.types.lazy import ATicket
from schema.types.scalars import DateTime


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
    due_until: DateTime | None = by("due", "Due before this moment.", "until")


@strawberry.enum(description="What tickets can be ordered by.")
class TicketOrderField(Enum):
    OPENED_AT = strawberry.enum_value("opened", description="When it was opened.")
    DUE = strawberry.enum_value("due", description="When it is due; those without come first.")
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
