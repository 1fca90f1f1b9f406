"""Conflicts: everything that did not stand, beside what stands, for a person to see and rule upon."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class ConflictRow(SQLModel, table=True):
    __tablename__ = "conflict"
    __table_args__ = (
        Index("ix_conflict_community_state", "community", "state", "opened", "id"),
        Index("ix_conflict_community", "community", "opened", "id"),
        Index("ix_conflict_grid", "grid", "opened", "id"),
        Index("ix_conflict_opened", "opened", "id"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    rule: str
    kind: str
    thing: str
    entity: str = Field(index=True)
    field: str
    community: str
    grid: str | None
    state: str
    candidates: list[Any] = json()
    stands: str | None
    before: Any = json(nullable=True)
    close_call: bool
    opened: int = big()
    ruling: str | None
    reason: str | None


CONFLICT = Mapping(things.Conflict, ConflictRow)
