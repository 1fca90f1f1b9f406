"""Whistles: departments called to a ticket. `rings_at` is after which moment a night has something to say of one."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, partial
from schema.tables.mapping import Mapping
from sync import things
from sync.whistles import rings_at


class WhistleRow(SQLModel, table=True):
    __tablename__ = "whistle"
    __table_args__ = (
        Index("ix_whistle_community", "community", "blown", "id"),
        Index("ix_whistle_ticket", "ticket", "blown", "id"),
        Index("ix_whistle_blown", "blown", "id"),
        partial("ix_whistle_rings_at", "rings_at", where="rings_at IS NOT NULL"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    ticket: str
    round: int
    lead: str
    deadline: int = big()
    state: str
    whistle: str | None
    calls: list[Any] = json()
    meetings: list[Any] = json()
    blown: int = big()
    blower: str | None
    rests: bool
    versions: dict[str, Any] = json()
    rings_at: int | None = big(nullable=True)


WHISTLE = Mapping(things.Whistle, WhistleRow, computed={"rings_at": rings_at})
