"""Redemptions are read page by page: by indexes that have their filter and their order."""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = ("community", "member", "item")
PAGES = {f"ix_redemption_{name}": [name, "at", "id"] for name in COLUMNS}
NEW = {"ix_redemption_at": ["at", "id"], "ix_redemption_rev": ["rev"]}


def upgrade() -> None:
    for name in COLUMNS:
        op.drop_index(f"ix_redemption_{name}", table_name="redemption")
    for index, columns in {**PAGES, **NEW}.items():
        op.create_index(index, "redemption", columns)


def downgrade() -> None:
    for index in (*PAGES, *NEW):
        op.drop_index(index, table_name="redemption")
    for name in COLUMNS:
        op.create_index(f"ix_redemption_{name}", "redemption", [name])
