"""Conflicts are read page by page: by indexes that have their filter and their order."""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATE = "ix_conflict_community_state"
PAGES = {
    STATE: ["community", "state", "opened", "id"],
    "ix_conflict_community": ["community", "opened", "id"],
    "ix_conflict_grid": ["grid", "opened", "id"],
    "ix_conflict_opened": ["opened", "id"],
}


def upgrade() -> None:
    op.drop_index(STATE, table_name="conflict")
    for name, columns in PAGES.items():
        op.create_index(name, "conflict", columns)


def downgrade() -> None:
    for name in PAGES:
        op.drop_index(name, table_name="conflict")
    op.create_index(STATE, "conflict", ["community", "state"])
