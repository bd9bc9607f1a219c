"""Who works here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id


class AgentRow(Base):
    """A member of the support team."""

    __tablename__ = "agents"
    __table_args__ = (CheckConstraint("role IN ('agent', 'lead', 'editor', 'admin')", name="role"),)

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]  # argon2id, with its parameters
    name: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AgentSessionRow(Base):
    """A login; the token itself is not kept."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
