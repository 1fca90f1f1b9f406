"""Lists of duties: what was recorded, and what is owed (sync/rules/duties.py)."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.context import Condition, Context, Sort
from schema.fields import field
from schema.filters import by, by_moment, combined, related
from schema.loaders import load
from schema.policies import SIGNED
from schema.types.duty import OwedDuty
from schema.types.enums import Direction, DutyKind, DutyState, OwedState
from schema.types.lazy import ADuty, AUnitFilter
from schema.types.listing import lists
from schema.types.scalars import Date, DateTime, Long
from sync.rules.duties import owed
from sync.shapes import format_time

MOST_UNITS = 500
MOST_RECORDS = 50_000
"""How many are read at once: more than a community has in two years."""


@strawberry.input(description="Which duties. All that is said must hold; null asks for nothing.")
class DutyFilter:
    community: strawberry.ID | None = by("community", "For this community.")
    unit: strawberry.ID | None = by("unit", "Of this unit.")
    kinds: list[DutyKind] | None = by("kind", "One of these kinds.", "in")
    periods: list[str] | None = by("period", 'For one of these periods: `["2026-11", "2026-Q4"]`.', "in")
    states: list[DutyState] | None = by("state", "In one of these states.", "in")
    done_from: DateTime | None = by_moment("at", "Done on the day of this moment or later.", "from")
    done_until: DateTime | None = by_moment("at", "Done on a day that begins before this moment.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    of_unit: AUnitFilter | None = related("of_unit", "By such a unit.")
    and_: "list[DutyFilter] | None" = combined("and", "all")
    or_: "list[DutyFilter] | None" = combined("or", "any")
    not_: "DutyFilter | None" = combined("not", "none")


@strawberry.enum(description="What duties can be ordered by.")
class DutyOrderField(Enum):
    ON = strawberry.enum_value("at", description="The day it was done on.")
    PERIOD = strawberry.enum_value("period", description="The period, by its code.")
    REV = strawberry.enum_value("rev", description="When it last changed, by its rev.")


@strawberry.input(description="One thing to order duties by.")
class DutyOrder:
    field: DutyOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


duties = lists("duty", "duties", ADuty, DutyFilter, DutyOrder, Sort("at", True))

Where = Annotated[strawberry.ID, strawberry.argument(description="The community to which they are owed.")]
Whose = Annotated[strawberry.ID | None, strawberry.argument(description="By this unit alone.")]
On = Annotated[Date | None, strawberry.argument(description="As of this local day; today unless said.")]
States = Annotated[
    list[OwedState] | None, strawberry.argument(description="Only what is in one of these states.")
]


@strawberry.type
class Owing:
    """The query for what is owed."""

    @field(
        SIGNED,
        "What the linked units owe a community: each present month, quarter, half-year and year, and what is"
        " overdue, a year back. Null where there is no such community that you may see.",
    )
    async def duties_owed(
        self, info: Info, community: Where, unit: Whose = None, on: On = None, states: States = None
    ) -> list[OwedDuty] | None:
        context: Context = info.context
        there = await load(context, "community", community)
        if there is None:
            return None
        now = format_time(context.now() + there.row.utc_offset * 60_000)
        found = await _owed(context, community, unit, now[:10] if on is None else str(on))
        return [one for one in found if states is None or OwedState(one.owed.state) in states]


async def _owed(context: Context, community: str, unit: str | None, today: str) -> list[OwedDuty]:
    here = Condition("community", "is", community)
    units = await context.store.listing("unit", (here,), MOST_UNITS)
    counted = (here, Condition("state", "is", "COUNTED"), Condition("on", "until", f"{today}~"))
    done: dict[str, dict[tuple[str, str], Any]] = {}
    for duty in await context.store.listing("duty", counted, MOST_RECORDS):
        done.setdefault(duty.unit, {})[duty.kind, duty.period] = duty
    return [
        OwedDuty(of=row.id, owed=one)
        for row in units
        if unit in {None, row.id}
        for one in owed(done.get(row.id, {}), row.linked_on, today)
    ]
