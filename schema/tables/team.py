"""Teams: who is in one and ever was, and what its activities earned."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class TeamRow(SQLModel, table=True):
    __tablename__ = "team"

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str = Field(index=True)
    code: str = Field(index=True)
    name: dict[str, Any] = json()
    theme: str | None
    holders: list[Any] = json()
    points: int = big()
    versions: dict[str, Any] = json()


TEAM = Mapping(things.Team, TeamRow)
