"""The log: every change that was accepted, one line each, and how a line is read again.

`body` is the change as it was sent, canonical, without its private part; `private` is that part
until it is erased. `link` chains each line to the one before it. `settlement` is NULL while the
change waits in the inbox; `held` is the thing it waits for.
"""

from typing import Any

import msgspec
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from schema.tables.columns import Row, big, json, long_text, partial, table_of
from sync.changes import Change, canonical, decode, sha256_hex
from sync.kinds.kind import Office
from sync.state import Accepted

LINKED = (
    "position",
    "id",
    "device",
    "seq",
    "digest",
    "kind",
    "entity",
    "community",
    "office",
    "author",
    "scope",
    "renews",
    "saw",
    "arrival",
    "deed",
    "uncertainty_ms",
    "start",
    "end",
)
"""What a line's link covers: all that is fixed for ever at acceptance."""

ERASED_SALT = "0" * 32


class ChangeRow(SQLModel, table=True):
    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("device", "seq"),
        partial("ix_change_inbox", "device", "seq", where="settlement IS NULL"),
        partial("ix_change_inbox_entity", "entity", where="settlement IS NULL"),
        partial("ix_change_held", "held", where="held IS NOT NULL"),
    )

    position: int = big(primary_key=True)
    id: str = Field(unique=True)
    device: str
    seq: int = big()
    digest: str
    body: str = long_text()
    private: str | None = long_text(nullable=True)
    private_digest: str | None
    erased: list[Any] = json()
    kind: str
    entity: str = Field(index=True)
    community: str | None
    office: int
    author: str
    scope: list[Any] = json()
    renews: list[Any] = json()
    saw: int = big()
    arrival: int = big()
    deed: int = big()
    uncertainty_ms: int | None = big(nullable=True)
    start: int | None = big(nullable=True)
    end: int | None = big(nullable=True)
    link: str
    settlement: int | None = big(nullable=True, index=True)
    held: str | None
    held_since: int | None = big(nullable=True)


CHANGE = table_of(ChangeRow)


def link(before: str, row: Row) -> str:
    """The link of a line: SHA-256 over the link before it and all that is fixed of this line."""
    return sha256_hex(before.encode() + canonical([row[name] for name in LINKED]))


def private_of(row: Row) -> dict[str, Any] | None:
    """The private part of a line as a change carries it; what was erased reads as null."""
    if row["private_digest"] is None:
        return None
    kept: dict[str, Any] = msgspec.json.decode(row["private"]) if row["private"] else {}
    erased = dict.fromkeys(row["erased"])
    return {"salt": ERASED_SALT, **kept, **erased} if erased else kept


def change_of(row: Row) -> Change:
    """The change of a line; raises Unreadable when the line no longer holds one."""
    raw = msgspec.json.decode(row["body"])
    private = private_of(row)
    return decode(raw if private is None else {**raw, "private": private})


def accepted_of(row: Row) -> Accepted:
    """A line as settlement takes it."""
    return Accepted(
        change=change_of(row),
        device=row["device"],
        seq=row["seq"],
        digest=row["digest"],
        office=Office(row["office"]),
        scope=tuple(row["scope"]),
        saw=row["saw"],
        arrival=row["arrival"],
        deed=row["deed"],
        uncertainty_ms=row["uncertainty_ms"],
        start=row["start"],
        end=row["end"],
        held_since=row["held_since"],
        author=row["author"],
        waits=row["held"],
        renews=tuple(row["renews"]),
    )
