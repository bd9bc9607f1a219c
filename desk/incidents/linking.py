"""Tickets that report an incident; one incident for each ticket."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit, tickets
from desk.errors import IllegalMove
from desk.incidents.model import GOING_ON
from desk.incidents.reading import row_of
from desk.racing import racing
from desk.tables import IncidentRow, IncidentTicketRow


def link_ticket(session: Session, incident_id: int, number: str, *, by: str, now: datetime) -> bool:
    """The ticket reports this incident; False when it did already. One linked elsewhere is moved.

    Raises NotFound, MalformedNumber, IllegalMove for an incident that is over, and for a ticket whose own is and was
    told so.
    """
    # Tickets are locked before incidents, because whoever opens one has it already; and an incident before it is
    # named, because naming it shares its lock: no deadlock.
    ticket = tickets.change(session, number, by=by, now=now)
    row = going_on(session, incident_id)
    link = session.get(IncidentTicketRow, ticket.id, populate_existing=True)
    if link is not None and link.incident_id == row.id:
        return False
    if link is None:
        add(session, row.id, ticket.id, by, now)
    elif link.told_at is not None:
        raise IllegalMove(f"ticket {ticket.number} was told the end of incident {link.incident_id}; open a new ticket")
    else:
        link.incident_id, link.linked_by, link.linked_at = row.id, by, now
    tickets.set_incident(session, number, row.id, by=by, now=now)
    row.updated_at = now
    audit.record(session, by, "incident.linked", subject(row.id), {"ticket": ticket.number}, now=now)
    session.flush()
    return True


def unlink(session: Session, incident_id: int, number: str, *, by: str, now: datetime) -> bool:
    """It was something else after all; False when it was not linked. Raises NotFound, MalformedNumber, IllegalMove."""
    ticket = tickets.change(session, number, by=by, now=now)  # nothing to change: locks and reads again
    row = going_on(session, incident_id)
    link = session.get(IncidentTicketRow, ticket.id, populate_existing=True)
    if link is None or link.incident_id != row.id:
        return False
    tickets.set_incident(session, number, None, by=by, now=now)
    session.delete(link)
    row.updated_at = now
    audit.record(session, by, "incident.unlinked", subject(row.id), {"ticket": ticket.number}, now=now)
    session.flush()
    return True


def add(session: Session, incident_id: int, ticket_id: int, by: str, now: datetime) -> bool:
    """The row of a locked ticket; False when somebody else was faster. For the other modules of incidents."""
    try:
        with racing(session):
            session.add(
                IncidentTicketRow(
                    ticket_id=ticket_id, incident_id=incident_id, linked_by=by, linked_at=now, told_at=None
                )
            )
    except IntegrityError:
        return False
    return True


def going_on(session: Session, incident_id: int) -> IncidentRow:
    """The row, locked. Raises NotFound, IllegalMove when it is over."""
    row = row_of(session, incident_id, lock=True)
    if row.state not in GOING_ON:
        raise IllegalMove(f"incident {incident_id} is {row.state}; nothing is linked to it any more")
    return row


def subject(incident_id: int) -> str:
    """How the audit trail names an incident."""
    return f"incident:{incident_id}"
