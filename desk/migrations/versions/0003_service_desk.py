"""The service desk: clocks, rosters, companies, incidents, promises, ready replies, questions to customers."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """To this version."""
    # SQLite adds no constraint to a table that exists: there the tables are written anew.
    anew: Literal["always", "auto"] = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weekday", BIG, nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'workday', 'ordinary')", name="kind"),
        sa.PrimaryKeyConstraint("day", name="pk_calendar_days"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("workaround", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("resolves", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'closed', 'dismissed')", name="state"),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    going_on = sa.text("signature <> '' AND state IN ('proposed', 'confirmed')")
    op.create_index(
        "uq_incidents_going_on",
        "incidents",
        ["signature"],
        unique=True,
        sqlite_where=going_on,
        postgresql_where=going_on,
    )
    op.create_index("ix_incidents_state_proposed_at", "incidents", ["state", "proposed_at"], unique=False)

    op.create_table(
        "reports",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", name="pk_reports"),
    )
    op.create_table(
        "cursors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_cursors"),
    )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_outbox_kind_sent_at", ["kind", "sent_at"], unique=False)

    op.create_table(
        "agent_skills",
        sa.Column("agent_id", BIG, nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_agent_skills_agent_id_agents"),
        sa.PrimaryKeyConstraint("agent_id", "skill", name="pk_agent_skills"),
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shortcut", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("used", BIG, nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["agents.id"], name="fk_canned_replies_owner_id_agents"),
        sa.PrimaryKeyConstraint("id", name="pk_canned_replies"),
        sa.UniqueConstraint("shortcut", name="uq_canned_replies_shortcut"),
    )
    op.create_table(
        "duty",
        sa.Column("id", BIG, nullable=False),
        sa.Column("agent_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('shift', 'on_call', 'leave')", name="kind"),
        sa.CheckConstraint("starts_at < ends_at", name="span"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_duty_agent_id_agents"),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
    )
    op.create_index("ix_duty_agent_id", "duty", ["agent_id"], unique=False)
    op.create_index("ix_duty_ends_at_starts_at", "duty", ["ends_at", "starts_at"], unique=False)

    op.create_table(
        "licences",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("site_id", BIG, nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_licences_account_id_accounts"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_licences_site_id_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_licences"),
        sa.UniqueConstraint("number", name="uq_licences_number"),
    )
    op.create_index("ix_licences_account_id", "licences", ["account_id"], unique=False)

    op.create_table(
        "asks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("episode", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('solved', 'csat')", name="kind"),
        sa.CheckConstraint("state IN ('due', 'asked', 'answered', 'expired')", name="state"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_asks_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_asks_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_asks"),
        sa.UniqueConstraint("key", name="uq_asks_key"),
    )
    op.create_index("ix_asks_conversation_id", "asks", ["conversation_id"], unique=False)
    op.create_index("ix_asks_state_due_at", "asks", ["state", "due_at"], unique=False)
    op.create_index("ix_asks_ticket_id", "asks", ["ticket_id"], unique=False)

    op.create_table(
        "incident_tickets",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("incident_id", BIG, nullable=False),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_incident_tickets_ticket_id_tickets"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_incident_tickets_incident_id_incidents"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_incident_tickets"),
    )
    op.create_index(
        "ix_incident_tickets_incident_id_told_at", "incident_tickets", ["incident_id", "told_at"], unique=False
    )

    op.create_table(
        "incident_cards",
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("incident_id", BIG, nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_incident_cards_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_incident_cards_incident_id_incidents"),
        sa.PrimaryKeyConstraint("conversation_id", "incident_id", name="pk_incident_cards"),
    )
    op.create_index("ix_incident_cards_incident_id_told_at", "incident_cards", ["incident_id", "told_at"], unique=False)

    op.create_table(
        "promises",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'kept', 'broken', 'withdrawn')", name="state"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_promises_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
    )
    op.create_index("ix_promises_state_due_at", "promises", ["state", "due_at"], unique=False)
    op.create_index("ix_promises_ticket_id", "promises", ["ticket_id"], unique=False)

    op.create_table(
        "sla",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("last_event_id", BIG, nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_sla_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_sla"),
    )
    op.create_table(
        "sla_clocks",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("target", BIG, nullable=False),
        sa.Column("breach", BIG, nullable=False),
        sa.Column("wall", sa.Boolean(), nullable=False),
        sa.Column("used", BIG, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breach_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('first_response', 'resolution', 'plan')", name="kind"),
        sa.CheckConstraint("state IN ('running', 'paused', 'stopped')", name="state"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_sla_clocks_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "kind", name="pk_sla_clocks"),
    )
    op.create_index("ix_sla_clocks_next_at", "sla_clocks", ["next_at"], unique=False)

    op.create_table(
        "sla_marks",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mark IN ('warned', 'escalated', 'breached')", name="mark"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_sla_marks_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "kind", "mark", name="pk_sla_marks"),
    )
    op.create_table(
        "ticket_links",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("other_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('duplicate', 'related')", name="kind"),
        sa.CheckConstraint("ticket_id <> other_id", name="two"),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name="fk_ticket_links_other_id_tickets"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_links_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", name="pk_ticket_links"),
    )
    op.create_table(
        "viewers",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("agent_id", BIG, nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('reading', 'writing')", name="mode"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_viewers_agent_id_agents"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_viewers_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id", name="pk_viewers"),
    )
    op.execute(
        sa.text(
            "INSERT INTO licences (account_id, number, created_at) "
            "SELECT id, licence, created_at FROM accounts WHERE licence IS NOT NULL"
        )
    )
    with op.batch_alter_table("accounts", recreate=anew) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        batch_op.drop_constraint("uq_accounts_licence", type_="unique")
        batch_op.create_unique_constraint("uq_accounts_name", ["name"])
        batch_op.drop_column("licence")

    with op.batch_alter_table("agents", recreate=anew) as batch_op:
        batch_op.add_column(sa.Column("tier", sa.Text(), server_default="L1", nullable=False))
        batch_op.add_column(sa.Column("fast_response", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("max_load", BIG, server_default="8", nullable=False))
        batch_op.add_column(sa.Column("presence", sa.Text(), server_default="offline", nullable=False))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("last_assigned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("email", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("mention", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("locale", sa.Text(), server_default="zh-CN", nullable=False))
        batch_op.create_check_constraint(op.f("ck_agents_tier"), "tier IN ('L1', 'L2', 'L3')")
        batch_op.create_check_constraint(op.f("ck_agents_presence"), "presence IN ('online', 'busy', 'offline')")

    with op.batch_alter_table("contacts", recreate=anew) as batch_op:
        batch_op.add_column(sa.Column("vip", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("email", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("sites", recreate=anew) as batch_op:
        batch_op.create_unique_constraint("uq_sites_account_id_name", ["account_id", "name"])

    with op.batch_alter_table("tickets", recreate=anew) as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("account_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("skill", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("vip", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("next_contact_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("next_contact_note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("remote_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("incident_id", BIG, nullable=True))
        batch_op.create_index("ix_tickets_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_tickets_incident_id", ["incident_id"], unique=False)
        batch_op.create_index("ix_tickets_next_contact_at", ["next_contact_at"], unique=False)
        batch_op.create_foreign_key("fk_tickets_incident_id_incidents", "incidents", ["incident_id"], ["id"])
        batch_op.create_foreign_key("fk_tickets_account_id_accounts", "accounts", ["account_id"], ["id"])


def downgrade() -> None:
    """Back to the version before; licence numbers and what the new tables hold are lost."""
    with op.batch_alter_table("tickets") as batch_op:
        batch_op.drop_constraint("fk_tickets_account_id_accounts", type_="foreignkey")
        batch_op.drop_constraint("fk_tickets_incident_id_incidents", type_="foreignkey")
        batch_op.drop_index("ix_tickets_next_contact_at")
        batch_op.drop_index("ix_tickets_incident_id")
        batch_op.drop_index("ix_tickets_account_id")
        batch_op.drop_column("incident_id")
        batch_op.drop_column("remote_until")
        batch_op.drop_column("next_contact_note")
        batch_op.drop_column("next_contact_at")
        batch_op.drop_column("vip")
        batch_op.drop_column("skill")
        batch_op.drop_column("account_id")
        batch_op.drop_column("closed_at")

    with op.batch_alter_table("sites") as batch_op:
        batch_op.drop_constraint("uq_sites_account_id_name", type_="unique")

    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("note")
        batch_op.drop_column("email")
        batch_op.drop_column("vip")

    with op.batch_alter_table("agents") as batch_op:
        batch_op.drop_constraint(op.f("ck_agents_presence"), type_="check")
        batch_op.drop_constraint(op.f("ck_agents_tier"), type_="check")
        batch_op.drop_column("locale")
        batch_op.drop_column("mention")
        batch_op.drop_column("phone")
        batch_op.drop_column("email")
        batch_op.drop_column("last_assigned_at")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("presence")
        batch_op.drop_column("max_load")
        batch_op.drop_column("fast_response")
        batch_op.drop_column("tier")

    with op.batch_alter_table("accounts") as batch_op:
        batch_op.add_column(sa.Column("licence", sa.Text(), nullable=True))
        batch_op.drop_constraint("uq_accounts_name", type_="unique")
        batch_op.create_unique_constraint("uq_accounts_licence", ["licence"])
        batch_op.drop_column("note")

    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_index("ix_outbox_kind_sent_at")
        batch_op.drop_column("dismissed_at")

    op.drop_table("cursors")
    op.drop_table("viewers")
    op.drop_table("incident_cards")
    op.drop_table("incident_tickets")
    op.drop_table("ticket_links")
    op.drop_table("sla_marks")
    op.drop_table("sla_clocks")
    op.drop_table("sla")
    op.drop_table("promises")
    op.drop_table("asks")
    op.drop_table("licences")
    op.drop_table("duty")
    op.drop_table("canned_replies")
    op.drop_table("agent_skills")
    op.drop_table("reports")
    op.drop_table("incidents")
    op.drop_table("calendar_days")
