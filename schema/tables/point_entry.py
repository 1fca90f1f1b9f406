"""The points ledger: one immutable line each. `settlement` is the one that posted it."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big
from schema.tables.mapping import Mapping
from sync import things


class PointEntryRow(SQLModel, table=True):
    __tablename__ = "point_entry"
    __table_args__ = (
        Index("ix_point_entry_member_day", "member", "day"),
        Index("ix_point_entry_community", "community", "at", "id"),
        Index("ix_point_entry_team", "team", "at", "id"),
        Index("ix_point_entry_at", "at", "id"),
    )

    id: str = Field(primary_key=True)
    community: str
    member: str
    rule: str | None
    source: str = Field(index=True)
    number: int
    points: int = big()
    day: int
    at: int = big()
    team: str | None
    kind: str
    settlement: int = big(index=True)


POINT_ENTRY = Mapping(things.Entry, PointEntryRow, extra=frozenset({"settlement"}))
