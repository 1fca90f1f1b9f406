"""One-time codes by which residents rate tickets"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "rating_code",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_rating_code_handle", "rating_code", ["handle"])
    op.create_index("ix_rating_code_ticket", "rating_code", ["ticket"])
    op.create_index("ix_rating_code_expires_at", "rating_code", ["expires_at"])


def downgrade() -> None:
    op.drop_table("rating_code")
