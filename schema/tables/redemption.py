"""Redemptions: points exchanged for a reward."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big
from schema.tables.mapping import Mapping
from sync import things


class RedemptionRow(SQLModel, table=True):
    __tablename__ = "redemption"

    id: str = Field(primary_key=True)
    rev: int = big()
    community: str = Field(index=True)
    member: str = Field(index=True)
    points: int = big()
    reward: str
    state: str
    at: int = big()
    change: str
    item: str | None = Field(index=True)


REDEMPTION = Mapping(things.Redemption, RedemptionRow)
