"""A change that came again under another device: it takes its seq there, and counts once.

`told` is the settlement that first wrote its verdict, which is the first one's.
"""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, partial, table_of


class RepeatRow(SQLModel, table=True):
    __tablename__ = "repeat"
    __table_args__ = (partial("ix_repeat_untold", "change", where="told IS NULL"),)

    device: str = Field(primary_key=True)
    seq: int = big(primary_key=True)
    community: str | None
    change: str = Field(index=True)
    digest: str
    arrival: int = big()
    told: int | None = big(nullable=True)


REPEAT = table_of(RepeatRow)
