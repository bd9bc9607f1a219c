"""Working on tickets. Every change adds an event.

All raise NotFound and MalformedNumber for the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from desk.errors import IllegalMove, NotFound
from desk.tables import AccountRow, AgentRow, IncidentRow
from desk.tickets.model import Status, Ticket, Tier, checked, ticket
from desk.tickets.moves import STATIONS, TIERS, entered, must_be_open, open_row
from desk.tickets.opening import append
from desk.tickets.reading import row_of


def assign(
    session: Session, number: str, agent_id: int, *, by: str, reason: str | Mapping[str, Any] = "", now: datetime
) -> Ticket:
    """Give it to an agent; work already begun goes on. `reason`: a person's words, or the code and figures of routing,
    kept as they are in the event. Raises NotFound for an unknown or inactive agent, IllegalMove
    when it is done."""
    row = open_row(session, number)
    agent = session.get(AgentRow, agent_id)
    if agent is None or not agent.active:
        raise NotFound(f"there is no active agent {agent_id}")
    detail = {"agent_id": agent_id, "before": row.assignee_id, "reason": reason}
    row.assignee_id = agent_id
    to: Status = "assigned" if row.status == "new" else cast(Status, row.status)
    return entered(session, row, to, "assigned", by, detail, now)


def move(session: Session, number: str, to: Status, *, by: str, now: datetime) -> Ticket:
    """To in_progress, waiting or on_site. Raises IllegalMove, also for where it is already."""
    row = row_of(session, number, lock=True)
    if to not in STATIONS or to == row.status:
        raise IllegalMove(f"ticket {row.number} is {row.status} and cannot be moved to {to}")
    return entered(session, row, to, "moved", by, {}, now)


def move_tier(session: Session, number: str, to: Tier, *, reason: str, by: str, now: datetime) -> Ticket:
    """One tier up or down. Raises IllegalMove for a longer step or a ticket that is done, ValueError without a reason.

    The event is `changed`, with the reason.
    """
    row = row_of(session, number, lock=True)
    checked(row.priority, to)
    if not reason.strip():
        raise ValueError(f"ticket {row.number} changes its tier for a reason; say which")
    must_be_open(row)
    if to not in TIERS[cast(Tier, row.tier)]:
        raise IllegalMove(f"ticket {row.number} is with {row.tier} and cannot go to {to}; one tier at a time")
    detail = {"old": {"tier": row.tier}, "new": {"tier": to}, "reason": reason.strip()}
    row.tier = to
    append(session, row, "changed", by, detail, now)
    return ticket(row)


def change(
    session: Session,
    number: str,
    *,
    priority: str | None = None,
    category: str | None = None,
    summary: str | None = None,
    skill: str | None = None,
    account_id: int | None = None,
    by: str,
    now: datetime,
) -> Ticket:
    """Correct what was recorded; the event keeps old and new values. No difference, no event. Raises ValueError for a
    priority that does not exist, NotFound for such a company."""
    row = row_of(session, number, lock=True)
    checked(priority or row.priority, row.tier)
    if account_id is not None and session.get(AccountRow, account_id) is None:
        raise NotFound(f"there is no account {account_id}")
    wanted = {
        "priority": priority, "category": category, "summary": summary, "skill": skill, "account_id": account_id,
    }  # fmt: skip
    new = {name: value for name, value in wanted.items() if value is not None and value != getattr(row, name)}
    if new:
        old = {name: getattr(row, name) for name in new}
        for name, value in new.items():
            setattr(row, name, value)
        append(session, row, "changed", by, {"old": old, "new": new}, now)
    return ticket(row)


def reply(session: Session, number: str, *, by: str, message_id: int | None = None, now: datetime) -> Ticket:
    """An answer was given. Only the first one by an agent stops the first-response clock."""
    row = row_of(session, number, lock=True)
    if row.first_response_at is None and by.startswith("agent:"):
        row.first_response_at = now
    append(session, row, "replied", by, {"message_id": message_id}, now)
    return ticket(row)


def heard(session: Session, number: str, *, by: str, now: datetime) -> Ticket:
    """The customer wrote: a ticket that waited for them goes on, any other only keeps the event."""
    row = row_of(session, number, lock=True)
    to: Status = "in_progress" if row.status == "waiting" else cast(Status, row.status)
    return entered(session, row, to, "customer_wrote", by, {}, now)


def note(session: Session, number: str, text: str, *, by: str, now: datetime) -> Ticket:
    """An internal note; the customer never sees it."""
    row = row_of(session, number, lock=True)
    append(session, row, "noted", by, {"text": text}, now)
    return ticket(row)


def plan(session: Session, number: str, text: str, *, by: str, now: datetime) -> Ticket:
    """How it is going to be solved; ends the clock for the plan. Raises IllegalMove when it is done, ValueError for a
    plan without words."""
    row = row_of(session, number, lock=True)
    if not text.strip():
        raise ValueError(f"the plan for ticket {row.number} is empty")
    must_be_open(row)
    append(session, row, "planned", by, {"text": text.strip()}, now)
    return ticket(row)


def set_incident(session: Session, number: str, incident_id: int | None, *, by: str, now: datetime) -> Ticket:
    """Belongs to an incident, or to none (None). No difference, no event. Raises NotFound for an unknown incident."""
    row = row_of(session, number, lock=True)
    if incident_id is not None and session.get(IncidentRow, incident_id) is None:
        raise NotFound(f"there is no incident {incident_id}")
    if incident_id != row.incident_id:
        detail = {"before": row.incident_id, "incident_id": incident_id}
        row.incident_id = incident_id
        append(session, row, "incident", by, detail, now)
    return ticket(row)


def urge(session: Session, number: str, contact_id: int, *, now: datetime) -> Ticket:
    """The owner asks to hurry. Raises NotFound for others, IllegalMove when it is done."""
    row = row_of(session, number, lock=True)
    if row.contact_id != contact_id:
        raise NotFound(f"there is no ticket {number[:40]!r}")
    must_be_open(row)
    append(session, row, "urged", f"contact:{contact_id}", {}, now)
    return ticket(row)
