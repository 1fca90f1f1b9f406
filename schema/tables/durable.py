"""How far each device's changes are inside a verified backup."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, table_of


class DurableRow(SQLModel, table=True):
    __tablename__ = "durable"

    device: str = Field(primary_key=True)
    community: str | None
    through: int = big()


DURABLE = table_of(DurableRow)
