"""Epochs after the first: when and why each began, and what is known of the days that it could have lost.

`from_rev` and `from_at` say where the copy ended that the epoch began with; `replayed` counts the
entries of the journal that were done again. `missing` is null where the journal had them all.
"""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, table_of


class EpochRow(SQLModel, table=True):
    """What was done again: `confirmed` holds what offices had been told of each change (id -> code).

    seen: (first, last, now) revs of a lost commit, and the rev at which the same was there again.
    erased: fields that the journal had no longer, by change.
    """

    __tablename__ = "epoch"

    number: int = Field(primary_key=True)
    reason: str
    began_at: int = big()
    from_rev: int = big()
    from_at: int = big()
    replayed: int
    missing: dict[str, Any] | None = json(nullable=True)
    confirmed: dict[str, Any] = json()
    seen: list[Any] = json()
    erased: dict[str, Any] = json()


EPOCH = table_of(EpochRow)
