"""Lists of members. Aliases are left out unless asked for; nobody is ranked where ranking is off."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Condition, Sort
from schema.errors import Fault
from schema.fields import field
from schema.filters import by, by_moment, by_words, combined, conditions, flag, related, sorts
from schema.policies import Policy
from schema.types.enums import Direction, Standing
from schema.types.lazy import AGridFilter, AMember, APostFilter, AServiceFilter, ATicketFilter, AUnitFilter
from schema.types.scalars import DateTime, Long

POINTS = "points"


@strawberry.input(description="Which members. All that is said must hold; null asks for nothing.")
class MemberFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    unit: strawberry.ID | None = by("unit", "Of this unit.")
    grid: strawberry.ID | None = by("grid", "Who report to this grid.")
    number: str | None = by("number", "With this number in their unit.")
    standings: list[Standing] | None = by("standing", "Of one of these standings.", "in")
    skill: str | None = by("skills", "With this skill, by its code: `first-aid`.", "has")
    with_aliases: bool | None = flag(
        "Also those who were registered twice and are read as another member; at the top of a list's filter."
    )
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    units: list[strawberry.ID] | None = by("unit", "Of one of these units.", "in")
    grids: list[strawberry.ID] | None = by("grid", "Who report to one of these grids.", "in")
    registered_from: DateTime | None = by_moment("registered", "Registered at this moment or later.", "from")
    registered_until: DateTime | None = by_moment("registered", "Registered before this moment.", "until")
    rev_from: Long | None = by("rev", "Changed at this rev or later.", "from")
    search: str | None = by_words("In name or number.")
    tickets: ATicketFilter | None = related("tickets", "Who have taken such a ticket.")
    services: AServiceFilter | None = related("services", "Who have done such a service.")
    in_grid: AGridFilter | None = related("in_grid", "Who report to such a grid.")
    of_unit: AUnitFilter | None = related("of_unit", "Of such a unit.")
    posts: APostFilter | None = related(
        "posts", "Who hold such a post, or held it at any time; none for readers."
    )
    and_: "list[MemberFilter] | None" = combined("and", "all")
    or_: "list[MemberFilter] | None" = combined("or", "any")
    not_: "MemberFilter | None" = combined("not", "none")


@strawberry.enum(description="What members can be ordered by.")
class MemberOrderField(Enum):
    NUMBER = strawberry.enum_value("number", description="Their number in their unit.")
    NAME = strawberry.enum_value("name", description="Their name.")
    REGISTERED_AT = strawberry.enum_value("registered", description="When they were registered.")
    REV = strawberry.enum_value("rev", description="When they last changed, by the rev.")
    POINTS = strawberry.enum_value(
        POINTS, description="Their points. Refused with RANKING_OFF while ranking individuals is off."
    )


@strawberry.input(description="One thing to order members by.")
class MemberOrder:
    field: MemberOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


Filter = Annotated[MemberFilter | None, strawberry.argument(description="Which members.")]
Order = Annotated[
    list[MemberOrder] | None,
    strawberry.argument(description="In which order, the first counts most; by number unless said."),
]


def members(policy: Policy, description: str, within: str | None = None) -> Any:
    """A field with a list of members: all of them, or those whose column `within` holds the parent's id."""

    async def read(
        root: Any,
        info: Info,
        filter: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AMember]:
        asked = [*conditions(info.context, filter)]
        if filter is None or filter.with_aliases is not True:
            asked.append(Condition("alias_of", "null", True))
        by_columns = sorts(order, Sort("number", False))
        if any(sort.name == POINTS for sort in by_columns):
            await _refuse_ranking(info, asked)
        found: Connection[AMember] = connect(
            info,
            "member",
            asked,
            by_columns,
            first=first,
            after=after,
            last=last,
            before=before,
            within=parent(within, root),
        )
        return found

    return field(policy, description)(read)


async def _refuse_ranking(info: Info, asked: list[Condition]) -> None:
    """Raise Fault RANKING_OFF unless every community that the list may reach has switched it on."""
    community = next((one.value for one in asked if one.name == "community"), None)
    if not await info.context.store.ranking(community):
        raise Fault("RANKING_OFF")
