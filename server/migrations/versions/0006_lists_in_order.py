"""Lists in order: an index for each filter of a long list that also has the list's order"""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE: Final = {
    "ix_ticket_community_state": ("ticket", ["community", "state"]),
    "ix_ticket_grid": ("ticket", ["grid"]),
    "ix_service_community": ("service", ["community"]),
    "ix_service_grid": ("service", ["grid"]),
    "ix_point_entry_community": ("point_entry", ["community"]),
}
AFTER: Final = {
    "ix_ticket_community_state": ("ticket", ["community", "state", "opened", "id"]),
    "ix_ticket_community": ("ticket", ["community", "opened", "id"]),
    "ix_ticket_grid_state": ("ticket", ["grid", "state", "opened", "id"]),
    "ix_ticket_grid": ("ticket", ["grid", "opened", "id"]),
    "ix_ticket_opened": ("ticket", ["opened", "id"]),
    "ix_service_community": ("service", ["community", "start", "id"]),
    "ix_service_grid": ("service", ["grid", "start", "id"]),
    "ix_service_start": ("service", ["start", "id"]),
    "ix_point_entry_community": ("point_entry", ["community", "at", "id"]),
    "ix_point_entry_at": ("point_entry", ["at", "id"]),
}


def upgrade() -> None:
    _replace(BEFORE, AFTER)


def downgrade() -> None:
    _replace(AFTER, BEFORE)


def _replace(old: dict[str, tuple[str, list[str]]], new: dict[str, tuple[str, list[str]]]) -> None:
    for name, (table, _) in old.items():
        op.drop_index(name, table)
    for name, (table, columns) in new.items():
        op.create_index(name, table, columns)
