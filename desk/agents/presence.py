"""Whether an agent is there: said by themselves, and believed only while their console gives signs of life."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy.orm import Session

from desk.agents.model import Agent, Presence, agent, row_of
from desk.errors import BadValue

AWAY_AFTER = timedelta(minutes=10)  # without a sign of life; then nobody is there, whatever was said
_SIGN_EVERY = timedelta(minutes=1)  # sooner ones are not written down: consoles ask every few seconds


def set_presence(session: Session, agent_id: int, presence: Presence, *, now: datetime) -> Agent:
    """Say whether one is there; that is a sign of life, too. Raises NotFound, BadValue."""
    if presence not in get_args(Presence):
        raise BadValue(f"presence is {', '.join(get_args(Presence))}, not {presence!r}", "presence")
    row = row_of(session, agent_id, lock=True)
    row.presence, row.seen_at = presence, now
    session.flush()
    return agent(row)


def seen_lately(one: Agent, now: datetime) -> bool:
    """Whether `seen` would write nothing."""
    return one.seen_at is not None and now - one.seen_at < _SIGN_EVERY


def seen(session: Session, agent_id: int, *, now: datetime) -> bool:
    """A sign of life of an agent's console; False when the last one is so recent that nothing was written.

    Raises NotFound.
    """
    row = row_of(session, agent_id)
    if seen_lately(agent(row), now):
        return False
    row.seen_at = now
    session.flush()
    return True


def presence_at(one: Agent, now: datetime) -> Presence:
    """What they said, unless nothing has been heard of them for ten minutes."""
    heard = one.seen_at is not None and now - one.seen_at <= AWAY_AFTER
    return one.presence if heard else "offline"
