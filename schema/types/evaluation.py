"""Evaluation: 定期评价, what a village branch found of a member's service in a period."""

import strawberry

from schema.fields import choice, column, conflicts, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS, SIGNED
from schema.shapes import Person, Scoped
from schema.types.enums import EvaluationGrade, EvaluationState
from schema.types.lazy import ACommunity, AGrid, AMember
from schema.types.node import Node
from schema.types.scalars import DateTime, Long
from schema.types.step import history
from sync import things


@shows("evaluation")
@strawberry.type(
    description=(
        "定期评价. What a village branch found of a member's service to a community in a period: one, of which"
        " the last word stands until the period is closed."
    )
)
class Evaluation(Node):
    row: strawberry.Private[things.Evaluation]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "The community that evaluates.", "community")
    member: AMember | None = shaped(PERSONS, "Whom.", Person("member"))
    grid: AGrid | None = to_one(SIGNED, "Where the member reported when it was first given.", "grid")
    period: str = column(SIGNED, "For which period: `2026-11`, `2026-Q4` or `2026`.")
    grade: EvaluationGrade | None = choice(PERSONS, "What stands; null while nothing does.", EvaluationGrade)
    words: str | None = shaped(PERSONS, "Why, in words.", Scoped("words"))
    state: EvaluationState = choice(SIGNED, "How it stands.", EvaluationState)
    by: AMember | None = shaped(PERSONS, "Who gave it, where that was said.", Person("by"))
    decided_at: DateTime | None = moment(SIGNED, "When what stands was given.", "decided")
    closed_at: DateTime | None = moment(
        SIGNED, "When its period was closed; null until a night has found that.", "closed"
    )
    conflicts = conflicts()
    history = history()
