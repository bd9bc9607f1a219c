"""Working on tickets. Every change adds an event.

All raise NotFound and MalformedNumber for the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from desk import conversations
from desk.errors import IllegalMove, NotFound
from desk.tables import AgentRow, TicketRow
from desk.tickets.model import DONE, Status, Ticket, checked, ticket
from desk.tickets.opening import append, open_handoff
from desk.tickets.reading import row_of

MOVES: Mapping[Status, frozenset[Status]] = {
    "new": frozenset({"in_progress", "waiting", "on_site"}),
    "assigned": frozenset({"in_progress", "waiting", "on_site"}),
    "in_progress": frozenset({"waiting", "on_site"}),
    "waiting": frozenset({"in_progress", "on_site"}),
    "on_site": frozenset({"in_progress", "waiting"}),
    "resolved": frozenset(),
    "closed": frozenset(),
}


def assign(session: Session, number: str, agent_id: int, *, by: str, reason: str = "", now: datetime) -> Ticket:
    """Give it to an agent; work already begun goes on. Raises NotFound for an unknown or inactive agent, IllegalMove
    when it is done."""
    row = _open_row(session, number)
    agent = session.get(AgentRow, agent_id)
    if agent is None or not agent.active:
        raise NotFound(f"there is no active agent {agent_id}")
    detail = {"agent_id": agent_id, "before": row.assignee_id, "reason": reason}
    row.assignee_id = agent_id
    return _entered(session, row, "assigned" if row.status == "new" else row.status, "assigned", by, detail, now)


def move(session: Session, number: str, to: Status, *, by: str, now: datetime) -> Ticket:
    """To in_progress, waiting or on_site. Raises IllegalMove."""
    row = row_of(session, number, lock=True)
    if to not in MOVES[cast(Status, row.status)]:
        raise IllegalMove(f"ticket {row.number} is {row.status} and cannot be moved to {to}")
    return _entered(session, row, to, "moved", by, {}, now)


def change(
    session: Session,
    number: str,
    *,
    priority: str | None = None,
    category: str | None = None,
    tier: str | None = None,
    summary: str | None = None,
    by: str,
    now: datetime,
) -> Ticket:
    """Correct what was recorded; the event keeps old and new values. No difference, no event. Raises ValueError."""
    row = row_of(session, number, lock=True)
    checked(priority or row.priority, tier or row.tier)
    wanted = {"priority": priority, "category": category, "tier": tier, "summary": summary}
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


def note(session: Session, number: str, text: str, *, by: str, now: datetime) -> Ticket:
    """An internal note; the customer never sees it."""
    row = row_of(session, number, lock=True)
    append(session, row, "noted", by, {"text": text}, now)
    return ticket(row)


def urge(session: Session, number: str, contact_id: int, *, now: datetime) -> Ticket:
    """The owner asks to hurry. Raises NotFound for others, IllegalMove when it is done."""
    row = row_of(session, number, lock=True)
    if row.contact_id != contact_id:
        raise NotFound(f"there is no ticket {number[:40]!r}")
    _must_be_open(row)
    append(session, row, "urged", f"contact:{contact_id}", {}, now)
    return ticket(row)


def resolve(session: Session, number: str, *, solution: str, by: str, now: datetime) -> Ticket:
    """Solved, as far as the agent can tell. Raises IllegalMove when it is done already."""
    row = _open_row(session, number)
    row.resolved_at = now
    return _entered(session, row, "resolved", "resolved", by, {"solution": solution}, now)


def close(session: Session, number: str, *, by: str, now: datetime) -> Ticket:
    """Done with, solved or not. Closing twice is no error and no event."""
    row = row_of(session, number, lock=True)
    return ticket(row) if row.status == "closed" else _entered(session, row, "closed", "closed", by, {}, now)


def reopen(session: Session, number: str, *, reason: str = "", by: str, now: datetime) -> Ticket:
    """Not solved after all: back to its agent, or to the queue.

    Raises IllegalMove when it is not done, or when another hand-off has been opened in the conversation since.
    """
    conversation_id = row_of(session, number).conversation_id
    if conversation_id is not None:
        conversations.row_of(session, conversation_id, lock=True)  # before the ticket, as in opening: no deadlock
    row = row_of(session, number, lock=True)
    if row.status not in DONE:
        raise IllegalMove(f"ticket {row.number} is {row.status}; only a resolved or closed one is reopened")
    other = open_handoff(session, conversation_id) if row.handoff else None
    if other is not None:
        raise IllegalMove(f"ticket {row.number} cannot be reopened: {other.number} is open in the same conversation")
    row.resolved_at = None
    to: Status = "new" if row.assignee_id is None else "assigned"
    return _entered(session, row, to, "reopened", by, {"reason": reason}, now)


def _open_row(session: Session, number: str) -> TicketRow:
    row = row_of(session, number, lock=True)
    _must_be_open(row)
    return row


def _must_be_open(row: TicketRow) -> None:
    if row.status in DONE:
        raise IllegalMove(f"ticket {row.number} is {row.status}; reopen it first")


def _entered(
    session: Session, row: TicketRow, to: str, kind: str, by: str, detail: dict[str, Any], now: datetime
) -> Ticket:
    before, row.status = row.status, to
    append(session, row, kind, by, {"from": before, "to": to, **detail}, now)
    return ticket(row)
