"""What an agent is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy.orm import Session

from desk.errors import NotFound
from desk.tables import AgentRow

Role = Literal["agent", "lead", "editor", "admin"]
Tier = Literal["L1", "L2", "L3"]
Presence = Literal["online", "busy", "offline"]
TEAM: tuple[Role, ...] = ("agent", "lead", "admin")  # those who work on tickets; an editor writes entries


@dataclass(frozen=True)
class Agent:
    """A member of the support team."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    created_at: datetime
    tier: Tier
    fast_response: bool  # woken for a P1
    max_load: int  # open tickets at once
    presence: Presence  # as it was set; `presence_at` knows whether they are still there
    seen_at: datetime | None  # last sign of life of their console
    last_assigned_at: datetime | None
    email: str | None
    phone: str | None
    mention: str | None  # how the robots call this person
    locale: str  # of their console: zh-CN, zh-TW
    wechat_kf: str | None = None  # their account in WeChat's own desk, such as kf2001@gh_account

    @property
    def actor(self) -> str:
        """How events name this person."""
        return f"agent:{self.id}"


def agent(row: AgentRow) -> Agent:
    """What a row says."""
    return Agent(
        id=row.id,
        login=row.login,
        name=row.name,
        role=cast(Role, row.role),
        active=row.active,
        created_at=row.created_at,
        tier=cast(Tier, row.tier),
        fast_response=row.fast_response,
        max_load=row.max_load,
        presence=cast(Presence, row.presence),
        seen_at=row.seen_at,
        last_assigned_at=row.last_assigned_at,
        email=row.email,
        phone=row.phone,
        mention=row.mention,
        locale=row.locale,
        wechat_kf=row.wechat_kf,
    )


def row_of(session: Session, agent_id: int, *, lock: bool = False) -> AgentRow:
    """The row, for the desk's own modules. Raises NotFound."""
    # Not FOR UPDATE: that would keep everybody waiting who writes a row that names the agent.
    mode = {"key_share": True} if lock else None
    row = session.get(AgentRow, agent_id, with_for_update=mode, populate_existing=lock)
    if row is None:
        raise NotFound(f"there is no agent {agent_id}")
    return row
