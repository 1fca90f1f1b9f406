"""Lists of services: what was done, by whom, when and for which ticket."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Sort
from schema.fields import field
from schema.filters import by, by_day, by_moment, combined, conditions, related, sorts
from schema.policies import Policy
from schema.types.enums import Direction, ServiceState
from schema.types.lazy import AActivityFilter, AGridFilter, AMemberFilter, AService, ATicketFilter
from schema.types.scalars import Date, DateTime, Long


@strawberry.input(description="Which services. All that is said must hold; null asks for nothing.")
class ServiceFilter:
    community: strawberry.ID | None = by("community", "In this community.")
    grid: strawberry.ID | None = by("grid", "In this grid.")
    member: strawberry.ID | None = by("person", "By this member (or an alias of theirs).")
    ticket: strawberry.ID | None = by("ticket", "For this ticket.")
    activity: strawberry.ID | None = by("activity", "For this activity.")
    states: list[ServiceState] | None = by("state", "In one of these states.", "in")
    categories: list[str] | None = by("category", "In one of these categories, by code.", "in")
    on_duty: bool | None = by("on_duty", "Within working hours, or out of them.")
    day_from: Date | None = by_day("day", "Begun on this local day or later.", "from")
    day_until: Date | None = by_day("day", "Begun before this local day.", "until")
    start_from: DateTime | None = by_moment("start", "Begun at this moment or later.", "from")
    start_until: DateTime | None = by_moment("start", "Begun before this moment.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    grids: list[strawberry.ID] | None = by("grid", "In one of these grids.", "in")
    rev_from: Long | None = by("rev", "Changed at this rev or later.", "from")
    done_by: AMemberFilter | None = related("member", "Done by such a member.")
    done_for: ATicketFilter | None = related("ticket", "Done for such a ticket.")
    in_grid: AGridFilter | None = related("in_grid", "In such a grid.")
    at: AActivityFilter | None = related("at", "Done at such an activity.")
    and_: "list[ServiceFilter] | None" = combined("and", "all")
    or_: "list[ServiceFilter] | None" = combined("or", "any")
    not_: "ServiceFilter | None" = combined("not", "none")


@strawberry.enum(description="What services can be ordered by.")
class ServiceOrderField(Enum):
    START = strawberry.enum_value("start", description="When it began.")
    RECORDED_AT = strawberry.enum_value("deed", description="When it was recorded.")
    STATE = strawberry.enum_value("state", description="What became of it.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order services by.")
class ServiceOrder:
    field: ServiceOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


Filter = Annotated[ServiceFilter | None, strawberry.argument(description="Which services.")]
Order = Annotated[
    list[ServiceOrder] | None,
    strawberry.argument(description="In which order, the first counts most; the newest first unless said."),
]


def services(policy: Policy, description: str, within: str | None = None) -> Any:
    """A field with a list of services: all of them, or those whose column `within` holds the parent's id."""

    def read(
        root: Any,
        info: Info,
        filter: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AService]:
        found: Connection[AService] = connect(
            info,
            "service",
            conditions(info.context, filter),
            sorts(order, Sort("start", True)),
            first=first,
            after=after,
            last=last,
            before=before,
            within=parent(within, root),
        )
        return found

    return field(policy, description)(read)
