"""Making and changing companies and their sites, with a line in the trail for each change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.accounts.model import Account, AccountDraft, Site, site
from desk.accounts.reading import find, get, row_of
from desk.errors import AlreadyExists, NotFound
from desk.racing import racing
from desk.tables import AccountRow, ContactRow, LicenceRow, SiteRow

LONGEST_SITE = 100  # characters


def save(session: Session, draft: AccountDraft, *, account_id: int | None = None, by: str, now: datetime) -> Account:
    """Make a company, or change one. No difference, no line in the trail.

    Raises AlreadyExists when another company has the name in any way of writing it, NotFound.
    """
    same = find(session, draft.name)
    if same is not None and same.id != account_id:
        raise AlreadyExists(f"account {same.id} is called {same.name!r} already")
    row = _new(session, draft, now) if account_id is None else row_of(session, account_id, lock=True)
    new = values(draft)
    old = {field: getattr(row, field) for field in new}
    changed = [field for field in new if old[field] != new[field]]
    for field in changed:
        setattr(row, field, new[field])
    subject = f"account:{row.id}"
    if account_id is None:
        audit.record(session, by, "account.created", subject, {"new": _plain(new)}, now=now)
    elif changed:
        detail = {"old": _plain({field: old[field] for field in changed}),
                  "new": _plain({field: new[field] for field in changed})}  # fmt: skip
        audit.record(session, by, "account.changed", subject, detail, now=now)
    session.flush()
    return get(session, row.id)


def add_site(
    session: Session, account_id: int, name: str, address: str | None = None, *, by: str, now: datetime
) -> Site:
    """A site by its name; one that is there keeps its id and gets the address. Raises NotFound, ValueError."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_SITE:
        raise ValueError(f"a site's name has 1 to {LONGEST_SITE} characters, this one has {len(name)}")
    row_of(session, account_id, lock=True)
    row = session.scalar(select(SiteRow).where(SiteRow.account_id == account_id, SiteRow.name == name))
    if row is None:
        row = SiteRow(account_id=account_id, name=name, address=address or None, created_at=now)
        session.add(row)
        audit.record(session, by, "site.added", f"account:{account_id}", {"name": name}, now=now)
    elif address:
        row.address = address
    session.flush()
    return site(row)


def remove_site(session: Session, account_id: int, site_id: int, *, by: str, now: datetime) -> None:
    """Take a site away; its people and licences stay with the company. Raises NotFound."""
    row_of(session, account_id, lock=True)
    row = session.get(SiteRow, site_id)
    if row is None or row.account_id != account_id:
        raise NotFound(f"account {account_id} has no site {site_id}")
    for table in (ContactRow, LicenceRow):
        session.execute(update(table).where(table.site_id == site_id).values(site_id=None))
    session.delete(row)
    audit.record(session, by, "site.removed", f"account:{account_id}", {"name": row.name}, now=now)
    session.flush()


def values(draft: AccountDraft) -> dict[str, Any]:
    """The columns of a draft."""
    return {
        "name": " ".join(draft.name.split()),
        "product": draft.product or None,
        "version": draft.version or None,
        "maintained_until": draft.maintained_until,
        "vip": draft.vip,
        "note": draft.note,
    }


def _new(session: Session, draft: AccountDraft, now: datetime) -> AccountRow:
    row = AccountRow(created_at=now, **values(draft))
    try:
        with racing(session):
            session.add(row)
    except IntegrityError as error:
        raise AlreadyExists(f"somebody made an account called {draft.name!r} at this moment") from error
    return row


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
