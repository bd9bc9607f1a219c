"""Invented incidents and the report of a night, for `fake_server`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from desk import accounts, contacts, conversations, incidents, reports, tickets
from desk.accounts import AccountDraft
from desk.calendar import WorkingHours
from desk.database import Database
from desk.incidents import Incident, IncidentRules, Wanted
from desk.reports import MorningRules
from desk.session import Session
from desk.tickets import TicketDraft
from gateway.timers.morning import KIND

SAMPLE = Path(__file__).parent / "fake_incidents.yml"
_BY = "agent:3"


def seed_incidents(db: Database, *, now: datetime) -> None:
    """One closed, one confirmed, one just proposed, and today's report."""
    sample = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    with db.write() as session:
        over = _incident(session, sample["closed"], now - timedelta(minutes=1480), now)
        incidents.close(session, over.id, sample["closed"]["resolution"], by=_BY, now=now - timedelta(minutes=1300))
        _incident(session, sample["confirmed"], now - timedelta(minutes=175), now)
        _reported(session, sample["reports"], now)
        incidents.propose_due(session, IncidentRules(), now - timedelta(minutes=5))
    seed_report(db, now)


def seed_report(db: Database, now: datetime) -> None:
    """Of the last two working days, as the morning timer would have made them."""
    hours = WorkingHours()
    today = now.astimezone(hours.tz).date()
    for day in tuple(reports.workdays(today - timedelta(days=5), today, hours))[-2:]:
        night = reports.night_before(day, MorningRules().at, hours)
        with db.write() as session:
            content = {**reports.collect(session, night, now=now), "late": False}
            reports.keep(session, KIND, day, content, now=now)


def _incident(session: Session, sample: Mapping[str, Any], began: datetime, now: datetime) -> Incident:
    _reported(session, sample["reports"], now)
    (made,) = incidents.propose_due(session, IncidentRules(), began).proposed
    wanted = Wanted(
        sample["title"], made.category, made.module, made.code, made.words, sample["message"], sample["workaround"]
    )
    return incidents.confirm(session, made.id, wanted, by=_BY, now=began + timedelta(minutes=4))


def _reported(session: Session, sample: Sequence[Mapping[str, Any]], now: datetime) -> None:
    for one in sample:
        began = now - timedelta(minutes=one["age"])
        talk = conversations.open_for(session, one["channel"], f"incident-{one['who']}", now=began)
        contacts.describe(session, talk.contact_id, name=one["who"])
        company = accounts.find(session, one["company"])
        if company is None:
            company = accounts.save(session, AccountDraft(one["company"]), by=_BY, now=began)
        accounts.attach_contact(session, talk.contact_id, company.id, by=_BY, now=began)
        if "script" in one:
            conversations.update(session, talk.id, {"script": "hant", "region": one["script"]}, now=began)
        draft = TicketDraft(one["category"], one["priority"], one["summary"], one["slots"], "request", handoff=False)
        key = f"incident-{one['who']}"
        tickets.open_ticket(session, draft, key=key, contact_id=talk.contact_id, conversation_id=talk.id, now=began)
