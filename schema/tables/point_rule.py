"""Point rules: dated data by which points are derived."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class PointRuleRow(SQLModel, table=True):
    __tablename__ = "point_rule"

    id: str = Field(primary_key=True)
    rev: int = big()
    code: str
    name: dict[str, Any] = json()
    per: str
    points: int
    starts_on: str
    ends_on: str | None
    community: str | None
    daily_cap: int | None
    hours: str
    categories: list[Any] | None = json(nullable=True)
    at_least: int | None
    versions: dict[str, Any] = json()


POINT_RULE = Mapping(things.PointRule, PointRuleRow)
