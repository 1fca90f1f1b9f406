"""One-time codes by which residents rate tickets, hashed. `handle` is a code's beginning: wrong tries count against it.

Nothing here says to whom a code was given.
"""

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, table_of


class RatingCodeRow(SQLModel, table=True):
    __tablename__ = "rating_code"

    hash: str = Field(primary_key=True)
    handle: str = Field(index=True)
    ticket: str = Field(index=True)
    round: int
    community: str
    expires_at: int = big(index=True)
    tries: int


RATING_CODE = table_of(RatingCodeRow)
