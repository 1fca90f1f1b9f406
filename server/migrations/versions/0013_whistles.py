"""Whistles: departments that are called to a ticket"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LISTS = ("community", "ticket")
"""By what whistles are listed, in the order in which they were blown."""


def upgrade() -> None:
    op.create_table(
        "whistle",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("whistle", sa.String(), nullable=True),
        sa.Column("calls", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("meetings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("blown", sa.BigInteger(), nullable=False),
        sa.Column("blower", sa.String(), nullable=True),
        sa.Column("rests", sa.Boolean(), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rings_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_whistle_rev", "whistle", ["rev"])
    for column in LISTS:
        op.create_index(f"ix_whistle_{column}", "whistle", [column, "blown", "id"])
    op.create_index("ix_whistle_blown", "whistle", ["blown", "id"])
    due = sa.text("rings_at IS NOT NULL")
    op.create_index("ix_whistle_rings_at", "whistle", ["rings_at"], sqlite_where=due, postgresql_where=due)
    op.add_column("ticket", sa.Column("whistle", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("ticket", "whistle")
    op.drop_table("whistle")
