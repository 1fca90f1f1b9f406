"""Lists of communities and villages."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_words, combined, related
from schema.types.enums import CommunityKind, Direction
from schema.types.grid_list import GridFilter
from schema.types.lazy import ACommunity
from schema.types.listing import lists
from schema.types.scalars import Long
from schema.types.unit_list import UnitFilter


@strawberry.input(description="Which communities. All that is said must hold; null asks for nothing.")
class CommunityFilter:
    codes: list[str] | None = by("code", 'With one of these codes: `["LY"]`.', "in")
    kinds: list[CommunityKind] | None = by("kind", "Of one of these kinds.", "in")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by("rev", "Changed at this rev or later.", "from")
    grids: GridFilter | None = related("grids", "Which have such a grid.")
    units: UnitFilter | None = related("units", "To which such a unit is linked.")
    search: str | None = by_words('In its code or its name, in either language: `{search: "乐邑"}`.')
    and_: "list[CommunityFilter] | None" = combined("and", "all")
    or_: "list[CommunityFilter] | None" = combined("or", "any")
    not_: "CommunityFilter | None" = combined("not", "none")


@strawberry.enum(description="What communities can be ordered by.")
class CommunityOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    NAME = strawberry.enum_value("name_zh", description="The Chinese name, by its letters' numbers.")
    NAME_EN = strawberry.enum_value("name_en", description="The English name.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order communities by.")
class CommunityOrder:
    field: CommunityOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


communities = lists(
    "community", "communities", ACommunity, CommunityFilter, CommunityOrder, Sort("code", False)
)
