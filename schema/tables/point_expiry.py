"""Expiry rules: on which day what is so many months old expires."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class PointExpiryRow(SQLModel, table=True):
    __tablename__ = "point_expiry"

    id: str = Field(primary_key=True)
    rev: int = big()
    code: str
    name: dict[str, Any] = json()
    months: int
    on: str
    utc_offset: int
    brought: bool
    versions: dict[str, Any] = json()


POINT_EXPIRY = Mapping(things.PointExpiry, PointExpiryRow)
