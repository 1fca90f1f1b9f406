"""Posts: the places of a community or grid that members hold for a term. `holders` are all there ever were."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class PostRow(SQLModel, table=True):
    __tablename__ = "post"

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str = Field(index=True)
    grid: str | None = Field(index=True)
    code: str = Field(index=True)
    name: dict[str, Any] = json()
    seats: int
    skills: list[Any] = json()
    starts_on: str
    ends_on: str | None
    holders: list[Any] = json()
    versions: dict[str, Any] = json()


POST = Mapping(things.Post, PostRow)
