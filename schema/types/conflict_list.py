"""Lists of conflicts: what did not stand, and what waits for a person."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_moment, combined, related
from schema.types.enums import ConflictState, Direction
from schema.types.grid_list import GridFilter
from schema.types.lazy import AConflict
from schema.types.listing import lists
from schema.types.scalars import DateTime, Long


@strawberry.input(description="Which conflicts. All that is said must hold; null asks for nothing.")
class ConflictFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    grid: strawberry.ID | None = by("grid", "Of this grid.")
    grids: list[strawberry.ID] | None = by("grid", "Of one of these grids.", "in")
    entity: strawberry.ID | None = by("entity", "About the thing with this id.")
    entities: list[strawberry.ID] | None = by("entity", "About one of the things with these ids.", "in")
    states: list[ConflictState] | None = by("state", "In one of these states.", "in")
    rules: list[str] | None = by("rule", 'Decided by one of these rules: `["first"]`.', "in")
    things: list[str] | None = by("thing", 'About one of these: `["ticket", "member"]`.', "in")
    names: list[str] | None = by("field", 'About one of these fields: `["takers"]`.', "in")
    close_call: bool | None = by("close_call", "Closer than clocks can tell, or not.")
    opened_from: DateTime | None = by_moment("opened", "That came up at this moment or later.", "from")
    opened_until: DateTime | None = by_moment("opened", "That came up before this moment.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by("rev", "Changed at this rev or later.", "from")
    in_grid: GridFilter | None = related("in_grid", "In such a grid.")
    and_: "list[ConflictFilter] | None" = combined("and", "all")
    or_: "list[ConflictFilter] | None" = combined("or", "any")
    not_: "ConflictFilter | None" = combined("not", "none")


@strawberry.enum(description="What conflicts can be ordered by.")
class ConflictOrderField(Enum):
    OPENED_AT = strawberry.enum_value("opened", description="When it came up.")
    RULE = strawberry.enum_value("rule", description="The rule that decided it.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order conflicts by.")
class ConflictOrder:
    field: ConflictOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


conflict_lists = lists(
    "conflict", "conflicts", AConflict, ConflictFilter, ConflictOrder, Sort("opened", True)
)
