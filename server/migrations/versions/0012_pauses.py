"""Pauses of tickets"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.migrations import documents

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pauses = sa.Column("pauses", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    op.add_column("ticket", pauses)
    op.add_column("ticket", sa.Column("paused", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("ticket", sa.Column("extended", sa.BigInteger(), nullable=True))
    op.add_column("ticket", sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    documents.complete("ticket", lambda _: {"pause": None, "pauses": []})


def downgrade() -> None:
    for name in ("pauses", "paused", "extended", "is_paused"):
        op.drop_column("ticket", name)
