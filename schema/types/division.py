"""Division: 定点, a proposal of how members are spread over grids, with the reasons; taken up as changes."""

from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import LanguageArgument, field
from schema.loaders import load
from schema.policies import OFFICE, WITHIN
from schema.types.language import Language, said
from schema.types.lazy import AGrid, AMember
from schema.types.scalars import Long
from schema.values import Proposed
from sync import division

Where = Annotated[strawberry.ID, strawberry.argument(description="The community's id.")]
Whose = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only the members of this unit; all of them unless said."),
]


@strawberry.type(description="How many of those with one skill a grid has, and would have.")
class SkillShare:
    row: strawberry.Private[tuple[str, int, int]]

    @field(WITHIN, "The skill's code.")
    def skill(self) -> str:
        return self.row[0]

    @field(WITHIN, "How many it has now.")
    def before(self) -> int:
        return self.row[1]

    @field(WITHIN, "How many it would have.")
    def after(self) -> int:
        return self.row[2]


@strawberry.type(description="One grid in a proposed division: counts are of those who are divided.")
class GridShare:
    row: strawberry.Private[division.Share]

    @field(WITHIN, "The grid.")
    async def grid(self, info: Info) -> AGrid:
        grid: AGrid = await load(info.context, "grid", self.row.grid)
        return grid

    @field(WITHIN, "How many it has now.")
    def before(self) -> int:
        return self.row.before

    @field(WITHIN, "How many it would have.")
    def after(self) -> int:
        return self.row.after

    @field(WITHIN, "The skills, from A to Z.")
    def skills(self) -> list[SkillShare]:
        before, after = self.row.skills_before, self.row.skills_after
        names = sorted(before.keys() | after.keys())
        return [SkillShare(row=(name, before.get(name, 0), after.get(name, 0))) for name in names]


@strawberry.type(description="One member who would report to another grid.")
class DivisionMove:
    row: strawberry.Private[division.Move]
    rev: strawberry.Private[int]
    terms: strawberry.Private[dict[str, dict[str, str]]]

    @field(WITHIN, "The member.")
    async def member(self, info: Info) -> AMember:
        member: AMember = await load(info.context, "member", self.row.member)
        return member

    @field(WITHIN, "The grid they report to now; null where they have none.")
    async def leaves(self, info: Info) -> AGrid | None:
        return None if self.row.leaves is None else await load(info.context, "grid", self.row.leaves)

    @field(WITHIN, "The grid they would report to.")
    async def joins(self, info: Info) -> AGrid:
        grid: AGrid = await load(info.context, "grid", self.row.joins)
        return grid

    @field(
        WITHIN, "The `rev` of the member on which this was built: the `saw` of the change that takes it up."
    )
    def saw(self) -> Long:
        return Long(self.rev)

    @field(WITHIN, "Why, in short sentences.")
    def reasons(self, language: LanguageArgument = Language.ZH) -> list[str]:
        return [said(told(one, self.terms), language) for one in self.row.why]


def told(why: division.Why, terms: dict[str, dict[str, str]]) -> dict[str, str]:
    """A reason in both languages; a skill by the community's word for it."""
    zh, en = division.REASONS[why.code]
    word = terms.get(why.skill) or {"zh": why.skill, "en": why.skill}
    return {
        "zh": zh.format(size=why.size, share=why.share, skill=word["zh"]),
        "en": en.format(size=why.size, share=why.share, skill=word["en"]),
    }


@strawberry.type(
    description=(
        "定点. A proposal: even in number, skills spread, nobody moved without need. Nothing has changed; `divide`"
        " takes up what is wanted of it."
    )
)
class Division:
    row: strawberry.Private[Proposed]
    terms: strawberry.Private[dict[str, dict[str, str]]]

    @field(WITHIN, "The grids, by id.")
    def grids(self) -> list[GridShare]:
        return [GridShare(row=one) for one in self.row.division.shares]

    @field(WITHIN, "Who would move, by id.")
    def moves(self) -> list[DivisionMove]:
        return [
            DivisionMove(row=one, rev=self.row.revs[one.member], terms=self.terms)
            for one in self.row.division.moves
        ]


def terms_of(community: Any) -> dict[str, dict[str, str]]:
    """What a community calls the skills that it lists, by code."""
    return {one["code"]: one["name"] for one in community.row.skills}


@strawberry.type
class Dividing:
    """The query for a division."""

    @field(
        OFFICE,
        "Propose an even division of a community's serving members over its grids, or of one unit's. Null where"
        " there is no such community or unit that you may see, or no grid; TOO_LARGE above 1,000 members.",
    )
    async def division(self, info: Info, community: Where, unit: Whose = None) -> Division | None:
        context: Context = info.context
        there = await load(context, "community", community)
        if there is None:
            return None
        found = await context.hub.propose_division(context.signed(), community, unit)
        return None if found is None else Division(row=found, terms=terms_of(there))
