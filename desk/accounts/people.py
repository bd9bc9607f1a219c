"""One person who was two: somebody writes from WeChat and from the web."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from desk import audit, contacts, conversations
from desk.accounts.moving import move_tickets
from desk.contacts import Contact
from desk.errors import IllegalMove, NotFound
from desk.tables import ContactRow, ConversationRow, IdentityRow, NoticeRow


def merge_contacts(session: Session, keep_id: int, other_id: int, *, by: str, now: datetime) -> Contact:
    """Everything of `other` becomes `keep`'s: identities, conversations, tickets with their promises and asks, news.

    What `keep` does not know it takes over; where both know something, `keep` is right and the trail has the other.
    The conversations stay separate, one for each channel. Raises NotFound, IllegalMove for one and the same.
    """
    if keep_id == other_id:
        raise IllegalMove(f"contact {keep_id} cannot be merged with itself")
    talks = _lock_conversations(session, keep_id, other_id)
    rows = {one: _locked(session, one) for one in sorted((keep_id, other_id))}
    keep, other = rows[keep_id], rows[other_id]
    before = _snapshot(other)
    _take_over(keep, other)
    detail: dict[str, Any] = {
        "other": before,
        "identities": _move_identities(session, keep_id, other_id),
        "conversations": [row.id for row in talks if row.contact_id == other_id],
        "tickets": move_tickets(session, "contact_id", keep_id, other_id, by=by, now=now),
    }
    moved = update(ConversationRow).where(ConversationRow.contact_id == other_id).values(contact_id=keep_id)
    session.execute(moved)
    _move_news(session, keep_id, other_id)
    session.flush()
    session.delete(other)
    audit.record(session, by, "contact.merged", f"contact:{keep_id}", detail, now=now)
    session.flush()
    return contacts.contact(keep)


def _take_over(keep: ContactRow, other: ContactRow) -> None:
    keep.name = keep.name or other.name
    keep.phone = keep.phone or other.phone
    keep.email = keep.email or other.email
    keep.vip = keep.vip or other.vip
    keep.note = "\n".join(dict.fromkeys(note for note in (keep.note, other.note) if note))
    if keep.account_id is None:
        keep.account_id, keep.site_id = other.account_id, other.site_id
    elif keep.account_id == other.account_id:
        keep.site_id = keep.site_id or other.site_id


def _lock_conversations(session: Session, *contact_ids: int) -> list[ConversationRow]:
    """In one order, before anything else: turns lock them first, too."""
    query = select(ConversationRow.id).where(ConversationRow.contact_id.in_(contact_ids)).order_by(ConversationRow.id)
    return [conversations.row_of(session, one, lock=True) for one in list(session.scalars(query))]


def _locked(session: Session, contact_id: int) -> ContactRow:
    row = session.get(ContactRow, contact_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no contact {contact_id}")
    return row


def _move_identities(session: Session, keep_id: int, other_id: int) -> list[str]:
    rows = list(session.scalars(select(IdentityRow).where(IdentityRow.contact_id == other_id)))
    for row in rows:
        row.contact_id = keep_id
    return [f"{row.channel}:{row.external_id}" for row in rows]


def _move_news(session: Session, keep_id: int, other_id: int) -> None:
    """Nobody is told twice: of two about one gap, the one that has been told stays."""
    mine = {row.gap_id: row for row in session.scalars(select(NoticeRow).where(NoticeRow.contact_id == keep_id))}
    for row in list(session.scalars(select(NoticeRow).where(NoticeRow.contact_id == other_id))):
        same = mine.get(row.gap_id)
        if same is None:
            row.contact_id = keep_id
            continue
        if row.state == "told" and same.state != "told":
            same.state, same.told_at = row.state, row.told_at
        session.execute(delete(NoticeRow).where(NoticeRow.id == row.id))


def _snapshot(row: ContactRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "phone": row.phone,
        "email": row.email,
        "note": row.note,
        "vip": row.vip,
        "account_id": row.account_id,
        "site_id": row.site_id,
    }
