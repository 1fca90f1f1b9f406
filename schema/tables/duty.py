"""Duties (四个一): what units did for communities, and which record counts for each period."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class DutyRow(SQLModel, table=True):
    __tablename__ = "duty"
    __table_args__ = (
        Index("ix_duty_community", "community", "at", "id"),
        Index("ix_duty_unit", "unit", "at", "id"),
        Index("ix_duty_at", "at", "id"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    unit: str
    kind: str
    period: str
    on: str
    topic: str | None
    state: str
    by: str | None
    at: int = big()
    deed: int = big()
    device: str
    seq: int = big()
    change: str
    reason: str | None
    versions: dict[str, Any] = json()


class DutyPeriodRow(SQLModel, table=True):
    __tablename__ = "duty_period"

    id: str = Field(primary_key=True)
    rev: int = big()
    community: str
    counted: str | None
    further: list[Any] = json()


DUTY = Mapping(things.Duty, DutyRow)
DUTY_PERIOD = Mapping(things.DutyPeriod, DutyPeriodRow)
