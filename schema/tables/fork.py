"""Copies set aside when a device said two different things under one seq; they occupy no ids."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, long_text, table_of


class ForkRow(SQLModel, table=True):
    __tablename__ = "fork"

    device: str = Field(primary_key=True)
    seq: int = big(primary_key=True)
    digest: str = Field(primary_key=True)
    community: str | None
    raw: str = long_text()
    arrival: int = big()
    keep_until: int = big(index=True)


FORK = table_of(ForkRow)
