"""Rewards: what a community offers for points, and how many of each were given."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class RewardRow(SQLModel, table=True):
    __tablename__ = "reward"

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str = Field(index=True)
    code: str = Field(index=True)
    name: dict[str, Any] = json()
    points: int
    starts_on: str
    ends_on: str | None
    stock: int | None
    given: int
    last: str | None
    prices: list[Any] = json()
    versions: dict[str, Any] = json()


REWARD = Mapping(things.Reward, RewardRow)
