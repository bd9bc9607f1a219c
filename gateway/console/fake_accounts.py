"""Invented customer companies, for fake_server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from desk import accounts, conversations
from desk.accounts import AccountDraft, Incoming, Person
from desk.database import Database
from desk.session import Session

SAMPLE = Path(__file__).parent / "fake_accounts.yml"
_BY = "system"


def seed_accounts(db: Database, *, now: datetime) -> None:
    """After the conversations of the sample: some of its people belong to companies."""
    sample = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    with db.write() as session:
        for one in sample:
            _company(session, one, now)


def _company(session: Session, one: Mapping[str, Any], now: datetime) -> None:
    until = now.date() + timedelta(days=one["days"]) if "days" in one else None
    draft = AccountDraft(one["name"], one["product"], one["version"], until, one.get("vip", False), one.get("note", ""))
    account = accounts.save(session, draft, by=_BY, now=now)
    for site in one.get("sites", ()):
        accounts.add_site(session, account.id, site["name"], site.get("address"), by=_BY, now=now)
    for number in one.get("licences", ()):
        accounts.add_licence(session, account.id, number, by=_BY, now=now)
    people = one.get("people", ())
    rows = [
        Incoming(1, one["name"], person=Person(person["name"], person["phone"], person.get("email", "")))
        for person in people
        if "name" in person
    ]
    accounts.take(session, rows, by=_BY, now=now)
    for person in people:
        if "customer" in person:
            talk = conversations.find(session, "web", person["customer"])
            if talk is not None:
                accounts.attach_contact(session, talk.contact_id, account.id, by=_BY, now=now)
