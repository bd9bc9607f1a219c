"""What routing talks about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from desk.agents.model import TEAM, Agent, Presence, Tier
from desk.tickets.model import Priority, Status

Code = Literal[
    # somebody gets it
    "skill",  # on duty and knows it well
    "anybody",  # on duty; nobody who is free knows it well
    "general",  # on duty; no skill is needed
    "fast_response",  # P1: of the fast-response group, on duty
    "on_call",  # P1: nobody of that group is on duty, so whoever is on call is woken
    "p1_anybody",  # P1: neither, so whoever is on duty
    # it waits
    "off_duty",  # nobody is on duty
    "no_tier",  # only people of lower tiers are on duty
    "nobody_there",  # on duty, but busy or not signed in
    "full",  # all have as many tickets as they may have
    "p1_nobody",  # P1: neither on duty nor on call; the leads are told
    # it stays where it is
    "kept",  # it has its agent
    "p1_raised",  # it has its agent and has become a P1: the others who answer for one are woken
    "done",  # it is resolved or closed
    "tier_talking",  # it has risen over its agent's tier, but somebody is talking to the customer
    "tier_nobody",  # it has risen over its agent's tier, and nobody of the new one is free
]


@dataclass(frozen=True)
class Reason:
    """Why, as a code and the figures of the sentence about it; JSON can hold both."""

    code: Code
    values: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As it stands in the detail of an event."""
        return {"code": self.code, "values": dict(self.values)}


@dataclass(frozen=True)
class Need:
    """What a ticket asks of the one who takes it."""

    priority: Priority
    tier: Tier = "L1"
    skill: str = ""


@dataclass(frozen=True)
class Candidate:
    """An agent at one moment."""

    agent: Agent
    presence: Presence = "online"
    skills: frozenset[str] = frozenset()
    on_duty: bool = True
    on_call: bool = False
    on_leave: bool = False
    load: int = 0  # open tickets, without those that wait for the customer
    absent: bool = False  # on leave, left, or without a sign of life for so long that others take over

    @property
    def eligible(self) -> bool:
        """Works on tickets at all."""
        return self.agent.active and self.agent.role in TEAM


@dataclass(frozen=True)
class Standing:
    """Where a ticket stands: who has it, who is talking to the customer, and who knows of it."""

    need: Need
    status: Status = "new"
    assignee_id: int | None = None
    owner_id: int | None = None
    paged: bool = True  # for a P1: those who answer for one have been woken since it is one


@dataclass(frozen=True)
class Choice:
    """Who gets it, or None; and who is woken for it."""

    agent: Agent | None
    reason: Reason
    wake: tuple[Agent, ...] = ()


@dataclass(frozen=True)
class Routed:
    """What became of a ticket."""

    agent: Agent | None  # who has it now
    reason: Reason
    queued: bool = False
    wake: tuple[Agent, ...] = ()
    event_id: int | None = None  # of the event this call has written; None: nothing has changed

    @property
    def fresh(self) -> bool:
        """Whether something has changed that people have to be told."""
        return self.event_id is not None
