"""Rewards: a catalogue with prices and stock, and which of it a redemption was for"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reward",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.String(), nullable=False),
        sa.Column("ends_on", sa.String(), nullable=True),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("last", sa.String(), nullable=True),
        sa.Column("prices", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("rev", "community", "code"):
        op.create_index(f"ix_reward_{column}", "reward", [column])
    op.add_column("redemption", sa.Column("item", sa.String(), nullable=True))
    op.create_index("ix_redemption_item", "redemption", ["item"])


def downgrade() -> None:
    op.drop_index("ix_redemption_item", "redemption")
    op.drop_column("redemption", "item")
    op.drop_table("reward")
