"""Channels: attachments, what may be pushed, announcements, and which delivery carries a turn's replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "attachments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("conversation_id", BIG, nullable=True),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("width", BIG, nullable=True),
        sa.Column("height", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('user', 'agent', 'api')", name="source"),
        sa.CheckConstraint("status IN ('expected', 'stored', 'failed', 'erased')", name="status"),
        sa.CheckConstraint("(status = 'stored') <= (sha256 IS NOT NULL)", name="stored"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_attachments_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attachments_message_id_messages"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_attachments_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.UniqueConstraint("key", name="uq_attachments_key"),
        sa.UniqueConstraint("origin", name="uq_attachments_origin"),
    )
    op.create_index("ix_attachments_conversation_id_id", "attachments", ["conversation_id", "id"], unique=False)
    op.create_index("ix_attachments_message_id", "attachments", ["message_id"], unique=False)
    op.create_index("ix_attachments_ticket_id", "attachments", ["ticket_id"], unique=False)
    op.create_index("ix_attachments_sha256", "attachments", ["sha256"], unique=False)
    op.create_table(
        "push_windows",
        sa.Column("id", BIG, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowance", BIG, nullable=False),
        sa.Column("spent", BIG, nullable=False),
        sa.CheckConstraint("cause IN ('message', 'event')", name="cause"),
        sa.CheckConstraint("spent >= 0", name="spent"),
        sa.PrimaryKeyConstraint("id", name="pk_push_windows"),
        sa.UniqueConstraint("channel", "external_id", "cause", name="uq_push_windows_channel_external_id_cause"),
    )
    op.create_table(
        "announcements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('info', 'warning')", name="level"),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
    )
    op.create_index("ix_announcements_ends_at", "announcements", ["ends_at"], unique=False)
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
    with op.batch_alter_table("turns") as batch_op:
        batch_op.add_column(sa.Column("told_message_id", BIG, nullable=True))
    with op.batch_alter_table("agents") as batch_op:
        batch_op.add_column(sa.Column("wechat_kf", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back to the version before. What people have sent as files is forgotten; the files themselves stay."""
    with op.batch_alter_table("agents") as batch_op:
        batch_op.drop_column("wechat_kf")
    with op.batch_alter_table("turns") as batch_op:
        batch_op.drop_column("told_message_id")
    op.drop_table("marks")
    op.drop_table("announcements")
    op.drop_table("push_windows")
    op.drop_table("attachments")
