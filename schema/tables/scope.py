"""From which seq on a tablet knew which grids to be its own. A row is not changed once a change relies on it."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, table_of


class ScopeRow(SQLModel, table=True):
    """`assigned` is the rev of the assignment: a checkpoint of an older one acknowledges nothing."""

    __tablename__ = "scope"

    device: str = Field(primary_key=True)
    from_seq: int = big(primary_key=True)
    community: str | None
    grids: list[Any] = json()
    assigned: int = big()
    at: int = big()


SCOPE = table_of(ScopeRow)
