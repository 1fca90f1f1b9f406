"""Pauses of tickets"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHUNK = 1_000


def upgrade() -> None:
    pauses = sa.Column("pauses", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    op.add_column("ticket", pauses)
    op.add_column("ticket", sa.Column("paused", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("ticket", sa.Column("extended", sa.BigInteger(), nullable=True))
    op.add_column("ticket", sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    _bodies("ticket", lambda _: {"pause": None, "pauses": []})


def _bodies(collection: str, more: Any) -> None:
    """What tablets are told says the same, as a replay of the log would."""
    document = sa.table(
        "document",
        sa.column("collection", sa.String),
        sa.column("id", sa.String),
        sa.column("audience", sa.String),
        sa.column("body", sa.JSON),
    )
    connection = op.get_bind()
    mine = (document.c.collection == collection, document.c.body.is_not(None))
    keys = connection.execute(sa.select(document.c.id, document.c.audience).where(*mine)).all()
    one = (
        document.c.collection == collection,
        document.c.id == sa.bindparam("key"),
        document.c.audience == sa.bindparam("to"),
    )
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        found = sa.select(document).where(*mine, document.c.id.in_([id for id, _ in chunk]))
        wanted = {tuple(key) for key in chunk}
        rows = [
            {"key": row.id, "to": row.audience, "whole": row.body | more(row.id)}
            for row in connection.execute(found)
            if (row.id, row.audience) in wanted
        ]
        connection.execute(sa.update(document).where(*one).values(body=sa.bindparam("whole")), rows)


def downgrade() -> None:
    for name in ("pauses", "paused", "extended", "is_paused"):
        op.drop_column("ticket", name)
