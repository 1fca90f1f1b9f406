"""Lists of teams. Teams may always be ordered by their points; people only where the district says so."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_words, combined, related
from schema.types.enums import Direction
from schema.types.lazy import AActivityFilter, AMemberFilter, ATeam
from schema.types.listing import lists
from schema.types.scalars import Long


@strawberry.input(description="Which teams. All that is said must hold; null asks for nothing.")
class TeamFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    codes: list[str] | None = by("code", 'With one of these codes: `["green"]`.', "in")
    themes: list[str] | None = by("theme", "For one of these themes.", "in")
    member: strawberry.ID | None = by(
        "holders", "That this member is in, or was at any time; none for readers.", "names"
    )
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    members: AMemberFilter | None = related(
        "members", 'That such a member is in, or was at any time; none for readers: `{skill: "law"}`.'
    )
    activities: AActivityFilter | None = related(
        "activities", 'Which had such a session: `{dayFrom: "2026-11-01"}`.'
    )
    search: str | None = by_words('In its code or its name, in either language: `{search: "环保"}`.')
    and_: "list[TeamFilter] | None" = combined("and", "all")
    or_: "list[TeamFilter] | None" = combined("or", "any")
    not_: "TeamFilter | None" = combined("not", "none")


@strawberry.enum(description="What teams can be ordered by.")
class TeamOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    NAME = strawberry.enum_value("name_zh", description="The Chinese name, by its letters' numbers.")
    NAME_EN = strawberry.enum_value("name_en", description="The English name.")
    POINTS = strawberry.enum_value("points", description="The points of the whole team.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order teams by.")
class TeamOrder:
    field: TeamOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


teams = lists("team", "teams", ATeam, TeamFilter, TeamOrder, Sort("code", False))
