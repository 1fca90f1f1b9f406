"""Adjustments: manual credits and debits, and what a second person said to each."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class AdjustmentRow(SQLModel, table=True):
    __tablename__ = "adjustment"
    __table_args__ = (
        Index("ix_adjustment_community", "community", "at", "id"),
        Index("ix_adjustment_member", "member", "at", "id"),
        Index("ix_adjustment_at", "at", "id"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    grid: str | None
    member: str
    points: int = big()
    reason: str
    state: str
    author: str
    by: str | None
    at: int = big()
    device: str
    seq: int = big()
    change: str
    decided: int | None = big(nullable=True)
    decider: str | None
    why: str | None
    versions: dict[str, Any] = json()


ADJUSTMENT = Mapping(things.Adjustment, AdjustmentRow)
