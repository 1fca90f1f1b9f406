"""Lists of activities: organised sessions, when and whose."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_day, by_moment, by_words, combined, related
from schema.types.enums import Direction
from schema.types.lazy import AGridFilter, AnActivity, AServiceFilter
from schema.types.listing import lists
from schema.types.scalars import Date, DateTime, Long


@strawberry.input(description="Which activities. All that is said must hold; null asks for nothing.")
class ActivityFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    grid: strawberry.ID | None = by("grid", "Of this very grid.")
    team: strawberry.ID | None = by("team", "Of this team.")
    categories: list[str] | None = by("category", "In one of these categories, by code.", "in")
    on_duty: bool | None = by("on_duty", "Within working hours, or out of them.")
    member: strawberry.ID | None = by("members", "At which this member signed in; none for readers.", "names")
    day_from: Date | None = by_day("day", "On this local day or later.", "from")
    day_until: Date | None = by_day("day", "Before this local day.", "until")
    start_from: DateTime | None = by_moment("start", "Begun at this moment or later.", "from")
    start_until: DateTime | None = by_moment("start", "Begun before this moment.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    in_grid: AGridFilter | None = related("in_grid", "In such a grid.")
    services: AServiceFilter | None = related("services", "At which such a service was done.")
    search: str | None = by_words('In title, category or place: `{search: "清洁"}`.')
    and_: "list[ActivityFilter] | None" = combined("and", "all")
    or_: "list[ActivityFilter] | None" = combined("or", "any")
    not_: "ActivityFilter | None" = combined("not", "none")


@strawberry.enum(description="What activities can be ordered by.")
class ActivityOrderField(Enum):
    START = strawberry.enum_value("start", description="When it was announced to begin.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order activities by.")
class ActivityOrder:
    field: ActivityOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


activities = lists("activity", "activities", AnActivity, ActivityFilter, ActivityOrder, Sort("start", True))
