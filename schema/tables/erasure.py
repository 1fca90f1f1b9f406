"""What was taken out of this copy of the log apart from its settlements: the private fields' names, by change.

A backup from before an erasure, and a hub that was restored from one, no longer have what was
erased since; `verify` reads here why.
"""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import json, table_of


class ErasureRow(SQLModel, table=True):
    __tablename__ = "erasure"

    change: str = Field(primary_key=True)
    names: list[Any] = json()


ERASURE = table_of(ErasureRow)
