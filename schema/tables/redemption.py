"""Redemptions: points exchanged for a reward."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big
from schema.tables.mapping import Mapping
from sync import things


class RedemptionRow(SQLModel, table=True):
    __tablename__ = "redemption"
    __table_args__ = (
        Index("ix_redemption_community", "community", "at", "id"),
        Index("ix_redemption_member", "member", "at", "id"),
        Index("ix_redemption_item", "item", "at", "id"),
        Index("ix_redemption_at", "at", "id"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    member: str
    points: int = big()
    reward: str
    state: str
    at: int = big()
    change: str
    item: str | None


REDEMPTION = Mapping(things.Redemption, RedemptionRow)
