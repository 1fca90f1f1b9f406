"""Lists of units: the workplaces linked to communities."""

from enum import Enum

import strawberry

from schema.context import Sort
from schema.filters import by, by_words, combined, related
from schema.types.duty_list import DutyFilter
from schema.types.enums import Direction
from schema.types.lazy import AMemberFilter, AUnit
from schema.types.listing import lists
from schema.types.scalars import Date, Long


@strawberry.input(description="Which units. All that is said must hold; null asks for nothing.")
class UnitFilter:
    community: strawberry.ID | None = by("community", "Linked to this community.")
    codes: list[str] | None = by("code", 'With one of these codes: `["LY-U01"]`.', "in")
    linked_from: Date | None = by("linked_on", "Linked on this local day or later.", "from")
    linked_until: Date | None = by("linked_on", "Linked before this local day.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by("rev", "Changed at this rev or later.", "from")
    members: AMemberFilter | None = related("members", "Which have such a member.")
    duties: DutyFilter | None = related("duties", "Which have done such a duty (四个一).")
    search: str | None = by_words('In its code or its name, in either language: `{search: "应急"}`.')
    and_: "list[UnitFilter] | None" = combined("and", "all")
    or_: "list[UnitFilter] | None" = combined("or", "any")
    not_: "UnitFilter | None" = combined("not", "none")


@strawberry.enum(description="What units can be ordered by.")
class UnitOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    NAME = strawberry.enum_value("name_zh", description="The Chinese name, by its letters' numbers.")
    NAME_EN = strawberry.enum_value("name_en", description="The English name.")
    LINKED_ON = strawberry.enum_value("linked_on", description="The day from which it is linked.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order units by.")
class UnitOrder:
    field: UnitOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


units = lists("unit", "units", AUnit, UnitFilter, UnitOrder, Sort("code", False))
