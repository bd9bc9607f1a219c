"""Opening tickets, once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import contacts, conversations
from desk.bodies import fingerprint
from desk.contacts import Contact
from desk.errors import ConflictingRepeat, NotFound
from desk.numbers import TicketNumber, day_of
from desk.racing import racing
from desk.tables import AccountRow, TicketEventRow, TicketKeyRow, TicketRow
from desk.tickets.model import DONE, Opened, TicketDraft, ticket

RAISED = {"P4": "P3", "P3": "P2", "P2": "P1", "P1": "P1"}  # what a VIP's trouble counts as
# The row of the day stays locked until the transaction ends: no number is given twice and none is skipped.
_NEXT = text(
    "INSERT INTO ticket_days (day, last) VALUES (:day, 1) "
    "ON CONFLICT (day) DO UPDATE SET last = ticket_days.last + 1 RETURNING last"
).bindparams(bindparam("day", type_=Date()))


def open_ticket(
    session: Session,
    draft: TicketDraft,
    *,
    key: str,
    contact_id: int,
    conversation_id: int | None = None,
    by: str = "bot",
    now: datetime,
) -> Opened:
    """Open a ticket once for each key; a hand-off finds the one already open in its conversation.

    It belongs to its contact's company, and a VIP's is one priority more urgent than judged.
    Raises ConflictingRepeat for a known key with another draft, NotFound for an unknown contact or
    a conversation that is not the contact's.
    """
    contact = contacts.get(session, contact_id)
    if conversation_id is not None and _contact_of(session, conversation_id) != contact_id:
        raise NotFound(f"contact {contact_id} has no conversation {conversation_id}")
    body = fingerprint([asdict(draft), contact_id, conversation_id])
    found = _by_key(session, key, body)
    if found is not None:
        return Opened(ticket(found), fresh=False)
    found = open_handoff(session, conversation_id) if draft.handoff else None
    if found is not None:
        append(session, found, "requested_again", by, {"reason": draft.reason, "priority": draft.priority}, now)
        session.add(TicketKeyRow(key=key, ticket_id=found.id, fingerprint=body, created_at=now))
        session.flush()
        return Opened(ticket(found), fresh=False)
    try:
        with racing(session):
            row = _insert(session, draft, contact, conversation_id, by, now)
            session.add(TicketKeyRow(key=key, ticket_id=row.id, fingerprint=body, created_at=now))
    except IntegrityError:
        # The same key at the same moment, outside of any conversation whose lock would have kept it waiting.
        found = _by_key(session, key, body)
        if found is None:
            raise
        return Opened(ticket(found), fresh=False)
    return Opened(ticket(row), fresh=True)


def append(session: Session, row: TicketRow, kind: str, by: str, detail: dict[str, Any], now: datetime) -> None:
    """Add a line to the history."""
    row.updated_at = now
    session.add(TicketEventRow(ticket_id=row.id, kind=kind, actor=by, detail=detail, created_at=now))
    session.flush()


def open_handoff(session: Session, conversation_id: int | None) -> TicketRow | None:
    """The hand-off under way in a conversation, locked."""
    if conversation_id is None:
        return None
    return session.scalar(
        select(TicketRow)
        .where(TicketRow.conversation_id == conversation_id, TicketRow.handoff, TicketRow.status.not_in(DONE))
        .with_for_update()
    )


def _contact_of(session: Session, conversation_id: int) -> int:
    """Locks the conversation, so that requests for tickets in it take turns."""
    return conversations.row_of(session, conversation_id, lock=True).contact_id


def _by_key(session: Session, key: str, body: str) -> TicketRow | None:
    known = session.get(TicketKeyRow, key)
    if known is None:
        return None
    if known.fingerprint != body:
        raise ConflictingRepeat(f"a ticket was opened with key {key[:64]!r} before, from another draft")
    return session.get_one(TicketRow, known.ticket_id)


def _insert(
    session: Session, draft: TicketDraft, contact: Contact, conversation_id: int | None, by: str, now: datetime
) -> TicketRow:
    day = day_of(now)
    number = TicketNumber(day, session.execute(_NEXT, {"day": day}).scalar_one())
    vip = contact.vip or _vip_company(session, contact.account_id)
    priority = RAISED[draft.priority] if vip else draft.priority
    row = TicketRow(
        number=str(number),
        conversation_id=conversation_id,
        contact_id=contact.id,
        account_id=contact.account_id,
        vip=vip,
        status="new",
        created_at=now,
        updated_at=now,
        **{**asdict(draft), "priority": priority},
    )
    session.add(row)
    session.flush()
    opened = {"to": "new", **{name: getattr(draft, name) for name in ("category", "tier", "reason")}}
    opened |= {"priority": priority, "judged": draft.priority, "vip": vip, "account_id": contact.account_id}
    append(session, row, "opened", by, opened, now)
    return row


def _vip_company(session: Session, account_id: int | None) -> bool:
    account = None if account_id is None else session.get(AccountRow, account_id)
    return account is not None and account.vip
