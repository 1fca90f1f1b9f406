"""Services: each one piece of work by one member. `summary` and `place` are private."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, long_text
from schema.tables.mapping import Mapping
from sync import things


class ServiceRow(SQLModel, table=True):
    __tablename__ = "service"
    __table_args__ = (
        Index("ix_service_member_day", "member", "day"),
        Index("ix_service_community", "community", "start", "id"),
        Index("ix_service_grid", "grid", "start", "id"),
        Index("ix_service_start", "start", "id"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    grid: str | None
    member: str
    ticket: str | None = Field(index=True)
    activity: str | None = Field(index=True)
    category: str | None
    start: int = big()
    end: int = big()
    day: int
    on_duty: bool
    state: str
    summary: str | None = long_text(nullable=True)
    place: dict[str, Any] | None = json(nullable=True)
    by: str | None
    device: str
    seq: int = big()
    deed: int = big()
    change: str
    reason: str | None
    versions: dict[str, Any] = json()


SERVICE = Mapping(things.Service, ServiceRow)
