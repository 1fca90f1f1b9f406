"""Lists of grids."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Sort
from schema.fields import field
from schema.filters import by, by_words, combined, conditions, related, sorts
from schema.policies import Policy
from schema.types.enums import Direction
from schema.types.lazy import ACommunityFilter, AGrid, AMemberFilter, APostFilter, ATicketFilter
from schema.types.scalars import Long


@strawberry.input(description="Which grids. All that is said must hold; null asks for nothing.")
class GridFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    codes: list[str] | None = by("code", 'With one of these codes: `["LY-1"]`.', "in")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by("rev", "Changed at this rev or later.", "from")
    in_community: ACommunityFilter | None = related("in_community", "Of such a community.")
    members: AMemberFilter | None = related("members", "To which such a member reports.")
    tickets: ATicketFilter | None = related("tickets", "In which there is such a ticket.")
    posts: APostFilter | None = related("posts", "Which has such a post.")
    search: str | None = by_words('In its code or its name, in either language: `{search: "一格"}`.')
    and_: "list[GridFilter] | None" = combined("and", "all")
    or_: "list[GridFilter] | None" = combined("or", "any")
    not_: "GridFilter | None" = combined("not", "none")


@strawberry.enum(description="What grids can be ordered by.")
class GridOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    NAME = strawberry.enum_value("name_zh", description="The Chinese name, by its letters' numbers.")
    NAME_EN = strawberry.enum_value("name_en", description="The English name.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order grids by.")
class GridOrder:
    field: GridOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


Filter = Annotated[GridFilter | None, strawberry.argument(description="Which grids.")]
Order = Annotated[
    list[GridOrder] | None,
    strawberry.argument(description="In which order, the first counts most; by code unless said."),
]


def grids(policy: Policy, description: str, within: str | None = None) -> Any:
    """A field with a list of grids: all of them, or those whose column `within` holds the parent's id."""

    def read(
        root: Any,
        info: Info,
        filter: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AGrid]:
        found: Connection[AGrid] = connect(
            info,
            "grid",
            conditions(info.context, filter),
            sorts(order, Sort("code", False)),
            first=first,
            after=after,
            last=last,
            before=before,
            within=parent(within, root),
        )
        return found

    return field(policy, description)(read)
