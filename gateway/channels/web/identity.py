"""Who the vendor's own page says the visitor is: believed as far as its server has signed it.

The signature is the HMAC-SHA256 of the id, in hex, with a secret that only the vendor's server and the gateway know.
It covers the id alone: name, phone, e-mail and company are what the page says, and no more than a card's text.
The same id is the same conversation on every device. A conversation begun without it stays somebody else's: two people
may share a computer, and nobody's words are shown to another on the strength of a log-in.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from pydantic import BaseModel, Field

from desk import contacts
from desk.contacts import Contact
from gateway.requests import RequestBody
from gateway.services import Services

CHANNEL = "web"
Standing = Literal["anonymous", "identified", "refused", "unavailable"]


class Identity(RequestBody):
    """As the page hands it to the widget."""

    id: str = Field(min_length=1, max_length=100)
    name: str = Field(default="", max_length=100)
    phone: str = Field(default="", max_length=30)
    company: str = Field(default="", max_length=100)
    email: str = Field(default="", max_length=200)
    signature: str = Field(default="", max_length=200)


class IdentityReply(BaseModel):
    """What became of it; `message` is for the page's author when it was refused."""

    status: Standing
    message: str = ""


def standing(identity: Identity | None, secret: str) -> Standing:
    """Whether it is to be believed. Without a secret nobody can sign, so nobody is."""
    if identity is None:
        return "anonymous"
    if not secret:
        return "unavailable"
    wanted = hmac.new(secret.encode(), identity.id.encode(), hashlib.sha256).hexdigest()
    given = identity.signature.strip().lower()
    return "identified" if hmac.compare_digest(wanted.encode(), given.encode()) else "refused"


def remember(services: Services, who: str, identity: Identity) -> None:
    """Keep what is new about the person; a repeat writes nothing. What is left out stays as it is known."""
    now = services.clock()
    with services.db.read() as session:
        known = contacts.by_identity(session, CHANNEL, who)
    if known is not None and not _news(services, known, identity):
        return
    with services.db.write() as session:
        contact = contacts.for_identity(session, CHANNEL, who, now=now)
        new = _news(services, contact, identity)
        contacts.describe(session, contact.id, **new)


def _news(services: Services, contact: Contact, identity: Identity) -> dict[str, str]:
    """What differs. The company is unsigned, so it decides nothing: it is a note, and only where there is none."""
    given = {"name": identity.name.strip(), "phone": identity.phone.strip(), "email": identity.email.strip()}
    new = {field: said for field, said in given.items() if said and said != getattr(contact, field)}
    if identity.company.strip() and not contact.note and contact.account_id is None:
        new["note"] = services.wording.text("web.company_note", company=identity.company.strip())
    return new
