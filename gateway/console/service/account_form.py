"""Forms about customers: what was typed, what is wrong with it, and what it means. The cells of a sheet are read by
the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, cast

from desk.accounts import Account, AccountDraft
from desk.contacts import Contact, ContactDraft
from gateway.accounts.errors import WrongCell
from gateway.accounts.grid import Cell
from gateway.accounts.values import READERS
from gateway.console.forms import Form

LONGEST = 4_000  # characters of any field; the readers know better


def cell(name: str, text: str) -> Any:
    """What a field says. Raises WrongCell."""
    return READERS[name](Cell(text.strip()[:LONGEST]))


@dataclass(frozen=True)
class _Typed:
    """`typed` is as it was typed, `wrong` a sentence for each field that cannot be used."""

    typed: Mapping[str, str] = field(default_factory=dict)
    vip: bool = False
    wrong: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """For the input."""
        return self.typed.get(name, "")

    def _values(self, names: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in names:
            try:
                found[name] = cell(name, self.text(name))
            except WrongCell as error:  # noqa: PERF203 - a form has six fields
                self.wrong[name] = str(error)
        return found


@dataclass(frozen=True)
class AccountForm(_Typed):
    """A company."""

    FIELDS = ("name", "product", "version", "maintained_until", "note")

    @classmethod
    def of(cls, account: Account) -> Self:
        until = account.maintained_until
        return cls(
            {
                "name": account.name,
                "product": account.product or "",
                "version": account.version or "",
                "maintained_until": until.isoformat() if until else "",
                "note": account.note,
            },
            account.vip,
        )

    @classmethod
    def read(cls, form: Form) -> Self:
        return cls({name: form.raw(name) for name in cls.FIELDS}, form.raw("vip") == "yes")

    def draft(self) -> AccountDraft | None:
        """None when something is wrong; `wrong` says what."""
        values = self._values(self.FIELDS)
        if "name" in values and not values["name"]:
            self.wrong["name"] = "“公司”不能为空"
        return None if self.wrong else AccountDraft(vip=self.vip, **values)


@dataclass(frozen=True)
class ContactForm(_Typed):
    """A person; `company` by its name, `site` by its id."""

    FIELDS = ("person", "phone", "email", "note")

    @classmethod
    def of(cls, contact: Contact, company: str) -> Self:
        typed = {
            "person": contact.name or "",
            "phone": contact.phone or "",
            "email": contact.email or "",
            "note": contact.note,
            "company": company,
            "site": str(contact.site_id or ""),
        }
        return cls(typed, contact.vip)

    @classmethod
    def read(cls, form: Form) -> Self:
        return cls({name: form.raw(name) for name in (*cls.FIELDS, "company", "site")}, form.raw("vip") == "yes")

    @property
    def site(self) -> int | None:
        """What was chosen."""
        text = self.text("site").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None

    def draft(self) -> ContactDraft | None:
        """None when something is wrong; `wrong` says what."""
        values = self._values(self.FIELDS)
        if self.wrong:
            return None
        name, phone, email = (cast(str, values[one]) or None for one in ("person", "phone", "email"))
        return ContactDraft(name, phone, email, values["note"], self.vip)
