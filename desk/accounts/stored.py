"""What is known before a sheet is taken in: all companies at once, a look in memory for each row."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.accounts.model import name_key
from desk.contacts import dialled
from desk.tables import AccountRow, ContactRow, LicenceRow, SiteRow


@dataclass
class Stored:
    """Rows by what a sheet calls them; grows while the sheet is taken in."""

    accounts: dict[str, AccountRow] = field(default_factory=dict)  # by the key of the name
    names: dict[int, str] = field(default_factory=dict)  # of companies, by id
    sites: dict[tuple[int, str], SiteRow] = field(default_factory=dict)  # by company and name
    licences: dict[str, LicenceRow] = field(default_factory=dict)  # by number
    _people: dict[tuple[int, str, str], list[ContactRow]] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session) -> Stored:
        """Everything of every company; people without a company stay out of it: a phone in a chat proves nothing."""
        made = cls()
        for account in session.scalars(select(AccountRow).order_by(AccountRow.id)):
            made.accounts.setdefault(name_key(account.name), account)
            made.names[account.id] = account.name
        for site in session.scalars(select(SiteRow)):
            made.sites[site.account_id, site.name] = site
        for licence in session.scalars(select(LicenceRow)):
            made.licences[licence.number] = licence
        query = select(ContactRow).where(ContactRow.account_id.is_not(None)).order_by(ContactRow.id)
        for contact in session.scalars(query):
            made.remember(contact)
        return made

    def person(self, account_id: int, name: str, phone: str, email: str) -> ContactRow | None:
        """Who is meant: the one with the phone, else with the address, else of that name with no other phone.

        Two names with one phone are two people: site offices share theirs.
        """
        if phone:
            found = self._called(account_id, "phone", dialled(phone))
            named = [one for one in found if not name or one.name in (name, None)]
            if named:
                return named[0]
        if email:
            sent = [
                one for one in self._called(account_id, "email", email.lower()) if not name or one.name in (name, None)
            ]
            if sent:
                return sent[0]
        found = self._called(account_id, "name", name) if name else []
        return next((one for one in found if not (phone and one.phone)), None)

    def same_phone(self, contact: ContactRow, phone: str) -> bool:
        """Whether the two are one number, written in two ways."""
        return bool(phone and contact.phone) and dialled(contact.phone or "") == dialled(phone)

    def remember(self, contact: ContactRow) -> None:
        """From now on it is found by what it says."""
        if contact.account_id is None:
            return
        known = (
            ("phone", dialled(contact.phone or "")),
            ("email", (contact.email or "").lower()),
            ("name", contact.name),
        )
        for kind, value in known:
            if value:
                found = self._people.setdefault((contact.account_id, kind, value), [])
                if contact not in found:
                    found.append(contact)

    def _called(self, account_id: int, kind: str, value: str) -> list[ContactRow]:
        return self._people.get((account_id, kind, value), [])
