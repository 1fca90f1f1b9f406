"""Ratings: what one taker of a closed ticket was given, a source of points. Not a document."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big
from schema.tables.mapping import Mapping
from sync import things


class RatingRow(SQLModel, table=True):
    __tablename__ = "rating"
    __table_args__ = (Index("ix_rating_member_day", "member", "day"),)

    id: str = Field(primary_key=True)
    rev: int = big()
    community: str
    member: str
    ticket: str = Field(index=True)
    round: int
    category: str
    stars: int
    day: int
    at: int = big()


RATING = Mapping(things.Rating, RatingRow)
