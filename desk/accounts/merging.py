"""Two companies that are one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk import audit
from desk.accounts.model import Account
from desk.accounts.moving import move_tickets
from desk.accounts.reading import get, row_of
from desk.errors import IllegalMove
from desk.tables import AccountRow, ContactRow, LicenceRow, SiteRow

_FIELDS = ("product", "version", "maintained_until")


def merge(session: Session, keep_id: int, other_id: int, *, by: str, now: datetime) -> Account:
    """Everything of `other` moves to `keep`, and `other` is gone; the trail keeps what it was.

    What `keep` does not know it takes over; sites of one name become one. Raises NotFound, IllegalMove for one company.
    """
    if keep_id == other_id:
        raise IllegalMove(f"account {keep_id} cannot be merged with itself")
    rows = {one: row_of(session, one, lock=True) for one in sorted((keep_id, other_id))}
    keep, other = rows[keep_id], rows[other_id]
    before = _snapshot(other)
    for field in _FIELDS:
        if getattr(keep, field) is None:
            setattr(keep, field, getattr(other, field))
    keep.vip = keep.vip or other.vip
    keep.note = "\n".join(dict.fromkeys(note for note in (keep.note, other.note) if note))
    _move_sites(session, keep_id, other_id)
    for table in (ContactRow, LicenceRow):
        session.execute(update(table).where(table.account_id == other_id).values(account_id=keep_id))
    numbers = move_tickets(session, "account_id", keep_id, other_id, by=by, now=now)
    session.flush()
    session.delete(other)
    audit.record(session, by, "account.merged", f"account:{keep_id}", {"other": before, "tickets": numbers}, now=now)
    session.flush()
    return get(session, keep_id)


def _move_sites(session: Session, keep_id: int, other_id: int) -> None:
    present = {row.name: row for row in session.scalars(select(SiteRow).where(SiteRow.account_id == keep_id))}
    for row in list(session.scalars(select(SiteRow).where(SiteRow.account_id == other_id))):
        same = present.get(row.name)
        if same is None:
            row.account_id = keep_id
            continue
        same.address = same.address or row.address
        for table in (ContactRow, LicenceRow):
            session.execute(update(table).where(table.site_id == row.id).values(site_id=same.id))
        session.delete(row)
    session.flush()


def _snapshot(row: AccountRow) -> dict[str, object]:
    until = row.maintained_until
    return {
        "id": row.id,
        "name": row.name,
        "product": row.product,
        "version": row.version,
        "maintained_until": until.isoformat() if until else None,
        "vip": row.vip,
        "note": row.note,
    }
