"""Statistics: the figures of schema/figures.py for any period and place, each with the records behind it."""

from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect
from schema.context import Condition, Context, Sort
from schema.fields import LanguageArgument, field
from schema.figures import FIGURES, Counted, Figure, Period, Waiting
from schema.policies import STAFF, WITHIN
from schema.types.enums import TicketState
from schema.types.honours import By, HonourBy, HonourLine, rolled
from schema.types.honours import First as Lines
from schema.types.language import Language
from schema.types.node import Node
from schema.types.scalars import DateTime, Long, milliseconds


@strawberry.input(description="Of what figures are asked. All that is said must hold.")
class StatisticsFilter:
    start: DateTime | None = strawberry.field(name="from", description="From this moment on.", default=None)
    until: DateTime | None = strawberry.field(description="Before this moment.", default=None)
    community: strawberry.ID | None = strawberry.field(description="In this community.", default=None)
    grid: strawberry.ID | None = strawberry.field(description="In this grid.", default=None)
    unit: strawberry.ID | None = strawberry.field(
        description="By this unit's members; tickets that one of them has taken.", default=None
    )
    category: str | None = strawberry.field(description="In this category, by code.", default=None)
    team: strawberry.ID | None = strawberry.field(
        description="In this team's sessions, and what was earned there.", default=None
    )

    def period(self) -> Period:
        return Period(
            start=None if self.start is None else milliseconds(self.start),
            until=None if self.until is None else milliseconds(self.until),
            community=self.community,
            grid=self.grid,
            unit=self.unit,
            category=self.category,
            team=self.team,
        )


Filter = Annotated[StatisticsFilter | None, strawberry.argument(description="Of what.")]


def _records(
    info: Info,
    collection: str,
    conditions: tuple[Condition, ...],
    order: str,
    pages: tuple[int | None, str | None, int | None, str | None],
) -> Any:
    first, after, last, before = pages
    return connect(
        info, collection, conditions, (Sort(order, True),), first=first, after=after, last=last, before=before
    )


@strawberry.type(description="One figure, and the records behind it.")
class StatisticsFigure:
    figure: strawberry.Private[Figure]
    counted: strawberry.Private[Counted]

    @field(WITHIN, "Its stable name: `personTimes`.")
    def name(self) -> str:
        return self.figure.name

    @field(WITHIN, "What it is, in words.")
    def title(self, language: LanguageArgument = Language.ZH) -> str:
        return self.figure.zh if language is Language.ZH else self.figure.en

    @field(
        WITHIN,
        "How many; null for an average of nothing, and of what it cannot be had (`reason`): points are earned in a grid"
        " and spent by a member, so that no grid has a balance.",
    )
    def value(self) -> Long | None:
        value = self.counted.figures[self.figure.name]
        return None if value is None else Long(value)

    @field(WITHIN, "Why it cannot be had of what was asked; null where it can.")
    def reason(self, language: LanguageArgument = Language.ZH) -> str | None:
        unasked = self.counted.period.unasked(self.figure)
        if unasked is None:
            return None
        return unasked.zh if language is Language.ZH else unasked.en

    @field(
        WITHIN,
        "The records behind it: tickets, services, sessions, duties, evaluations, teams, redemptions, rewards or ledger"
        " entries, the newest first. Of an average those that it is of.",
    )
    def records(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Node]:
        conditions = self.counted.period.conditions(self.figure)
        pages = (first, after, last, before)
        found: Connection[Node] = _records(
            info, self.figure.collection, conditions, self.figure.ordered_by, pages
        )
        return found


@strawberry.type(description="Unfinished tickets of one state and age.")
class WaitingTickets:
    row: strawberry.Private[Waiting]
    counted: strawberry.Private[Counted]

    @field(WITHIN, "The state.")
    def state(self) -> TicketState:
        return TicketState(self.row.state)

    @field(WITHIN, "Open for at least so many days.")
    def days(self) -> int:
        return self.row.days

    @field(WITHIN, "And for fewer than so many; null for any number.")
    def below(self) -> int | None:
        return self.row.below

    @field(WITHIN, "How many.")
    def count(self) -> int:
        return self.row.tickets

    @field(WITHIN, "The tickets, the newest first.")
    def records(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Node]:
        conditions = self.row.conditions(self.counted.period, self.counted.now)
        found: Connection[Node] = _records(info, "ticket", conditions, "opened", (first, after, last, before))
        return found


@strawberry.type(description="What was done, and what waits.")
class Statistics:
    counted: strawberry.Private[Counted]

    @field(WITHIN, "The figures, of the rows that you may see.")
    def figures(self) -> list[StatisticsFigure]:
        return [StatisticsFigure(figure=one, counted=self.counted) for one in FIGURES.values()]

    @field(WITHIN, "Unfinished tickets by state and age, as of now; the period does not count here.")
    def waiting(self) -> list[WaitingTickets]:
        return [WaitingTickets(row=one, counted=self.counted) for one in self.counted.waiting]

    @field(
        WITHIN,
        "The honour roll of the community asked of, of the local days in which the period lies; the filter's other words"
        " do not count here. Null where no community is asked of.",
    )
    async def honour_roll(
        self, info: Info, by: By = HonourBy.TEAM, first: Lines = 10
    ) -> list[HonourLine] | None:
        period = self.counted.period
        if period.community is None:
            return None
        return await rolled(info.context, period.community, by, period.days, first)


@strawberry.type
class Counting:
    """The query for statistics."""

    @field(
        STAFF,
        "Sessions, person-times, deeds, hours, times to accept and finish, and points: of any period and place.",
    )
    async def statistics(self, info: Info, filter: Filter = None) -> Statistics:
        context: Context = info.context
        period = Period() if filter is None else filter.period()
        return Statistics(counted=await context.hub.count(context.signed(), period))
