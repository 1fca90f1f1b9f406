"""Recounts: a rule that was changed for the past, applied to the past, and what that posted."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big
from schema.tables.mapping import Mapping
from sync import things


class RecountRow(SQLModel, table=True):
    __tablename__ = "recount"
    __table_args__ = (
        Index("ix_recount_community", "community", "at", "id"),
        Index("ix_recount_at", "at", "id"),
    )

    id: str = Field(primary_key=True)
    rev: int = big()
    community: str
    rule: str | None
    starts_on: str
    ends_on: str
    reason: str
    at: int = big()
    change: str
    entries: int
    points: int = big()


RECOUNT = Mapping(things.Recount, RecountRow)
