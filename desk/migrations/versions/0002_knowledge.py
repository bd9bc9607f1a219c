"""Knowledge: entries with their versions, publications, pinned questions, gaps and notices."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("newest", BIG, nullable=False),
        sa.Column("live", BIG, nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin IN ('system', 'file', 'console', 'gap', 'ticket')", name="origin"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entries"),
    )
    op.create_index("ix_entries_review_on", "entries", ["review_on"], unique=False)
    op.create_table(
        "publications",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("build_id", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('publish', 'rollback')", name="kind"),
        sa.CheckConstraint("state IN ('published', 'refused', 'failed')", name="state"),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
    )
    op.create_table(
        "entry_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'rejected', 'superseded')", name="state"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.entry_id"], name="fk_entry_versions_entry_id_entries"),
        sa.PrimaryKeyConstraint("id", name="pk_entry_versions"),
        sa.UniqueConstraint("entry_id", "number", name="uq_entry_versions_entry_id_number"),
    )
    op.create_index(
        "uq_entry_versions_approved",
        "entry_versions",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("state = 'approved'"),
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index(
        "uq_entry_versions_submitted",
        "entry_versions",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "gaps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=True),
        sa.Column("number", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'drafted', 'answered', 'dismissed')", name="state"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.entry_id"], name="fk_gaps_entry_id_entries"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_entry_id", "gaps", ["entry_id"], unique=False)
    op.create_index("ix_gaps_state_updated_at", "gaps", ["state", "updated_at"], unique=False)
    op.create_table(
        "pins",
        sa.Column("id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.entry_id"], name="fk_pins_entry_id_entries"),
        sa.PrimaryKeyConstraint("id", name="pk_pins"),
        sa.UniqueConstraint("text", name="uq_pins_text"),
    )
    op.create_index("ix_pins_entry_id", "pins", ["entry_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("gap_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'told', 'dropped')", name="state"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_notices_contact_id_contacts"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_notices_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.entry_id"], name="fk_notices_entry_id_entries"),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name="fk_notices_gap_id_gaps"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("gap_id", "contact_id", name="uq_notices_gap_id_contact_id"),
    )
    op.create_index("ix_notices_contact_id_state", "notices", ["contact_id", "state"], unique=False)
    op.create_index("ix_notices_conversation_id", "notices", ["conversation_id"], unique=False)
    op.create_index("ix_notices_state_created_at", "notices", ["state", "created_at"], unique=False)
    op.create_index("ix_audit_subject_id", "audit", ["subject", "id"], unique=False)

    # SQLite adds no constraint to a table that exists, and columns only after those: there the tables are written anew.
    anew: Literal["always", "auto"] = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("jobs", recreate=anew) as jobs:
        jobs.add_column(sa.Column("attempts", BIG, server_default="0", nullable=False))
        jobs.add_column(sa.Column("lease_token", sa.Text(), nullable=True))
    with op.batch_alter_table("unanswered", recreate=anew) as unanswered:
        unanswered.add_column(sa.Column("source", sa.Text(), server_default="declined", nullable=False))
        unanswered.add_column(sa.Column("gap_id", BIG, nullable=True))
        unanswered.add_column(sa.Column("message_id", BIG, nullable=True))
        unanswered.alter_column("turn_id", existing_type=sa.Text(), nullable=True)
        unanswered.create_check_constraint(
            op.f("ck_unanswered_source"), "source IN ('declined', 'rejected', 'handed_off')"
        )
        unanswered.create_unique_constraint("uq_unanswered_message_id", ["message_id"])
        unanswered.create_foreign_key("fk_unanswered_message_id_messages", "messages", ["message_id"], ["id"])
        unanswered.create_foreign_key("fk_unanswered_gap_id_gaps", "gaps", ["gap_id"], ["id"])
        unanswered.create_index("ix_unanswered_gap_id_created_at", ["gap_id", "created_at"], unique=False)


def downgrade() -> None:
    """Back to the version before; questions without a turn are lost."""
    op.execute(sa.text("DELETE FROM unanswered WHERE turn_id IS NULL"))
    with op.batch_alter_table("unanswered") as unanswered:
        unanswered.drop_index("ix_unanswered_gap_id_created_at")
        unanswered.drop_constraint("fk_unanswered_gap_id_gaps", type_="foreignkey")
        unanswered.drop_constraint("fk_unanswered_message_id_messages", type_="foreignkey")
        unanswered.drop_constraint("uq_unanswered_message_id", type_="unique")
        unanswered.drop_constraint(op.f("ck_unanswered_source"), type_="check")
        unanswered.alter_column("turn_id", existing_type=sa.Text(), nullable=False)
        for column in ("message_id", "gap_id", "source"):
            unanswered.drop_column(column)
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("lease_token")
        jobs.drop_column("attempts")
    op.drop_index("ix_audit_subject_id", "audit")
    for table in ("notices", "pins", "gaps", "entry_versions", "publications", "entries"):
        op.drop_table(table)
