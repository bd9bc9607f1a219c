"""People who report trouble, for the tests of incidents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from desk import conversations, incidents, tickets
from desk.database import Database
from desk.incidents import Found, Incident, IncidentRules, Wanted
from desk.tables import AccountRow, ContactRow
from desk.tickets import Ticket, TicketDraft

RULES = IncidentRules()
LOGIN: Mapping[str, str] = {"module": "登录"}


def company(db: Database, name: str, now: datetime) -> int:
    with db.write() as session:
        row = AccountRow(name=name, product=None, version=None, maintained_until=None, vip=False, created_at=now)
        session.add(row)
        session.flush()
        return row.id


def report(
    db: Database,
    who: str,
    now: datetime,
    *,
    summary: str = "登录不上去",
    category: str = "login",
    priority: str = "P3",
    slots: Mapping[str, str] = LOGIN,
    account: int | None = None,
    channel: str = "web",
    script: str = "hans",
) -> Ticket:
    """A ticket of this person, with a conversation."""
    with db.write() as session:
        talk = conversations.open_for(session, channel, who, now=now)
        conversations.update(
            session, talk.id, {"script": script, "region": "tw" if script == "hant" else None}, now=now
        )
        contact = session.get_one(ContactRow, talk.contact_id)
        contact.account_id = account
        session.flush()
        draft = TicketDraft(category, priority, summary, dict(slots), "request", handoff=False)
        key = f"{who}-{now.timestamp()}-{summary}"
        return tickets.open_ticket(
            session, draft, key=key, contact_id=talk.contact_id, conversation_id=talk.id, now=now
        ).ticket


def crowd(db: Database, now: datetime, count: int = 3, **more: object) -> list[Ticket]:
    """So many different people report the same."""
    return [report(db, f"visitor-{number}", now, **more) for number in range(count)]  # type: ignore[arg-type]


def look(db: Database, now: datetime, rules: IncidentRules = RULES) -> Found:
    """What the timer does."""
    with db.write() as session:
        return incidents.propose_due(session, rules, now)


def proposed(db: Database, now: datetime, count: int = 3, **more: object) -> Incident:
    crowd(db, now, count, **more)
    (made,) = look(db, now).proposed
    return made


def wanted(incident: Incident, **changes: object) -> Wanted:
    """What it says, with some changes."""
    values = {
        name: getattr(incident, name)
        for name in ("title", "category", "module", "code", "words", "message", "workaround")
    }
    return Wanted(**{**values, **changes})  # type: ignore[arg-type]


def confirmed(db: Database, now: datetime, count: int = 3, **more: object) -> Incident:
    made = proposed(db, now, count, **more)
    with db.write() as session:
        saying = wanted(made, message="登录服务正在抢修。")
        return incidents.confirm(session, made.id, saying, by="agent:1", now=now)


def incident(db: Database, incident_id: int) -> Incident:
    with db.read() as session:
        return incidents.get(session, incident_id)
