"""The feed: each document once per audience, with the rev by which tablets ask for what is new.

`state` is LIVE, LEFT (it is with another audience now) or GONE. `private` is merged into the
body only for those who carry `private_grid`.
"""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, table_of


class DocumentRow(SQLModel, table=True):
    __tablename__ = "document"
    __table_args__ = (Index("ix_document_audience_rev", "audience", "rev"),)

    collection: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    audience: str = Field(primary_key=True)
    community: str | None
    rev: int = big(index=True)
    state: str
    body: dict[str, Any] | None = json(nullable=True)
    private: dict[str, Any] | None = json(nullable=True)
    private_grid: str | None = Field(index=True)
    at: int = big()


DOCUMENT = table_of(DocumentRow)
