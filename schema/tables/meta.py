"""The hub's own few numbers and secrets, by name."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import long_text, table_of


class MetaRow(SQLModel, table=True):
    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str = long_text()


META = table_of(MetaRow)
