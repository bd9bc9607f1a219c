"""Keeping in touch: when to write to the customer next, and until when their screen may be looked at.

All raise NotFound and MalformedNumber for the number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Exists, exists, select
from sqlalchemy.orm import Session

from desk.errors import NotFound
from desk.tables import TicketEventRow, TicketRow
from desk.tickets.model import DONE, Ticket, ticket
from desk.tickets.moves import must_be_open
from desk.tickets.opening import append
from desk.tickets.reading import row_of

LONGEST_CONSENT = timedelta(hours=24)  # nobody agrees to be looked at for weeks


def schedule(session: Session, number: str, at: datetime | None, note: str = "", *, by: str, now: datetime) -> Ticket:
    """When the customer is written to next, and what about; None clears it. No difference, no event.

    Raises ValueError for a time that has passed, IllegalMove when the ticket is done.
    """
    row = row_of(session, number, lock=True)
    must_be_open(row)
    if at is not None and at <= now:
        raise ValueError(f"the next contact is to come; {at.isoformat()} has passed")
    note = note.strip() if at is not None else ""
    if (at, note) != (row.next_contact_at, row.next_contact_note):
        before = {"at": _written(row.next_contact_at), "note": row.next_contact_note}
        row.next_contact_at, row.next_contact_note = at, note
        append(session, row, "scheduled", by, {"at": _written(at), "note": note, "before": before}, now)
    return ticket(row)


def consent(session: Session, number: str, until: datetime | None, *, by: str, now: datetime) -> Ticket:
    """The customer agrees to remote assistance until then; None takes it back, at any time. No difference, no event.

    Given by the customer, or recorded by the agent who heard it. Raises NotFound for another customer, ValueError for
    anybody else, for a time that has passed or is more than 24 hours ahead, IllegalMove when the ticket is done.
    """
    row = row_of(session, number, lock=True)
    kind, _, who = by.partition(":")
    if kind == "contact" and who != str(row.contact_id):
        raise NotFound(f"there is no ticket {number[:40]!r}")
    if kind not in ("contact", "agent"):
        raise ValueError(f"a customer or an agent may agree to remote assistance, not {by!r}")
    if until is not None:
        must_be_open(row)
        if not now < until <= now + LONGEST_CONSENT:
            raise ValueError(f"consent lasts at most 24 hours from now, not until {until.isoformat()}")
    return _consented(session, row, until, by, "", now)


def expire_consent(session: Session, number: str, *, now: datetime) -> bool:
    """Note that the consent is over, once; False when it still lasts, or that has been noted."""
    row = row_of(session, number, lock=True)
    if row.remote_until is None or now < row.remote_until:
        return False
    _consented(session, row, None, "system", "expired", now)
    return True


def consents_over(session: Session, *, now: datetime, limit: int = 100) -> tuple[Ticket, ...]:
    """Where the time is up and nobody has noted it."""
    query = select(TicketRow).where(TicketRow.remote_until <= now).order_by(TicketRow.id).limit(limit)
    return tuple(ticket(row) for row in session.scalars(query))


def contacts_due(session: Session, *, now: datetime, limit: int = 100) -> tuple[Ticket, ...]:
    """Open tickets whose customer is to be written to now, and nobody has been told yet."""
    query = (
        select(TicketRow)
        .where(TicketRow.next_contact_at <= now, TicketRow.status.not_in(DONE), ~_told())
        .order_by(TicketRow.next_contact_at, TicketRow.id)
        .limit(limit)
    )
    return tuple(ticket(row) for row in session.scalars(query))


def contact_reached(session: Session, number: str, *, now: datetime) -> Ticket | None:
    """The time for the next contact has come: noted once, then None until another time is set."""
    row = row_of(session, number, lock=True)
    if row.next_contact_at is None or now < row.next_contact_at or row.status in DONE:
        return None
    if session.scalar(select(TicketRow.id).where(TicketRow.id == row.id, _told())) is not None:
        return None
    append(session, row, "next_contact", "system", {"at": _written(row.next_contact_at)}, now)
    return ticket(row)


def _told() -> Exists:
    """Whoever sets a time sets one to come: a line about it is younger than the time, and older ones are older."""
    return exists().where(
        TicketEventRow.ticket_id == TicketRow.id,
        TicketEventRow.kind == "next_contact",
        TicketEventRow.created_at >= TicketRow.next_contact_at,
    )


def _consented(session: Session, row: TicketRow, until: datetime | None, by: str, reason: str, now: datetime) -> Ticket:
    if until != row.remote_until:
        detail = {"until": _written(until), "before": _written(row.remote_until)}
        row.remote_until = until
        append(session, row, "consented", by, {**detail, "reason": reason} if reason else detail, now)
    return ticket(row)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
