"""Lists of posts: who holds what, and what stands empty."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_local_day, by_words, combined, related
from schema.types.enums import Direction
from schema.types.lazy import AGridFilter, AMemberFilter, APost
from schema.types.listing import lists
from schema.types.scalars import Date, Long


@strawberry.input(description="Which posts. All that is said must hold; null asks for nothing.")
class PostFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    grid: strawberry.ID | None = by("grid", "Of this very grid.")
    codes: list[str] | None = by("code", 'With one of these codes: `["help-desk"]`.', "in")
    holder: strawberry.ID | None = by(
        "holders", "That this member holds, or held at any time; none for readers.", "names"
    )
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    on: Date | None = by("offered", 'Whose term this local day is a part of: `{on: "2026-11-23"}`.')
    vacant_on: Date | None = by_local_day(
        "vacant",
        'With a free seat on this local day, as `vacant(on: …)` counts: `{vacantOn: "2026-11-23", skill: "law"}`.',
    )
    skill: str | None = by(
        "skills", "For which this skill is wished for, by the community's code: `law`.", "lists"
    )
    in_grid: AGridFilter | None = related("in_grid", "In such a grid.")
    holders: AMemberFilter | None = related(
        "holders", "That such a member holds, or held at any time; none for readers."
    )
    search: str | None = by_words('In its code or its name, in either language: `{search: "宣传"}`.')
    and_: "list[PostFilter] | None" = combined("and", "all")
    or_: "list[PostFilter] | None" = combined("or", "any")
    not_: "PostFilter | None" = combined("not", "none")


@strawberry.enum(description="What posts can be ordered by.")
class PostOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    NAME = strawberry.enum_value("name_zh", description="The Chinese name, by its letters' numbers.")
    NAME_EN = strawberry.enum_value("name_en", description="The English name.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order posts by.")
class PostOrder:
    field: PostOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


posts = lists("post", "posts", APost, PostFilter, PostOrder, Sort("code", False))
