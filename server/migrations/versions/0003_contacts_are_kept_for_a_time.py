"""From when the time counts for which a ticket's contact is kept, and what was erased in a copy of the log"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KIND = 6
"""Where a version says by which kind of change it was written."""


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("change"),
    )
    op.add_column("ticket", sa.Column("contact_since", sa.BigInteger(), nullable=True))
    ticket = sa.table(
        "ticket",
        sa.column("id", sa.String),
        sa.column("versions", sa.JSON),
        sa.column("closed", sa.BigInteger),
        sa.column("done", sa.BigInteger),
        sa.column("contact_since", sa.BigInteger),
    )
    connection = op.get_bind()
    over = sa.select(ticket.c.id, ticket.c.versions, sa.func.coalesce(ticket.c.closed, ticket.c.done))
    for id, versions, since in connection.execute(over.where(sa.or_(ticket.c.closed > 0, ticket.c.done > 0))):
        written = versions.get("contact")
        if written is not None and written[KIND] != "ticket.redact":
            connection.execute(sa.update(ticket).where(ticket.c.id == id).values(contact_since=since))
    op.create_index(
        "ix_ticket_contact_since",
        "ticket",
        ["contact_since"],
        sqlite_where=sa.text("contact_since IS NOT NULL"),
        postgresql_where=sa.text("contact_since IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_ticket_contact_since",
        "ticket",
        sqlite_where=sa.text("contact_since IS NOT NULL"),
        postgresql_where=sa.text("contact_since IS NOT NULL"),
    )
    op.drop_column("ticket", "contact_since")
    op.drop_table("erasure")
