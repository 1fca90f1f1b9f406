"""What could not be taken as a change, exactly as it came, under the seq it came with."""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, long_text, table_of


class QuarantineRow(SQLModel, table=True):
    """`keep_until` is NULL for what is kept for good. `digest` is over `raw`."""

    __tablename__ = "quarantine"

    device: str = Field(primary_key=True)
    seq: int = big(primary_key=True)
    community: str | None
    id: str | None
    code: str
    path: str
    raw: str = long_text()
    digest: str
    arrival: int = big()
    keep_until: int | None = big(nullable=True, index=True)


QUARANTINE = table_of(QuarantineRow)
