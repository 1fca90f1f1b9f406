"""The honour roll (四个合格评选): who earned most in a period. Teams, units and grids; members only where a community ranks them."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.errors import Fault
from schema.fields import field
from schema.loaders import load
from schema.policies import PERSONS, SIGNED, WITHIN
from schema.types.lazy import AGrid, AMember, ATeam, AUnit
from schema.types.scalars import Date, Long, day_number
from schema.values import Honour

MOST = 100


@strawberry.enum(description="Whose honour roll it is.")
class HonourBy(Enum):
    TEAM = strawberry.enum_value("team", description="Of teams, by what was earned for them.")
    UNIT = strawberry.enum_value("unit", description="Of units.")
    GRID = strawberry.enum_value("grid", description="Of grids.")
    MEMBER = strawberry.enum_value(
        "member",
        description="Of members. Refused with RANKING_OFF while the community does not rank individuals.",
    )


@strawberry.type(description="One line of an honour roll.")
class HonourLine:
    row: strawberry.Private[Honour]
    by: strawberry.Private[str]

    @field(WITHIN, "The place; who has as many points shares it.")
    def place(self) -> int:
        return self.row.place

    @field(WITHIN, "The points earned in the period; what was redeemed is not taken off.")
    def points(self) -> Long:
        return Long(self.row.points)

    @field(WITHIN, "How many members earned them.")
    def members(self) -> int:
        return self.row.members

    @field(
        PERSONS,
        "How many evaluations (定期评价) of periods that ended within found them qualified (合格) or excellent; null of teams.",
    )
    def qualified(self) -> int | None:
        return self.row.qualified

    @field(WITHIN, "The team, of a roll of teams.")
    async def team(self, info: Info) -> ATeam | None:
        return await load(info.context, "team", self.row.id) if self.by == "team" else None

    @field(WITHIN, "The unit, of a roll of units.")
    async def unit(self, info: Info) -> AUnit | None:
        return await load(info.context, "unit", self.row.id) if self.by == "unit" else None

    @field(WITHIN, "The grid, of a roll of grids.")
    async def grid(self, info: Info) -> AGrid | None:
        return await load(info.context, "grid", self.row.id) if self.by == "grid" else None

    @field(WITHIN, "The member, of a roll of members.")
    async def member(self, info: Info) -> AMember | None:
        return await load(info.context, "member", self.row.id) if self.by == "member" else None


Where = Annotated[strawberry.ID, strawberry.argument(description="In which community.")]
By = Annotated[HonourBy, strawberry.argument(description="Whose.")]
Start = Annotated[Date, strawberry.argument(name="from", description="For this local day or later.")]
End = Annotated[Date, strawberry.argument(description="For this local day or earlier.")]
First = Annotated[int, strawberry.argument(description=f"How many lines, at most {MOST}.")]


async def rolled(
    context: Context, community: str, by: HonourBy, days: Callable[[int], tuple[int, int]], first: int
) -> list[HonourLine] | None:
    """The roll of a community; `days` says of its offset in minutes which local days are meant."""
    there = await load(context, "community", community)
    if there is None:
        return None
    if by is HonourBy.MEMBER and not await context.store.ranking(community):
        raise Fault("RANKING_OFF")
    whose, most = str(by.value), max(1, min(first, MOST))
    meant = days(there.row.utc_offset)
    found = await context.hub.honour_roll(context.signed(), community, whose, meant, most)
    return [HonourLine(row=one, by=whose) for one in found]


@strawberry.type
class Honouring:
    """The query for an honour roll."""

    @field(
        SIGNED,
        "Who earned most points in a period, as far as you may see: teams, units or grids, and members where the community"
        " ranks individuals. Null where there is no such community that you may see.",
    )
    async def honour_roll(
        self,
        info: Info,
        community: Where,
        start: Start,
        until: End,
        by: By = HonourBy.TEAM,
        first: First = 10,
    ) -> list[HonourLine] | None:
        days = day_number(start), day_number(until)
        return await rolled(info.context, community, by, lambda _: days, first)
