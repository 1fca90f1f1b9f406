"""Activities, teams, and what a sign-in earns"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LISTS = ("community", "grid", "team")
"""By what activities are listed, in the order of their beginning."""
INDEXES: dict[str, tuple[str, ...]] = {
    "team": ("rev", "community", "code"),
    "activity": ("rev",),
    "attendance": ("activity",),
}


def upgrade() -> None:
    _team()
    _activity()
    _attendance()
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
    for column in LISTS:
        op.create_index(f"ix_activity_{column}", "activity", [column, "start", "id"])
    op.create_index("ix_activity_start", "activity", ["start", "id"])
    op.create_index("ix_attendance_member_day", "attendance", ["member", "day"])
    op.add_column("point_entry", sa.Column("team", sa.String(), nullable=True))
    op.create_index("ix_point_entry_team", "point_entry", ["team", "at", "id"])


def _team() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("theme", sa.String(), nullable=True),
        sa.Column("holders", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("opener", sa.String(), nullable=True),
        sa.Column("members", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_index("ix_point_entry_team", "point_entry")
    op.drop_column("point_entry", "team")
    for table in INDEXES:
        op.drop_table(table)
