"""Settlements: one row each, chained by their digests.

`effects` are the things, entries and outcomes that it wrote (zlib over JSON), without what is
private. `seals` hold a SHA-256 for each other column, so that a changed cell can be named.
"""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, binary, json, table_of


class SettlementRow(SQLModel, table=True):
    __tablename__ = "settlement"

    number: int = big(primary_key=True)
    kind: str
    now: int = big()
    at: int = big()
    version: int
    first_rev: int = big(index=True)
    last_rev: int = big()
    digest: str = Field(index=True)
    previous: str
    counts: dict[str, Any] = json()
    report: dict[str, Any] = json()
    effects: bytes = binary()
    seals: dict[str, Any] = json()


SETTLEMENT = table_of(SettlementRow)
