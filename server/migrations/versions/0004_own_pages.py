"""Codes and tokens for members' own pages, which end by themselves"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("enrolment_code", sa.Column("member", sa.String(), nullable=True))
    op.add_column("token", sa.Column("expires_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("token", "expires_at")
    op.drop_column("enrolment_code", "member")
