"""Who read a ticket's contact, and when. For admins; never aggregated by person."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, table_of


class ReadingRow(SQLModel, table=True):
    __tablename__ = "reading"

    id: str = Field(primary_key=True)
    community: str = Field(index=True)
    ticket: str = Field(index=True)
    token: str
    device: str | None
    member: str | None
    at: int = big()


READING = table_of(ReadingRow)
