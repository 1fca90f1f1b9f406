"""Seqs that a tablet no longer has and the hub never got: recorded, and told in the night's report."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, table_of


class HoleRow(SQLModel, table=True):
    __tablename__ = "hole"

    device: str = Field(primary_key=True)
    first: int = big(primary_key=True)
    last: int = big()
    community: str | None
    at: int = big()
    settlement: int | None = big(nullable=True)


HOLE = table_of(HoleRow)
