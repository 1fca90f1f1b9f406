"""The first tables"""

# ruff: noqa: PLR0915 - as many statements as there are tables

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("private", sa.Text(), nullable=True),
        sa.Column("private_digest", sa.String(), nullable=True),
        sa.Column("erased", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("office", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("scope", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("renews", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("saw", sa.BigInteger(), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.BigInteger(), nullable=False),
        sa.Column("uncertainty_ms", sa.BigInteger(), nullable=True),
        sa.Column("start", sa.BigInteger(), nullable=True),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("settlement", sa.BigInteger(), nullable=True),
        sa.Column("held", sa.String(), nullable=True),
        sa.Column("held_since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("device", "seq"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_entity"), ["entity"], unique=False)
        batch_op.create_index(
            "ix_change_held",
            ["held"],
            unique=False,
            sqlite_where=sa.text("held IS NOT NULL"),
            postgresql_where=sa.text("held IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_change_inbox",
            ["device", "seq"],
            unique=False,
            sqlite_where=sa.text("settlement IS NULL"),
            postgresql_where=sa.text("settlement IS NULL"),
        )
        batch_op.create_index(
            "ix_change_inbox_entity",
            ["entity"],
            unique=False,
            sqlite_where=sa.text("settlement IS NULL"),
            postgresql_where=sa.text("settlement IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_change_settlement"), ["settlement"], unique=False)

    op.create_table(
        "community",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("utc_offset", sa.Integer(), nullable=False),
        sa.Column("working_hours", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("categories", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("skills", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("policies", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_community_rev"), ["rev"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("candidates", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("stands", sa.String(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("close_call", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("ruling", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index("ix_conflict_community_state", ["community", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_conflict_entity"), ["entity"], unique=False)
        batch_op.create_index(batch_op.f("ix_conflict_rev"), ["rev"], unique=False)

    op.create_table(
        "contact",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("next", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "next"),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("grids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "document",
        sa.Column("collection", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("private", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("private_grid", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("collection", "id", "audience"),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_audience_rev", ["audience", "rev"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_private_grid"), ["private_grid"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_rev"), ["rev"], unique=False)

    op.create_table(
        "enrolment_code",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("grids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_code_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_enrolment_code_handle"), ["handle"], unique=False)

    op.create_table(
        "fork",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("keep_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "seq", "digest"),
    )
    with op.batch_alter_table("fork", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fork_keep_until"), ["keep_until"], unique=False)

    op.create_table(
        "grid",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("grid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grid_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_grid_community"), ["community"], unique=False)
        batch_op.create_index(batch_op.f("ix_grid_rev"), ["rev"], unique=False)

    op.create_table(
        "hole",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("settlement", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device", "first"),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("skills", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("alias_of", sa.String(), nullable=True),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("registered", sa.BigInteger(), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("ranks", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_alias_of"), ["alias_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_community"), ["community"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_grid"), ["grid"], unique=False)
        batch_op.create_index("ix_member_identity", ["unit", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_rev"), ["rev"], unique=False)

    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "outcome",
        sa.Column("settlement", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("sentence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("stands", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("waits", sa.String(), nullable=True),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("held_since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("settlement", "position"),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outcome_apart",
            ["device", "seq"],
            unique=False,
            sqlite_where=sa.text("outcome = 'QUARANTINED'"),
            postgresql_where=sa.text("outcome = 'QUARANTINED'"),
        )
        batch_op.create_index(batch_op.f("ix_outcome_change"), ["change"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_entity"), ["entity"], unique=False)

    op.create_table(
        "point_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("settlement", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("point_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_point_entry_community"), ["community"], unique=False)
        batch_op.create_index("ix_point_entry_member_day", ["member", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_point_entry_settlement"), ["settlement"], unique=False)
        batch_op.create_index(batch_op.f("ix_point_entry_source"), ["source"], unique=False)

    op.create_table(
        "point_rule",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("per", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.String(), nullable=False),
        sa.Column("ends_on", sa.String(), nullable=True),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("categories", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at_least", sa.Integer(), nullable=True),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "quarantine",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("id", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("keep_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device", "seq"),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_keep_until"), ["keep_until"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index("ix_rating_member_day", ["member", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_rating_ticket"), ["ticket"], unique=False)

    op.create_table(
        "reading",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_community"), ["community"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_ticket"), ["ticket"], unique=False)

    op.create_table(
        "redemption",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reward", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redemption_community"), ["community"], unique=False)
        batch_op.create_index(batch_op.f("ix_redemption_member"), ["member"], unique=False)

    op.create_table(
        "repeat",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device", "seq"),
    )
    with op.batch_alter_table("repeat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repeat_change"), ["change"], unique=False)
        batch_op.create_index(
            "ix_repeat_untold",
            ["change"],
            unique=False,
            sqlite_where=sa.text("told IS NULL"),
            postgresql_where=sa.text("told IS NULL"),
        )

    op.create_table(
        "scope",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("grids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("assigned", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "from_seq"),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=True),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("activity", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("place", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_activity"), ["activity"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_community"), ["community"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_grid"), ["grid"], unique=False)
        batch_op.create_index("ix_service_member_day", ["member", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_rev"), ["rev"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_ticket"), ["ticket"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("now", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_rev", sa.BigInteger(), nullable=False),
        sa.Column("last_rev", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("effects", sa.LargeBinary(), nullable=False),
        sa.Column("seals", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_first_rev"), ["first_rev"], unique=False)

    op.create_table(
        "tablet",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("app_version", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("renews", sa.String(), nullable=True),
        sa.Column("ancestors", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("cloned_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("received_through", sa.BigInteger(), nullable=False),
        sa.Column("last_deed", sa.BigInteger(), nullable=True),
        sa.Column("last_push_at", sa.BigInteger(), nullable=True),
        sa.Column("last_pull_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device"),
    )
    with op.batch_alter_table("tablet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tablet_community"), ["community"], unique=False)
        batch_op.create_index(batch_op.f("ix_tablet_renews"), ["renews"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("tags", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("contact", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("notes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("opener", sa.String(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("grids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("ranks", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_community_state", ["community", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_grid"), ["grid"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_rev"), ["rev"], unique=False)

    op.create_table(
        "ticket_taker",
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("uncertainty_ms", sa.BigInteger(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("office", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "position"),
    )
    with op.batch_alter_table("ticket_taker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_taker_member"), ["member"], unique=False)

    op.create_table(
        "token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_device"), ["device"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("resources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("versions", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_community"), ["community"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_rev"), ["rev"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_rev"))
        batch_op.drop_index(batch_op.f("ix_unit_community"))
        batch_op.drop_index(batch_op.f("ix_unit_code"))

    op.drop_table("unit")
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_device"))

    op.drop_table("token")
    with op.batch_alter_table("ticket_taker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_taker_member"))

    op.drop_table("ticket_taker")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_rev"))
        batch_op.drop_index(batch_op.f("ix_ticket_grid"))
        batch_op.drop_index("ix_ticket_community_state")

    op.drop_table("ticket")
    with op.batch_alter_table("tablet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tablet_renews"))
        batch_op.drop_index(batch_op.f("ix_tablet_community"))

    op.drop_table("tablet")
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_first_rev"))

    op.drop_table("settlement")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_ticket"))
        batch_op.drop_index(batch_op.f("ix_service_rev"))
        batch_op.drop_index("ix_service_member_day")
        batch_op.drop_index(batch_op.f("ix_service_grid"))
        batch_op.drop_index(batch_op.f("ix_service_community"))
        batch_op.drop_index(batch_op.f("ix_service_activity"))

    op.drop_table("service")
    op.drop_table("scope")
    with op.batch_alter_table("repeat", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_repeat_untold", sqlite_where=sa.text("told IS NULL"), postgresql_where=sa.text("told IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_repeat_change"))

    op.drop_table("repeat")
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redemption_member"))
        batch_op.drop_index(batch_op.f("ix_redemption_community"))

    op.drop_table("redemption")
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_ticket"))
        batch_op.drop_index(batch_op.f("ix_reading_community"))

    op.drop_table("reading")
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_ticket"))
        batch_op.drop_index("ix_rating_member_day")

    op.drop_table("rating")
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantine_keep_until"))

    op.drop_table("quarantine")
    op.drop_table("point_rule")
    with op.batch_alter_table("point_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_point_entry_source"))
        batch_op.drop_index(batch_op.f("ix_point_entry_settlement"))
        batch_op.drop_index("ix_point_entry_member_day")
        batch_op.drop_index(batch_op.f("ix_point_entry_community"))

    op.drop_table("point_entry")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_entity"))
        batch_op.drop_index(batch_op.f("ix_outcome_change"))
        batch_op.drop_index(
            "ix_outcome_apart",
            sqlite_where=sa.text("outcome = 'QUARANTINED'"),
            postgresql_where=sa.text("outcome = 'QUARANTINED'"),
        )

    op.drop_table("outcome")
    op.drop_table("meta")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_rev"))
        batch_op.drop_index("ix_member_identity")
        batch_op.drop_index(batch_op.f("ix_member_grid"))
        batch_op.drop_index(batch_op.f("ix_member_community"))
        batch_op.drop_index(batch_op.f("ix_member_alias_of"))

    op.drop_table("member")
    op.drop_table("hole")
    with op.batch_alter_table("grid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grid_rev"))
        batch_op.drop_index(batch_op.f("ix_grid_community"))
        batch_op.drop_index(batch_op.f("ix_grid_code"))

    op.drop_table("grid")
    with op.batch_alter_table("fork", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fork_keep_until"))

    op.drop_table("fork")
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_code_handle"))
        batch_op.drop_index(batch_op.f("ix_enrolment_code_expires_at"))

    op.drop_table("enrolment_code")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_rev"))
        batch_op.drop_index(batch_op.f("ix_document_private_grid"))
        batch_op.drop_index("ix_document_audience_rev")

    op.drop_table("document")
    op.drop_table("device")
    op.drop_table("contact")
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_rev"))
        batch_op.drop_index(batch_op.f("ix_conflict_entity"))
        batch_op.drop_index("ix_conflict_community_state")

    op.drop_table("conflict")
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_community_rev"))

    op.drop_table("community")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_settlement"))
        batch_op.drop_index(
            "ix_change_inbox_entity",
            sqlite_where=sa.text("settlement IS NULL"),
            postgresql_where=sa.text("settlement IS NULL"),
        )
        batch_op.drop_index(
            "ix_change_inbox",
            sqlite_where=sa.text("settlement IS NULL"),
            postgresql_where=sa.text("settlement IS NULL"),
        )
        batch_op.drop_index(
            "ix_change_held",
            sqlite_where=sa.text("held IS NOT NULL"),
            postgresql_where=sa.text("held IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_change_entity"))

    op.drop_table("change")
