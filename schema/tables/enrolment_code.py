"""One-time codes, hashed. `handle` is a code's first two characters: wrong tries count against it."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, table_of


class EnrolmentCodeRow(SQLModel, table=True):
    __tablename__ = "enrolment_code"

    hash: str = Field(primary_key=True)
    handle: str = Field(index=True)
    grids: list[Any] = json()
    community: str | None
    expires_at: int = big(index=True)
    tries: int
    member: str | None


ENROLMENT_CODE = table_of(EnrolmentCodeRow)
