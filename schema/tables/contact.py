"""When a tablet last announced each `next` seq: what comes at or after it was done later than that."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, table_of


class ContactRow(SQLModel, table=True):
    __tablename__ = "contact"

    device: str = Field(primary_key=True)
    next: int = big(primary_key=True)
    community: str | None
    at: int = big()


CONTACT = table_of(ContactRow)
