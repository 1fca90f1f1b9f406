"""Evaluations: one per member, community and period"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evaluation_rev", "evaluation", ["rev"])
    op.create_index("ix_evaluation_community", "evaluation", ["community", "ends", "id"])
    op.create_index("ix_evaluation_member", "evaluation", ["member", "ends", "id"])
    op.create_index("ix_evaluation_ends", "evaluation", ["ends", "id"])
    still = sa.text("closed IS NULL")
    op.create_index(
        "ix_evaluation_open",
        "evaluation",
        ["community", "ends"],
        sqlite_where=still,
        postgresql_where=still,
    )
    op.create_table(
        "evaluation_period",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("evaluation_period")
    op.drop_table("evaluation")
