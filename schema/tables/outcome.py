"""Outcomes: what each settlement decided about a change. The newest of a change is its verdict."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, partial
from schema.tables.mapping import Mapping
from sync.state import Outcome


class OutcomeRow(SQLModel, table=True):
    __tablename__ = "outcome"
    __table_args__ = (partial("ix_outcome_apart", "device", "seq", where="outcome = 'QUARANTINED'"),)

    settlement: int = big(primary_key=True)
    position: int = big(primary_key=True)
    community: str | None
    change: str = Field(index=True)
    device: str
    seq: int = big()
    outcome: str
    code: str
    rule: str | None
    sentence: dict[str, Any] = json()
    stands: dict[str, Any] | None = json(nullable=True)
    waits: str | None
    entity: str = Field(index=True)
    kind: str
    held_since: int | None = big(nullable=True)


OUTCOME = Mapping(Outcome, OutcomeRow, extra=frozenset({"settlement", "position", "community"}))
