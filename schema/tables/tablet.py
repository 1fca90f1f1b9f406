"""The hub's own notes about each tablet: what it received from it, whom it continues, whether it may speak."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json, table_of


class TabletRow(SQLModel, table=True):
    """`ancestors` are the devices it continues by renew, nearest first; `root` is the last of them or itself.

    `came_from` is the root of what it proved to have been before it was enrolled by another code.
    """

    __tablename__ = "tablet"

    device: str = Field(primary_key=True)
    community: str | None = Field(index=True)
    name: str
    app_version: str
    enrolled_at: int = big()
    renews: str | None = Field(index=True)
    ancestors: list[Any] = json()
    root: str
    came_from: str | None
    cloned_at: int | None = big(nullable=True)
    revoked_at: int | None = big(nullable=True)
    received_through: int = big()
    last_deed: int | None = big(nullable=True)
    last_push_at: int | None = big(nullable=True)
    last_pull_at: int | None = big(nullable=True)


TABLET = table_of(TabletRow)
