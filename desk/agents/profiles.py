"""Who works here, and what each can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from desk import audit
from desk.agents.limits import Profile, checked_name, checked_profile, checked_role, checked_skills
from desk.agents.model import Agent, Role, agent, row_of
from desk.agents.sessions import end_all
from desk.tables import AgentRow, AgentSkillRow

_CONTACTS = ("email", "phone", "mention", "wechat_kf")
_AUDITED = ("name", "role", "active", "tier", "fast_response", "max_load", *_CONTACTS, "locale")


def get(session: Session, agent_id: int) -> Agent:
    """Raises NotFound."""
    return agent(row_of(session, agent_id))


def listing(session: Session, *, active: bool | None = True) -> tuple[Agent, ...]:
    """By login; None lists all."""
    query = select(AgentRow).order_by(AgentRow.login)
    if active is not None:
        query = query.where(AgentRow.active == active)
    return tuple(agent(row) for row in session.scalars(query))


def leads(session: Session) -> tuple[Agent, ...]:
    """Who answers for the team: its active leads, or the administrators where there are none."""
    team = listing(session)
    return tuple(one for one in team if one.role == "lead") or tuple(one for one in team if one.role == "admin")


def update(
    session: Session, agent_id: int, *, name: str | None = None, role: Role | None = None, active: bool | None = None
) -> Agent:
    """Change what is given; deactivating ends the agent's sessions. Raises NotFound, BadValue."""
    row = row_of(session, agent_id)
    row.name = row.name if name is None else checked_name(name)
    row.role = row.role if role is None else checked_role(role)
    row.active = row.active if active is None else active
    if active is False:
        end_all(session, row)
    session.flush()
    return agent(row)


def profile(session: Session, agent_id: int, **changes: Unpack[Profile]) -> Agent:
    """Change what is given: tier, fast_response, max_load, email, phone, mention, wechat_kf, locale.

    Raises NotFound, BadValue with the limit.
    """
    row = row_of(session, agent_id)
    for name, value in checked_profile(changes).items():
        setattr(row, name, value)
    session.flush()
    return agent(row)


def skills_of(session: Session, agent_id: int) -> tuple[str, ...]:
    """What an agent knows well, in the order of the alphabet."""
    query = select(AgentSkillRow.skill).where(AgentSkillRow.agent_id == agent_id)
    return tuple(sorted(session.scalars(query)))


def skills(session: Session) -> dict[int, tuple[str, ...]]:
    """The skills of everybody who has any."""
    found: dict[int, list[str]] = {}
    for row in session.scalars(select(AgentSkillRow)):
        found.setdefault(row.agent_id, []).append(row.skill)
    return {agent_id: tuple(sorted(known)) for agent_id, known in found.items()}


def set_skills(session: Session, agent_id: int, skills: Iterable[str]) -> tuple[str, ...]:
    """Replace them all. Raises NotFound, BadValue for more than 20 or one over 20 characters."""
    row_of(session, agent_id)
    wanted, known = set(checked_skills(skills)), set(skills_of(session, agent_id))
    mine = AgentSkillRow.agent_id == agent_id
    session.execute(delete(AgentSkillRow).where(mine, AgentSkillRow.skill.in_(known - wanted)))
    session.add_all(AgentSkillRow(agent_id=agent_id, skill=skill) for skill in sorted(wanted - known))
    session.flush()
    return skills_of(session, agent_id)


@contextmanager
def audited(session: Session, agent_id: int, *, by: str, now: datetime) -> Iterator[None]:
    """What is changed about an agent inside goes to the audit trail with old and new values; nothing, no line."""
    before = _noted(session, agent_id)
    yield
    after = _noted(session, agent_id)
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        detail = {"old": {name: before[name] for name in changed}, "new": {name: after[name] for name in changed}}
        audit.record(session, by, "agent.changed", f"agent:{agent_id}", detail, now=now)


def _noted(session: Session, agent_id: int) -> dict[str, Any]:
    present = asdict(get(session, agent_id))
    return {**{name: present[name] for name in _AUDITED}, "skills": list(skills_of(session, agent_id))}
