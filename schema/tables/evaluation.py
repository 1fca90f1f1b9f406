"""Evaluations (定期评价): what was found of members in a period, and under which id that is kept. `words` are private."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, partial
from schema.tables.mapping import Mapping
from sync import things


class EvaluationRow(SQLModel, table=True):
    __tablename__ = "evaluation"
    __table_args__ = (
        Index("ix_evaluation_community", "community", "ends", "id"),
        Index("ix_evaluation_member", "member", "ends", "id"),
        Index("ix_evaluation_ends", "ends", "id"),
        partial("ix_evaluation_open", "community", "ends", where="closed IS NULL"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    member: str
    grid: str | None
    period: str
    ends: int = big()
    grade: str | None
    words: str | None
    state: str
    by: str | None
    decided: int | None = big(nullable=True)
    closed: int | None = big(nullable=True)
    versions: dict[str, Any] = json()


class EvaluationPeriodRow(SQLModel, table=True):
    __tablename__ = "evaluation_period"

    id: str = Field(primary_key=True)
    rev: int = big()
    community: str
    evaluation: str


EVALUATION = Mapping(things.Evaluation, EvaluationRow)
EVALUATION_PERIOD = Mapping(things.EvaluationPeriod, EvaluationPeriodRow)
