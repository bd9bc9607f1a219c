"""To whom a ticket can be given: who is there, and how much they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desk import agents, inbox
from desk.agents import Agent, Presence
from desk.session import Session
from gateway.console.access import allow

_ORDER = ("online", "busy", "offline")


@dataclass(frozen=True)
class Colleague:
    """Somebody who holds tickets."""

    agent: Agent
    presence: Presence
    load: int  # open tickets
    skills: tuple[str, ...]

    @property
    def full(self) -> bool:
        return self.load >= self.agent.max_load


def colleagues(session: Session, now: datetime) -> tuple[Colleague, ...]:
    """Those who are there first, then those with the least to do."""
    loads, skills = inbox.loads(session), agents.skills(session)
    found = [
        Colleague(one, agents.presence_at(one, now), loads.get(one.id, 0), skills.get(one.id, ()))
        for one in agents.listing(session)
        if allow(one, "tickets.hold")
    ]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.presence), one.load, one.agent.name)))
