"""Who is still to hear that an incident is over: the customers of its tickets, and those who saw its card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, union, update
from sqlalchemy.orm import Session

from desk import conversations
from desk.tables import IncidentCardRow, IncidentRow, IncidentTicketRow, TicketRow
from desk.tickets.reading import row_of


@dataclass(frozen=True)
class Untold:
    """One ticket, with or without a conversation, or (no ticket) one conversation that saw the card."""

    incident_id: int
    ticket_id: int | None
    number: str | None
    conversation_id: int | None


@dataclass(frozen=True)
class Claim:
    """It is the caller's to tell; `speak`: the conversation has not heard it by another ticket or card."""

    speak: bool


def untold(session: Session, *, limit: int) -> tuple[Untold, ...]:
    """What is left to do of closed incidents, oldest first; tickets before cards."""
    over = IncidentRow.state == "closed"
    of_tickets = (
        select(IncidentTicketRow.incident_id, TicketRow.id, TicketRow.number, TicketRow.conversation_id)
        .join(IncidentRow, IncidentRow.id == IncidentTicketRow.incident_id)
        .join(TicketRow, TicketRow.id == IncidentTicketRow.ticket_id)
        .where(over, IncidentTicketRow.told_at.is_(None))
        .order_by(IncidentRow.closed_at, TicketRow.id)
        .limit(limit)
    )
    found = [Untold(*row) for row in session.execute(of_tickets)]
    of_cards = (
        select(IncidentCardRow.incident_id, IncidentCardRow.conversation_id)
        .join(IncidentRow, IncidentRow.id == IncidentCardRow.incident_id)
        .where(over, IncidentCardRow.told_at.is_(None))
        .order_by(IncidentRow.closed_at, IncidentCardRow.conversation_id)
        .limit(limit - len(found))
    )
    found += [Untold(incident_id, None, None, talk) for incident_id, talk in session.execute(of_cards)]
    return tuple(found)


def claim(session: Session, one: Untold, *, now: datetime) -> Claim | None:
    """Take it on, in the transaction that tells; None when another worker has. Locks conversation and ticket first."""
    heard = False
    if one.conversation_id is not None:
        conversations.row_of(session, one.conversation_id, lock=True)
        heard = _heard(session, one.incident_id, one.conversation_id)
    if one.number is not None:
        row_of(session, one.number, lock=True)  # before its link, as whoever links it
    if not _marked(session, one, now):
        return None
    return Claim(speak=one.conversation_id is not None and not heard)


def _marked(session: Session, one: Untold, now: datetime) -> bool:
    if one.ticket_id is not None:
        tickets = update(IncidentTicketRow).where(
            IncidentTicketRow.ticket_id == one.ticket_id,
            IncidentTicketRow.incident_id == one.incident_id,
            IncidentTicketRow.told_at.is_(None),
        )
        marking = tickets.values(told_at=now).returning(IncidentTicketRow.ticket_id)
    else:
        cards = update(IncidentCardRow).where(
            IncidentCardRow.conversation_id == one.conversation_id,
            IncidentCardRow.incident_id == one.incident_id,
            IncidentCardRow.told_at.is_(None),
        )
        marking = cards.values(told_at=now).returning(IncidentCardRow.conversation_id)
    return session.scalar(marking.execution_options(synchronize_session=False)) is not None


def _heard(session: Session, incident_id: int, conversation_id: int) -> bool:
    by_ticket = (
        select(IncidentTicketRow.incident_id)
        .join(TicketRow, TicketRow.id == IncidentTicketRow.ticket_id)
        .where(
            IncidentTicketRow.incident_id == incident_id,
            TicketRow.conversation_id == conversation_id,
            IncidentTicketRow.told_at.is_not(None),
        )
    )
    by_card = select(IncidentCardRow.incident_id).where(
        IncidentCardRow.incident_id == incident_id,
        IncidentCardRow.conversation_id == conversation_id,
        IncidentCardRow.told_at.is_not(None),
    )
    return session.scalar(union(by_ticket, by_card).limit(1)) is not None
