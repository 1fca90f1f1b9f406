"""Lists of tablets, and when they were last heard of."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_moment, combined
from schema.types.enums import Direction
from schema.types.lazy import ADevice
from schema.types.listing import lists
from schema.types.scalars import DateTime, Long


@strawberry.input(description="Which tablets. All that is said must hold; null asks for nothing.")
class DeviceFilter:
    community: strawberry.ID | None = by("community", "Of this community.")
    ids: list[strawberry.ID] | None = by("device", "With one of these ids.", "in")
    revoked: bool | None = by("revoked_at", "Revoked, or not.", "there")
    cloned: bool | None = by("cloned_at", "Of which a second with its identity was noticed, or not.", "there")
    renewed: bool | None = by("renews", "Which continue another, or not.", "there")
    pushed_from: DateTime | None = by_moment(
        "last_push_at", "Which uploaded at this moment or later.", "from"
    )
    pushed_until: DateTime | None = by_moment(
        "last_push_at", "Which uploaded, but last before this moment: who has been silent since?", "until"
    )
    pulled_until: DateTime | None = by_moment(
        "last_pull_at", "Which last asked for news before this.", "until"
    )
    rev_from: Long | None = by("rev", "Assigned at this rev or later.", "from")
    and_: "list[DeviceFilter] | None" = combined("and", "all")
    or_: "list[DeviceFilter] | None" = combined("or", "any")
    not_: "DeviceFilter | None" = combined("not", "none")


@strawberry.enum(description="What tablets can be ordered by.")
class DeviceOrderField(Enum):
    NAME = strawberry.enum_value("name", description="What its people call it.")
    ENROLLED_AT = strawberry.enum_value("enrolled_at", description="When it was enrolled.")
    LAST_PUSH_AT = strawberry.enum_value(
        "last_push_at", description="When it last uploaded; those that never did come first."
    )
    LAST_PULL_AT = strawberry.enum_value("last_pull_at", description="When it last asked for what is new.")


@strawberry.input(description="One thing to order tablets by.")
class DeviceOrder:
    field: DeviceOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


device_lists = lists("device", "tablets", ADevice, DeviceFilter, DeviceOrder, Sort("name", False))
