"""What a ticket is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from desk.tables import TicketEventRow, TicketRow

Status = Literal["new", "assigned", "in_progress", "waiting", "on_site", "resolved", "closed"]
Priority = Literal["P1", "P2", "P3", "P4"]
Tier = Literal["L1", "L2", "L3"]
DONE = ("resolved", "closed")
KINDS = (
    "opened", "requested_again", "assigned", "queued", "moved", "customer_wrote", "replied", "noted", "changed",
    "urged", "resolved", "closed", "reopened", "planned", "scheduled", "next_contact", "consented", "linked",
    "unlinked", "incident", "promised", "promise_kept", "promise_broken", "promise_withdrawn", "sla_warned",
    "sla_escalated", "sla_breached", "asked", "scored",
)  # fmt: skip


@dataclass(frozen=True)
class TicketDraft:
    """A ticket to be opened. Priority and tier are checked here: ValueError."""

    category: str
    priority: str
    summary: str
    slots: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""  # request, two_misses, dislikes, emergency, emotion, form, complaint, callback …
    tier: str = "L1"
    handoff: bool = True  # somebody is to take over the conversation: at most one such open ticket for each

    def __post_init__(self) -> None:
        checked(self.priority, self.tier)


@dataclass(frozen=True)
class Ticket:
    """A ticket as it stands."""

    id: int
    number: str
    conversation_id: int | None
    contact_id: int
    category: str
    priority: Priority
    tier: Tier
    status: Status
    summary: str
    slots: Mapping[str, str]
    reason: str
    handoff: bool
    assignee_id: int | None
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    account_id: int | None  # the customer company
    skill: str  # what the one who takes it should know; empty: anybody
    vip: bool
    next_contact_at: datetime | None
    next_contact_note: str
    remote_until: datetime | None  # the customer agreed to remote assistance until then
    incident_id: int | None

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status not in DONE

    def remote_allowed(self, now: datetime) -> bool:
        """Whether an agent may look at the customer's screen at this moment."""
        return self.open and self.remote_until is not None and now < self.remote_until


@dataclass(frozen=True)
class Opened:
    """The answer to a request for a ticket."""

    ticket: Ticket
    fresh: bool  # False: the key was seen before, or a hand-off was open already


@dataclass(frozen=True)
class TicketEvent:
    """One line of a ticket's history; never changed, never deleted.

    Every change of status has `from` and `to` in its detail, every other change old and new values:
    the ticket as it stood at any moment can be told from its events.
    """

    id: int
    kind: str  # see KINDS
    actor: str  # bot, system, api, contact:<id>, agent:<id>
    detail: Mapping[str, Any]
    created_at: datetime


def checked(priority: str, tier: str) -> None:
    """Raises ValueError for a priority or tier nobody has agreed on."""
    if priority not in ("P1", "P2", "P3", "P4"):
        raise ValueError(f"a priority is P1 to P4, not {priority!r}")
    if tier not in ("L1", "L2", "L3"):
        raise ValueError(f"a tier is L1 to L3, not {tier!r}")


def ticket(row: TicketRow) -> Ticket:
    """What a row says."""
    return Ticket(
        id=row.id,
        number=row.number,
        conversation_id=row.conversation_id,
        contact_id=row.contact_id,
        category=row.category,
        priority=cast(Priority, row.priority),
        tier=cast(Tier, row.tier),
        status=cast(Status, row.status),
        summary=row.summary,
        slots=dict(row.slots),
        reason=row.reason,
        handoff=row.handoff,
        assignee_id=row.assignee_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        first_response_at=row.first_response_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        account_id=row.account_id,
        skill=row.skill,
        vip=row.vip,
        next_contact_at=row.next_contact_at,
        next_contact_note=row.next_contact_note,
        remote_until=row.remote_until,
        incident_id=row.incident_id,
    )


def event(row: TicketEventRow) -> TicketEvent:
    """What a row says."""
    return TicketEvent(id=row.id, kind=row.kind, actor=row.actor, detail=dict(row.detail), created_at=row.created_at)
