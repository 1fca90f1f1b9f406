"""Units: the workplaces linked to a community."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class UnitRow(SQLModel, table=True):
    __tablename__ = "unit"

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    code: str = Field(index=True)
    name: dict[str, Any] = json()
    community: str = Field(index=True)
    resources: list[Any] = json()
    linked_on: str | None
    versions: dict[str, Any] = json()


UNIT = Mapping(things.Unit, UnitRow)
