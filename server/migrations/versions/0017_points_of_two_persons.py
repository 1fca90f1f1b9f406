"""Manual credits and debits by two persons, recounts, expiry of points; what each line of the ledger is"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "adjustment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=True),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.Column("decider", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_adjustment_rev", "adjustment", ["rev"])
    op.create_index("ix_adjustment_at", "adjustment", ["at", "id"])
    for column in ("community", "member"):
        op.create_index(f"ix_adjustment_{column}", "adjustment", [column, "at", "id"])
    op.create_table(
        "recount",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("starts_on", sa.String(), nullable=False),
        sa.Column("ends_on", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_recount_community", "recount", ["community", "at", "id"])
    op.create_index("ix_recount_at", "recount", ["at", "id"])
    op.create_table(
        "point_expiry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("on", sa.String(), nullable=False),
        sa.Column("utc_offset", sa.Integer(), nullable=False),
        sa.Column("brought", sa.Boolean(), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("point_entry", sa.Column("kind", sa.String(), nullable=False, server_default="EARNED"))
    entry = sa.table("point_entry", sa.column("rule", sa.String()), sa.column("kind", sa.String()))
    # Until now whatever no rule had earned was redeemed.
    op.execute(entry.update().where(entry.c.rule.is_(None)).values(kind="REDEEMED"))


def downgrade() -> None:
    op.drop_column("point_entry", "kind")
    for table in ("point_expiry", "recount", "adjustment"):
        op.drop_table(table)
