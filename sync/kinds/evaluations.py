"""Evaluations: what a village branch finds of a member's service in a period (定期评价)."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from sync.kinds.kind import Kind
from sync.shapes import Id, Private, Shape, Text

PERIOD_PATTERN: Final = r"\A2[0-9]{3}(-(0[1-9]|1[0-2]|Q[1-4]))?\Z"
PeriodCode = Annotated[str, Meta(pattern=PERIOD_PATTERN)]
"""A month `2026-11`, a quarter `2026-Q4` or a year `2026`."""

GradeWord = Literal["EXCELLENT", "QUALIFIED", "BASIC", "UNQUALIFIED"]


class EvaluationSubmit(Shape, frozen=True):
    """What is found of a member's service to a community in a period."""

    member: Id
    community: Id
    period: PeriodCode
    grade: GradeWord


class EvaluationPrivate(Private, frozen=True):
    """Why, in words: for the desk, the member's grid, their unit and themselves."""

    words: Text | None | UnsetType = UNSET


KINDS: Final = (Kind("evaluation.submit", "evaluation", EvaluationSubmit, EvaluationPrivate, creates=True),)
