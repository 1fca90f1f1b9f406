"""Ordered service: who fits a ticket and why, a plan for all open tickets, and orders that may have been given twice."""

from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import LanguageArgument, field
from schema.loaders import load
from schema.policies import OFFICE, WITHIN
from schema.types.division import terms_of
from schema.types.language import Language, said
from schema.types.lazy import AMember, APost, ATicket, AUnit
from schema.types.scalars import Long
from schema.values import Planned
from sync import matching

MOST = 100

TicketArgument = Annotated[strawberry.ID, strawberry.argument(description="The ticket's id.")]
CommunityArgument = Annotated[strawberry.ID, strawberry.argument(description="The community's id.")]
LimitArgument = Annotated[int, strawberry.argument(description=f"How many at most, 1 to {MOST}.")]

Terms = dict[str, dict[str, str]]


def told(reason: matching.Reason, terms: Terms) -> dict[str, str]:
    """A reason in both languages; skills by the community's words for them."""
    weight = matching.WEIGHTS[reason.code]
    words = [terms.get(code) or {"zh": code, "en": code} for code in reason.skills]
    filled = {
        "count": reason.count,
        "days": matching.RECENT_DAYS,
        "resource": "、".join(reason.resources),
    }
    return {
        "zh": weight.zh.format(skill="、".join(word["zh"] for word in words), post=reason.post[0], **filled),
        "en": weight.en.format(skill=", ".join(word["en"] for word in words), post=reason.post[1], **filled),
    }


@strawberry.type(description="One reason for or against somebody, with what it is worth.")
class FitReason:
    row: strawberry.Private[matching.Reason]
    terms: strawberry.Private[Terms]

    @field(WITHIN, "The stable code: `SKILL`, `GRID`, `LOAD` …")
    def code(self) -> str:
        return self.row.code

    @field(WITHIN, "What it adds to the fit, or takes from it.")
    def points(self) -> int:
        return self.row.points

    @field(WITHIN, "In words.")
    def sentence(self, language: LanguageArgument = Language.ZH) -> str:
        return said(told(self.row, self.terms), language)


@strawberry.type(
    description="Who could take a ticket: a member, a unit or a post, how well they fit it, and why."
)
class Suggestion:
    row: strawberry.Private[matching.Suggestion]
    terms: strawberry.Private[Terms]

    @field(WITHIN, "The member, where it is one.")
    async def member(self, info: Info) -> AMember | None:
        found: Any = (
            await load(info.context, "member", self.row.id) if self.row.collection == "member" else None
        )
        member: AMember | None = found
        return member

    @field(WITHIN, "The unit, where it is one.")
    async def unit(self, info: Info) -> AUnit | None:
        found: Any = await load(info.context, "unit", self.row.id) if self.row.collection == "unit" else None
        unit: AUnit | None = found
        return unit

    @field(WITHIN, "The post, where it is one: whoever holds it.")
    async def post(self, info: Info) -> APost | None:
        found: Any = await load(info.context, "post", self.row.id) if self.row.collection == "post" else None
        post: APost | None = found
        return post

    @field(
        WITHIN,
        "How well they fit this one ticket: the sum of the reasons. It says nothing of anybody otherwise.",
    )
    def fit(self) -> int:
        return self.row.fit

    @field(WITHIN, "Why.")
    def reasons(self) -> list[FitReason]:
        return [FitReason(row=one, terms=self.terms) for one in self.row.reasons]


@strawberry.type(description="One seat of a plan, and the mutation that takes it up.")
class PlannedDispatch:
    row: strawberry.Private[Planned]
    terms: strawberry.Private[Terms]

    @field(WITHIN, "The ticket.")
    async def ticket(self, info: Info) -> ATicket:
        ticket: ATicket = await load(info.context, "ticket", self.row.ticket)
        return ticket

    @field(WITHIN, "The ticket's `rev` on which the plan was built: the `saw` of the dispatch.")
    def saw(self) -> Long:
        return Long(self.row.rev)

    @field(
        WITHIN,
        "By which mutation it is taken up: `ticketDispatch`, to `several` with all of `also`; or `ticketClaim` for a further"
        " seat of a ticket, once the member has agreed. One that is in `also` of another is taken up with that.",
    )
    def step(self) -> str:
        return self.row.step

    @field(WITHIN, "Who is to take it, and why.")
    def suggestion(self) -> Suggestion:
        return Suggestion(row=self.row.fit, terms=self.terms)

    @field(
        WITHIN,
        "Who is to take the further seats of a ticket that nobody has: one dispatch is to `several`, to all of them.",
    )
    def also(self) -> list[Suggestion]:
        return [Suggestion(row=one, terms=self.terms) for one in self.row.also]


@strawberry.type(
    description="A ticket that may be the same order again, by place, title, category and time alone."
)
class DuplicateHint:
    row: strawberry.Private[matching.Hint]

    @field(WITHIN, "The other ticket.")
    async def ticket(self, info: Info) -> ATicket:
        ticket: ATicket = await load(info.context, "ticket", self.row.ticket)
        return ticket

    @field(WITHIN, "How like the two are, 60 to 100.")
    def percent(self) -> int:
        return self.row.percent

    @field(WITHIN, "Whether it is the place that is alike.")
    def same_place(self) -> bool:
        return self.row.same_place

    @field(WITHIN, "How many days lie between the two.")
    def days_apart(self) -> int:
        return self.row.days_apart


async def _terms(context: Context, community: str) -> Terms:
    there = await load(context, "community", community)
    return {} if there is None else terms_of(there)


@strawberry.type
class Dispatching:
    """The queries of ordered service."""

    @field(
        OFFICE,
        "Who fits a ticket, the best first: members who can take one more, units, and posts that are for it. By"
        " skill, post, grid, load, hours, fairness and what units can lend, never by points; who gave it back comes last. Null where there is no such ticket that you may see.",
    )
    async def suggest_dispatch(
        self, info: Info, ticket: TicketArgument, limit: LimitArgument = 10
    ) -> list[Suggestion] | None:
        context: Context = info.context
        found = await context.hub.suggest_dispatch(context.signed(), ticket, max(1, min(limit, MOST)))
        if found is None:
            return None
        there = await load(context, "ticket", ticket)
        terms = await _terms(context, there.row.community)
        return [Suggestion(row=one, terms=terms) for one in found]

    @field(
        OFFICE,
        "A plan for all tickets of a community that lack somebody: one for each free seat, so that all together"
        " fit best and the more urgent come first. Null where there is no such community that you may see.",
    )
    async def plan_dispatch(self, info: Info, community: CommunityArgument) -> list[PlannedDispatch] | None:
        context: Context = info.context
        found = await context.hub.plan_dispatch(context.signed(), community)
        if found is None:
            return None
        terms = await _terms(context, community)
        return [PlannedDispatch(row=one, terms=terms) for one in found]

    @field(OFFICE, "The tickets that may be the same order as this one, the likest first; null as above.")
    async def duplicate_hints(self, info: Info, ticket: TicketArgument) -> list[DuplicateHint] | None:
        context: Context = info.context
        found = await context.hub.duplicate_hints(context.signed(), ticket)
        return None if found is None else [DuplicateHint(row=one) for one in found]
