"""Sessions: who is logged in to the console."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from desk.agents.model import Agent, agent
from desk.agents.presence import presence_at
from desk.errors import NotAllowed
from desk.tables import AgentRow, AgentSessionRow

SESSION_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class Login:
    """A session that has just begun; the token exists nowhere else."""

    agent: Agent
    token: str
    expires_at: datetime


def begin(session: Session, row: AgentRow, now: datetime) -> Login:
    """A new session; whoever logs in is there, unless they are busy in another window."""
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.expires_at <= now))
    token, expires_at = secrets.token_urlsafe(32), now + SESSION_FOR
    session.add(AgentSessionRow(token_hash=_token_hash(token), agent_id=row.id, created_at=now, expires_at=expires_at))
    busy = presence_at(agent(row), now) == "busy"  # now, and not when they left yesterday without a word
    row.presence, row.seen_at = "busy" if busy else "online", now
    return Login(agent(row), token, expires_at)


def authenticate(session: Session, token: str, *, now: datetime) -> Agent:
    """The agent of a running session. Raises NotAllowed."""
    row = session.get(AgentSessionRow, _token_hash(token))
    found = session.get(AgentRow, row.agent_id) if row is not None and now < row.expires_at else None
    if found is None or not found.active:
        raise NotAllowed("the session is unknown or over; log in again")
    return agent(found)


def logout(session: Session, token: str) -> None:
    """End a session, and with the last one the agent's presence; an unknown token is no error."""
    row = session.get(AgentSessionRow, _token_hash(token))
    if row is None:
        return
    session.delete(row)
    session.flush()
    if not session.scalar(select(exists().where(AgentSessionRow.agent_id == row.agent_id))):
        session.get_one(AgentRow, row.agent_id).presence = "offline"


def end_all(session: Session, row: AgentRow) -> None:
    """Log an agent out everywhere."""
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.agent_id == row.id))
    row.presence = "offline"


def _token_hash(token: str) -> str:
    # A random token of 256 bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
