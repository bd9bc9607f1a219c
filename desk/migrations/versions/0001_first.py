"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "accounts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("maintained_until", sa.Date(), nullable=True),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("licence", name="uq_accounts_licence"),
    )
    op.create_table(
        "agents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", BIG, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('agent', 'lead', 'editor', 'admin')", name="role"),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("login", name="uq_agents_login"),
    )
    op.create_table(
        "audit",
        sa.Column("id", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_created_at", "audit", ["created_at"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('pending', 'running', 'done', 'failed')", name="status"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_status_created_at", "jobs", ["status", "created_at"], unique=False)
    op.create_table(
        "ticket_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", BIG, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_ticket_days"),
    )
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("agent_id", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_agent_sessions_agent_id_agents"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_agent_sessions"),
    )
    op.create_index("ix_agent_sessions_agent_id", "agent_sessions", ["agent_id"], unique=False)
    op.create_index("ix_agent_sessions_expires_at", "agent_sessions", ["expires_at"], unique=False)
    op.create_table(
        "sites",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sites_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
    )
    op.create_index("ix_sites_account_id", "sites", ["account_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("site_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_contacts_account_id_accounts"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_contacts_site_id_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_account_id", "contacts", ["account_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("episode", BIG, nullable=False),
        sa.Column("misses", BIG, nullable=False),
        sa.Column("dislikes", BIG, nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("last_question", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("choices_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("last_seq", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('bot', 'waiting', 'human', 'closed')", name="state"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_conversations_contact_id_contacts"),
        sa.ForeignKeyConstraint(["owner_id"], ["agents.id"], name="fk_conversations_owner_id_agents"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("channel", "external_id", name="uq_conversations_channel_external_id"),
    )
    op.create_index("ix_conversations_contact_id", "conversations", ["contact_id"], unique=False)
    op.create_index("ix_conversations_owner_id", "conversations", ["owner_id"], unique=False)
    op.create_index("ix_conversations_state_updated_at", "conversations", ["state", "updated_at"], unique=False)
    op.create_table(
        "identities",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_identities_contact_id_contacts"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("channel", "external_id", name="uq_identities_channel_external_id"),
    )
    op.create_index("ix_identities_contact_id", "identities", ["contact_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("conversation_id", BIG, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("ambiguous", BIG, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('pending', 'leased', 'sent', 'failed', 'parked')", name="status"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_outbox_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_dedupe_key"),
    )
    op.create_index("ix_outbox_conversation_id", "outbox", ["conversation_id"], unique=False)
    op.create_index("ix_outbox_status_next_at", "outbox", ["status", "next_at"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("conversation_id", BIG, nullable=True),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("handoff", sa.Boolean(), nullable=False),
        sa.Column("assignee_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("priority IN ('P1', 'P2', 'P3', 'P4')", name="priority"),
        sa.CheckConstraint(
            "status IN ('new', 'assigned', 'in_progress', 'waiting', 'on_site', 'resolved', 'closed')",
            name="status",
        ),
        sa.CheckConstraint("tier IN ('L1', 'L2', 'L3')", name="tier"),
        sa.ForeignKeyConstraint(["assignee_id"], ["agents.id"], name="fk_tickets_assignee_id_agents"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_tickets_contact_id_contacts"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_tickets_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("number", name="uq_tickets_number"),
    )
    op.create_index("ix_tickets_assignee_id", "tickets", ["assignee_id"], unique=False)
    op.create_index("ix_tickets_contact_id", "tickets", ["contact_id"], unique=False)
    op.create_index("ix_tickets_conversation_id", "tickets", ["conversation_id"], unique=False)
    op.create_index(
        "ix_tickets_status_priority_created_at", "tickets", ["status", "priority", "created_at"], unique=False
    )
    op.create_index(
        "uq_tickets_open_handoff",
        "tickets",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("handoff AND status NOT IN ('resolved', 'closed')"),
        postgresql_where=sa.text("handoff AND status NOT IN ('resolved', 'closed')"),
    )
    op.create_table(
        "ticket_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_events_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_events"),
    )
    op.create_index("ix_ticket_events_ticket_id", "ticket_events", ["ticket_id"], unique=False)
    op.create_table(
        "ticket_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_keys_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("key", name="pk_ticket_keys"),
    )
    op.create_index("ix_ticket_keys_ticket_id", "ticket_keys", ["ticket_id"], unique=False)
    op.create_table(
        "turns",
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("message_ids", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("ms", BIG, nullable=False),
        sa.Column("trace_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_turns_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("turn_id", name="pk_turns"),
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"], unique=False)
    op.create_index("ix_turns_created_at", "turns", ["created_at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("agent_id", BIG, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("author IN ('user', 'bot', 'agent', 'system')", name="author"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_messages_agent_id_agents"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.turn_id"], name="fk_messages_turn_id_turns"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("channel", "author", "external_id", name="uq_messages_channel_author_external_id"),
        sa.UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_id_seq"),
    )
    op.create_index(
        "ix_messages_pending",
        "messages",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("author = 'user' AND status = 'pending'"),
        postgresql_where=sa.text("author = 'user' AND status = 'pending'"),
    )
    op.create_index("ix_messages_turn_id", "messages", ["turn_id"], unique=False)
    op.create_table(
        "unanswered",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("build_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_unanswered_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.turn_id"], name="fk_unanswered_turn_id_turns"),
        sa.PrimaryKeyConstraint("id", name="pk_unanswered"),
    )
    op.create_index("ix_unanswered_conversation_id", "unanswered", ["conversation_id"], unique=False)
    op.create_index("ix_unanswered_created_at", "unanswered", ["created_at"], unique=False)
    op.create_index("ix_unanswered_turn_id", "unanswered", ["turn_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("episode", BIG, nullable=True),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("helpful", sa.Boolean(), nullable=True),
        sa.Column("score", BIG, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(message_id IS NULL) = (episode IS NOT NULL)", name="subject"),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_feedback_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_feedback_message_id_messages"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_feedback_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint("conversation_id", "episode", name="uq_feedback_conversation_id_episode"),
        sa.UniqueConstraint("message_id", name="uq_feedback_message_id"),
    )
    op.create_index("ix_feedback_created_at", "feedback", ["created_at"], unique=False)


def downgrade() -> None:
    """Back to an empty database."""
    for table in (
        "feedback",
        "unanswered",
        "messages",
        "turns",
        "ticket_keys",
        "ticket_events",
        "tickets",
        "outbox",
        "identities",
        "conversations",
        "contacts",
        "sites",
        "agent_sessions",
        "ticket_days",
        "jobs",
        "audit",
        "agents",
        "accounts",
    ):
        op.drop_table(table)
