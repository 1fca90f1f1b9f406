"""Members and their aliases. `phone` is private; `points` are the whole person's, on the root."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class MemberRow(SQLModel, table=True):
    __tablename__ = "member"
    __table_args__ = (Index("ix_member_identity", "unit", "number"),)

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    unit: str
    number: str
    name: str
    community: str = Field(index=True)
    grid: str | None = Field(index=True)
    standing: str
    skills: dict[str, Any] = json()
    phone: str | None
    alias_of: str | None = Field(index=True)
    earned: int
    points: int = big()
    registered: int = big()
    versions: dict[str, Any] = json()
    ranks: dict[str, Any] = json()


MEMBER = Mapping(things.Member, MemberRow)
