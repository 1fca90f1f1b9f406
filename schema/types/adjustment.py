"""Adjustment: 手工加减分, a manual credit or debit, which takes two persons."""

import strawberry

from schema.fields import choice, column, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS
from schema.shapes import Person
from schema.types.enums import AdjustmentState
from schema.types.lazy import ACommunity, AMember
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.scalars import DateTime, Long
from schema.types.step import history
from sync import things


@shows("adjustment")
@strawberry.type(
    description="手工加减分. A manual credit or debit: provisional until a second person confirms it, and then it counts."
)
class Adjustment(Node):
    row: strawberry.Private[things.Adjustment]

    rev: Long | None = column(PERSONS, "The rev of its last change.")
    history = history()
    point_entries = point_entries(
        PERSONS, "The lines of the ledger that it came to: `pointEntries { nodes { points at } }`.", "source"
    )
    community: ACommunity | None = to_one(PERSONS, "The community it belongs to.", "community")
    points: int | None = column(PERSONS, "Points credited, or debited where below zero.")
    reason: str | None = column(PERSONS, "Why.")
    state: AdjustmentState | None = choice(PERSONS, "Whether it counts.", AdjustmentState)
    at: DateTime | None = moment(PERSONS, "When it was proposed.")
    decided_at: DateTime | None = moment(PERSONS, "When it was confirmed or withdrawn.", "decided")
    why: str | None = column(PERSONS, "Why it was withdrawn.")

    member: AMember | None = shaped(PERSONS, "Whose points.", Person("member"))
    by: AMember | None = shaped(PERSONS, "Who proposed it, where that was said.", Person("by"))
    decider: AMember | None = shaped(
        PERSONS, "Who confirmed or withdrew it, where that was said.", Person("decider")
    )
