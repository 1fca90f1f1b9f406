"""Due times on a working calendar, and how far a ticket is overdue"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from server.migrations import documents
from sync.shapes import format_time, parse_time

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DEED = 1
"""Where a version says when it was written."""

UNFINISHED = ("OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS")


def upgrade() -> None:
    for name in ("holidays", "workdays"):
        days = sa.Column(name, sa.JSON(none_as_null=True), nullable=False, server_default="[]")
        op.add_column("community", days)
    for name in ("promised", "district_at", "due_at", "next_at"):
        op.add_column("ticket", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("ticket", sa.Column("escalation", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_ticket_next_at",
        "ticket",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    due = _tickets()
    documents.complete("ticket", lambda id: {"dueAt": due.get(id), "escalation": 0})
    documents.complete("community", lambda _: {"holidays": [], "workdays": []})


def _tickets() -> dict[str, str]:
    """Every ticket with a due time that holds learns when it is, and when a night is to look at it."""
    ticket = sa.table(
        "ticket",
        sa.column("id", sa.String),
        sa.column("due", sa.String),
        sa.column("state", sa.String),
        sa.column("round", sa.Integer),
        sa.column("versions", sa.JSON),
        sa.column("due_at", sa.BigInteger),
        sa.column("next_at", sa.BigInteger),
    )
    connection, found = op.get_bind(), dict[str, str]()
    columns = (ticket.c.id, ticket.c.due, ticket.c.state, ticket.c.round, ticket.c.versions)
    rows = connection.execute(sa.select(*columns).where(ticket.c.due.is_not(None))).all()
    for id, due, state, round_number, versions in rows:
        at = parse_time(due)
        if round_number == 1 or at > versions["round"][DEED]:
            found[id] = format_time(at)
            values = {"due_at": at, "next_at": at if state in UNFINISHED else None}
            connection.execute(sa.update(ticket).where(ticket.c.id == id).values(**values))
    return found


def downgrade() -> None:
    op.drop_index(
        "ix_ticket_next_at",
        "ticket",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    for name in ("escalation", "promised", "district_at", "due_at", "next_at"):
        op.drop_column("ticket", name)
    for name in ("holidays", "workdays"):
        op.drop_column("community", name)
