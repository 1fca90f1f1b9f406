"""Nights that failed, until one succeeds and for the next report. The reason names no resident's data."""

from sqlmodel import SQLModel

from schema.tables.columns import big, table_of


class FailedNightRow(SQLModel, table=True):
    """`mended_at` is when a night succeeded again."""

    __tablename__ = "failed_night"

    at: int = big(primary_key=True)
    reason: str
    mended_at: int | None = big(nullable=True)


FAILED_NIGHT = table_of(FailedNightRow)
