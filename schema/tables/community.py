"""Communities and villages, as the district file has them."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class CommunityRow(SQLModel, table=True):
    __tablename__ = "community"

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    code: str = Field(unique=True)
    name: dict[str, Any] = json()
    kind: str
    utc_offset: int
    working_hours: list[Any] = json()
    categories: list[Any] = json()
    skills: list[Any] = json()
    policies: dict[str, Any] = json()
    holidays: list[Any] = json()
    workdays: list[Any] = json()
    versions: dict[str, Any] = json()


COMMUNITY = Mapping(things.Community, CommunityRow)
