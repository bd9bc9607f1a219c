"""Who works here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id


class AgentRow(Base):
    """A member of the support team."""

    __tablename__ = "agents"
    __table_args__ = (
        CheckConstraint("role IN ('agent', 'lead', 'editor', 'admin')", name="role"),
        CheckConstraint("tier IN ('L1', 'L2', 'L3')", name="tier"),
        CheckConstraint("presence IN ('online', 'busy', 'offline')", name="presence"),
    )

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]  # argon2id, with its parameters
    name: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    tier: Mapped[str] = mapped_column(default="L1", server_default="L1")
    fast_response: Mapped[bool] = mapped_column(default=False, server_default=false())
    max_load: Mapped[int] = mapped_column(default=8, server_default="8")
    presence: Mapped[str] = mapped_column(default="offline", server_default="offline")
    seen_at: Mapped[datetime | None]
    last_assigned_at: Mapped[datetime | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    mention: Mapped[str | None]  # how the robots call this person
    locale: Mapped[str] = mapped_column(default="zh-CN", server_default="zh-CN")
    wechat_kf: Mapped[str | None]  # account in WeChat's own customer service, such as kf2001@gh_account


class AgentSkillRow(Base):
    """What an agent knows well."""

    __tablename__ = "agent_skills"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)


class DutyRow(Base):
    """A line of the roster: at work, on call outside working hours, or away."""

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("kind IN ('shift', 'on_call', 'leave')", name="kind"),
        CheckConstraint("starts_at < ends_at", name="span"),
        Index(None, "ends_at", "starts_at"),
    )

    id: Mapped[Id]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    kind: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class AgentSessionRow(Base):
    """A login; the token itself is not kept."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
