"""Grids: the smallest service areas."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class GridRow(SQLModel, table=True):
    __tablename__ = "grid"

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    code: str = Field(index=True)
    name: dict[str, Any] = json()
    community: str = Field(index=True)
    versions: dict[str, Any] = json()


GRID = Mapping(things.Grid, GridRow)
