"""Lists of teams. Teams may always be ordered by their points; people only where the district says so."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by
from schema.types.enums import Direction
from schema.types.lazy import ATeam
from schema.types.listing import lists


@strawberry.input(description="Which teams. All that is said must hold; null asks for nothing.")
class TeamFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    codes: list[str] | None = by("code", 'With one of these codes: `["green"]`.', "in")
    themes: list[str] | None = by("theme", "For one of these themes.", "in")
    member: strawberry.ID | None = by("holders", "That this member is in, or was at any time.", "names")


@strawberry.enum(description="What teams can be ordered by.")
class TeamOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    POINTS = strawberry.enum_value("points", description="The points of the whole team.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order teams by.")
class TeamOrder:
    field: TeamOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


teams = lists("team", "teams", ATeam, TeamFilter, TeamOrder, Sort("code", False))
