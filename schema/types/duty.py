"""Duty: 四个一, what a linked unit did for a community; and what it owes."""

from typing import Any

import strawberry
from strawberry.types.info import Info

from schema.fields import choice, column, conflicts, field, moment, shaped, to_one
from schema.loaders import load, shows
from schema.policies import PERSONS, SIGNED, STAFF, WITHIN
from schema.shapes import Person
from schema.types.enums import DutyKind, DutyState, OwedState
from schema.types.lazy import ACommunity, AMember, AUnit
from schema.types.node import Node
from schema.types.scalars import Date, DateTime, Long
from schema.types.step import history
from sync import things
from sync.rules.duties import Owed


@shows("duty")
@strawberry.type(
    description="四个一. One record of what a linked unit did for a community: of a period only one counts."
)
class Duty(Node):
    row: strawberry.Private[things.Duty]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "For which community.", "community")
    unit: AUnit | None = to_one(SIGNED, "Which unit.", "unit")
    kind: DutyKind = choice(SIGNED, "What.", DutyKind)
    period: str = column(SIGNED, "For which period: `2026-11`, `2026-Q4`, `2026-H2` or `2026`.")
    on: Date = column(SIGNED, "On which local day.")
    topic: str | None = column(SIGNED, "About what.")
    state: DutyState = choice(SIGNED, "Whether it counts.", DutyState)
    recorded_at: DateTime = moment(SIGNED, "When it was recorded.", "deed")
    reason: str | None = column(STAFF, "Why it was taken back.")
    conflicts = conflicts()
    history = history()

    by: AMember | None = shaped(PERSONS, "Who did it, where that was said.", Person("by"))


@strawberry.type(description="What a unit owes its community in one period.")
class OwedDuty:
    of: strawberry.Private[str]
    owed: strawberry.Private[Owed[Any]]

    @field(WITHIN, "The unit.")
    async def unit(self, info: Info) -> AUnit:
        unit: AUnit = await load(info.context, "unit", self.of)
        return unit

    @field(WITHIN, "What.")
    def kind(self) -> DutyKind:
        return DutyKind(self.owed.kind)

    @field(WITHIN, "The period: `2026-11`, `2026-Q4`, `2026-H2` or `2026`.")
    def period(self) -> str:
        return self.owed.period.code

    @field(WITHIN, "Its first local day.", name="from")
    def starts_on(self) -> Date:
        return Date(self.owed.period.first)

    @field(WITHIN, "Its last local day.", name="until")
    def ends_on(self) -> Date:
        return Date(self.owed.period.last)

    @field(WITHIN, "Done, due or overdue.")
    def state(self) -> OwedState:
        return OwedState(self.owed.state)

    @field(WITHIN, "The record by which it is done.")
    def record(self) -> Duty | None:
        return None if self.owed.record is None else Duty(row=self.owed.record)
