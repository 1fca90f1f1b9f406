"""Duties, and since when a unit owes them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.migrations import documents

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("unit", sa.Column("linked_on", sa.String(), nullable=True))
    documents.complete("unit", lambda _: {"since": None})
    op.create_table(
        "duty",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("on", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_duty_rev", "duty", ["rev"])
    op.create_index("ix_duty_community", "duty", ["community", "at", "id"])
    op.create_index("ix_duty_unit", "duty", ["unit", "at", "id"])
    op.create_index("ix_duty_at", "duty", ["at", "id"])
    op.create_table(
        "duty_period",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("counted", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("duty_period")
    op.drop_table("duty")
    op.drop_column("unit", "linked_on")
