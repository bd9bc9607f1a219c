"""Which company a person belongs to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import audit, contacts, conversations
from desk.contacts import Contact
from desk.errors import NotFound
from desk.tables import AccountRow, ContactRow, ConversationRow, SiteRow, TicketEventRow, TicketRow

_DONE = ("resolved", "closed")


def attach_contact(
    session: Session, contact_id: int, account_id: int, *, site_id: int | None = None, by: str, now: datetime
) -> Contact:
    """A person belongs to a company, perhaps to one site. Open tickets of theirs without a company get it, too.

    Doing it twice is doing it once. Raises NotFound for what there is not, a site of another company included.
    """
    _stays(session, account_id)
    _lock_conversations(session, contact_id)
    row = _locked(session, contact_id)
    if site_id is not None:
        place = session.get(SiteRow, site_id)
        if place is None or place.account_id != account_id:
            raise NotFound(f"account {account_id} has no site {site_id}")
    old = {"account_id": row.account_id, "site_id": row.site_id}
    new = {"account_id": account_id, "site_id": site_id}
    if old != new:
        row.account_id, row.site_id = account_id, site_id
        audit.record(session, by, "contact.attached", f"contact:{contact_id}", {"old": old, "new": new}, now=now)
    _give_tickets(session, contact_id, account_id, by, now)
    session.flush()
    return contacts.contact(row)


def detach_contact(session: Session, contact_id: int, *, by: str, now: datetime) -> Contact:
    """A person belongs to no company; what was opened for the company stays there. Raises NotFound."""
    row = _locked(session, contact_id)
    if row.account_id is not None:
        old = {"account_id": row.account_id, "site_id": row.site_id}
        row.account_id = row.site_id = None
        audit.record(session, by, "contact.detached", f"contact:{contact_id}", {"old": old}, now=now)
        session.flush()
    return contacts.contact(row)


def _give_tickets(session: Session, contact_id: int, account_id: int, by: str, now: datetime) -> None:
    """The priority is left as it is: that is somebody's decision."""
    query = select(TicketRow).where(
        TicketRow.contact_id == contact_id, TicketRow.account_id.is_(None), TicketRow.status.not_in(_DONE)
    )
    for row in session.scalars(query.order_by(TicketRow.id).with_for_update()):
        row.account_id = account_id
        row.updated_at = now
        detail = {"old": {"account_id": None}, "new": {"account_id": account_id}}
        session.add(TicketEventRow(ticket_id=row.id, kind="changed", actor=by, detail=detail, created_at=now))


def _stays(session: Session, account_id: int) -> None:
    """Keeps the company from being merged away, but nobody from opening tickets for it: a turn has its conversation
    locked then, and we are about to ask for that."""
    held = {"read": True, "key_share": True}
    if session.get(AccountRow, account_id, with_for_update=held, populate_existing=True) is None:
        raise NotFound(f"there is no account {account_id}")


def _lock_conversations(session: Session, contact_id: int) -> None:
    ids = session.scalars(
        select(ConversationRow.id).where(ConversationRow.contact_id == contact_id).order_by(ConversationRow.id)
    )
    for conversation_id in list(ids):
        conversations.row_of(session, conversation_id, lock=True)


def _locked(session: Session, contact_id: int) -> ContactRow:
    row = session.get(ContactRow, contact_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no contact {contact_id}")
    return row
