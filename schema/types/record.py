"""What is on record of a member in a period: what an evaluation is drawn up from, and what a unit is given."""

import re
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.errors import Fault
from schema.fields import field
from schema.loaders import load, load_all
from schema.policies import APPRAISAL, PERSONS, SIGNED, WITHIN
from schema.types.enums import EvaluationGrade
from schema.types.evaluation import Evaluation
from schema.types.lazy import AMember, APointRule, AUnit
from schema.types.scalars import Date, Long
from schema.values import Evidence, Grading
from sync.kinds.evaluations import PERIOD_PATTERN
from sync.rules.evaluations import period_named


@strawberry.type(description="What one rule earned a member in a period.")
class RecordedPoints:
    of: strawberry.Private[str]
    sum: strawberry.Private[int]

    @field(WITHIN, "The rule; null where it is no more.")
    async def rule(self, info: Info) -> APointRule | None:
        found: APointRule | None = await load(info.context, "pointRule", self.of)
        return found

    @field(WITHIN, "The points.")
    def points(self) -> Long:
        return Long(self.sum)


@strawberry.type(description="What is on record of a member in a period. A person decides what it is worth.")
class MemberRecord:
    row: strawberry.Private[Evidence]
    code: strawberry.Private[str]

    @field(WITHIN, "The member.")
    async def member(self, info: Info) -> AMember | None:
        found: AMember | None = await load(info.context, "member", self.row.member)
        return found

    @field(WITHIN, "The period: `2026-11`, `2026-Q4` or `2026`.")
    def period(self) -> str:
        return self.code

    @field(WITHIN, "Its first local day.", name="from")
    def starts_on(self) -> Date:
        return Date(period_named(self.code).first)

    @field(WITHIN, "Its last local day.", name="until")
    def ends_on(self) -> Date:
        return Date(period_named(self.code).last)

    @field(WITHIN, "How many services count.")
    def services(self) -> int:
        return len(self.row.services)

    @field(WITHIN, "Minutes of service within working hours (八小时内).")
    def minutes_on_duty(self) -> int:
        return self.row.minutes(on_duty=True)

    @field(WITHIN, "Minutes of service out of working hours (八小时外).")
    def minutes_out_of_hours(self) -> int:
        return self.row.minutes(on_duty=False)

    @field(WITHIN, "Tickets on which the member sat and that were finished.")
    def tickets_finished(self) -> int:
        return len(self.row.tickets)

    @field(WITHIN, "How many ratings residents gave.")
    def ratings(self) -> int:
        return len(self.row.ratings)

    @field(WITHIN, "Their stars, added up.")
    def stars(self) -> int:
        return self.row.stars

    @field(WITHIN, "Sign-ins at activities.")
    def activities(self) -> int:
        return len(self.row.activities)

    @field(WITHIN, "Posts held on any of these days.")
    def posts(self) -> int:
        return len(self.row.posts)

    @field(WITHIN, "Duties of the unit (四个一) that the member did, and that count.")
    def duties(self) -> int:
        return len(self.row.duties)

    @field(WITHIN, "Points earned; what was redeemed is not taken off.")
    def points(self) -> Long:
        return Long(self.row.points)

    @field(WITHIN, "The same by rule.")
    def points_by_rule(self) -> list[RecordedPoints]:
        sums: dict[str, int] = {}
        for line in self.row.entries:
            sums[line["rule"]] = sums.get(line["rule"], 0) + line["points"]
        return [RecordedPoints(of=rule, sum=points) for rule, points in sums.items()]

    @field(WITHIN, "What was found of the member in this period, and in those that lie within it.")
    async def evaluations(self, info: Info) -> list[Evaluation]:
        found: Any = await load_all(info.context, "evaluation", [one["id"] for one in self.row.evaluations])
        return [one for one in found if one is not None]


@strawberry.type(description="How many members of a unit were given a grade.")
class EvaluationCount:
    row: strawberry.Private[Grading]

    @field(WITHIN, "The unit; null where you may not see it.")
    async def unit(self, info: Info) -> AUnit | None:
        found: AUnit | None = await load(info.context, "unit", self.row.unit)
        return found

    @field(WITHIN, "The grade.")
    def grade(self) -> EvaluationGrade:
        return EvaluationGrade(self.row.grade)

    @field(WITHIN, "How many.")
    def evaluations(self) -> int:
        return self.row.evaluations


Whom = Annotated[strawberry.ID, strawberry.argument(description="The member's id.")]
Where = Annotated[strawberry.ID, strawberry.argument(description="The community that evaluates.")]
Whose = Annotated[strawberry.ID, strawberry.argument(description="The unit's id.")]
When = Annotated[
    str, strawberry.argument(description="A month `2026-11`, a quarter `2026-Q4` or a year `2026`.")
]


def _checked(period: str) -> str:
    if not re.match(PERIOD_PATTERN, period):
        raise Fault("BAD_PERIOD")
    return period


@strawberry.type
class Recording:
    """The queries for what is on record of members."""

    @field(
        PERSONS,
        "What an evaluation of a member is drawn up from: what the member did for a community in a period. No"
        " grade is proposed; a person decides. Null for a member of whom you may not see so much.",
    )
    async def evaluation_draft(
        self, info: Info, member: Whom, community: Where, period: When
    ) -> MemberRecord | None:
        context: Context = info.context
        code = _checked(period)
        found = await context.hub.member_record(context.signed(), member, community, code)
        return None if found is None else MemberRecord(row=found, code=code)

    @field(
        APPRAISAL,
        "What a unit's members did in a period, wherever it was: for the year's appraisal. Null for a unit that"
        " is not yours. `/export/unit.xlsx` gives the same as a file, with the evidence behind each number.",
    )
    async def unit_record(self, info: Info, unit: Whose, period: When) -> list[MemberRecord] | None:
        context: Context = info.context
        code = _checked(period)
        found = await context.hub.unit_record(context.signed(), unit, code)
        return None if found is None else [MemberRecord(row=one, code=code) for one in found]

    @field(
        SIGNED,
        "How many members of each unit were given each grade in a period. Refused with RANKING_OFF while the"
        " community does not rank individuals; null where there is no such community that you may see.",
    )
    async def evaluation_counts(
        self, info: Info, community: Where, period: When
    ) -> list[EvaluationCount] | None:
        context: Context = info.context
        code = _checked(period)
        if await load(context, "community", community) is None:
            return None
        if not await context.store.ranking(community):
            raise Fault("RANKING_OFF")
        return [EvaluationCount(row=one) for one in await context.hub.gradings(community, code)]
