"""Duties that were recorded by mistake are voided: why, and which record counts next"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("duty", sa.Column("reason", sa.String(), nullable=True))
    none = sa.Column("further", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    op.add_column("duty_period", none)


def downgrade() -> None:
    op.drop_column("duty_period", "further")
    op.drop_column("duty", "reason")
