"""A session that was opened twice says which one it is once more"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("activity", sa.Column("same_as", sa.String(), nullable=True))
    op.create_index("ix_activity_day", "activity", ["community", "day"])


def downgrade() -> None:
    op.drop_index("ix_activity_day", table_name="activity")
    op.drop_column("activity", "same_as")
