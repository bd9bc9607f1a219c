"""The last contacts of one person, whatever the channel: what an agent reads before asking anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.tables import ConversationRow, MessageRow, TicketEventRow, TicketRow, TurnRow

Kind = Literal["visit", "ticket", "note"]

SILENCE = timedelta(hours=4)  # after it, a message begins another visit
TOPIC = 80  # characters
_READ = 400  # messages; more than ten visits have
_GREETING = 4  # characters; what is shorter says hardly anything: 在吗, 你好


@dataclass(frozen=True)
class Touch:
    """One contact. `outcome`: status of the ticket it led to, else the type of the bot's last decision, or nothing."""

    kind: Kind
    at: datetime
    channel: str  # of the conversation; empty for a ticket or note without one
    topic: str
    outcome: str
    number: str | None  # of the ticket
    conversation_id: int | None


@dataclass(frozen=True)
class _Visit:
    conversation_id: int
    channel: str
    began: datetime
    ended: datetime
    topic: str


def last_contacts(session: Session, contact_id: int, limit: int = 10) -> tuple[Touch, ...]:
    """Newest first: visits to a chat, tickets that no visit led to, and notes (of calls, say)."""
    visits = _visits(session, contact_id)
    query = select(TicketRow).where(TicketRow.contact_id == contact_id).order_by(TicketRow.created_at.desc())
    tickets = list(session.scalars(query.limit(limit * 3)))
    found = [_visited(session, visit, tickets) for visit in visits[: limit + 1]]
    told = {touch.number for touch in found}
    found += [_opened(ticket) for ticket in tickets if ticket.number not in told]
    found += _notes(session, tickets, limit)
    return tuple(sorted(found, key=lambda touch: touch.at, reverse=True)[:limit])


def _visits(session: Session, contact_id: int) -> list[_Visit]:
    query = (
        select(MessageRow.conversation_id, ConversationRow.channel, MessageRow.created_at, MessageRow.text)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(ConversationRow.contact_id == contact_id, MessageRow.author == "user")
        .order_by(MessageRow.created_at.desc(), MessageRow.id.desc())
        .limit(_READ)
    )
    said = sorted(
        ((row[0], row[1], row[2], row[3]) for row in session.execute(query)), key=lambda one: (one[0], one[2])
    )
    visits = [
        _Visit(talk, channel, part[0][0], part[-1][0], _topic([text for _, text in part]))
        for (talk, channel), rows in groupby(said, key=lambda one: (one[0], one[1]))
        for part in _parts([(at, text) for _, _, at, text in rows])
    ]
    return sorted(visits, key=lambda visit: visit.began, reverse=True)


def _parts(said: Sequence[tuple[datetime, str]]) -> Iterator[list[tuple[datetime, str]]]:
    part = [said[0]]
    for one in said[1:]:
        if one[0] - part[-1][0] > SILENCE:
            yield part
            part = []
        part.append(one)
    yield part


def _topic(texts: Sequence[str]) -> str:
    """The first sentence that says something."""
    plain = [" ".join(text.split()) for text in texts]
    return next((text for text in plain if len(text) > _GREETING), plain[0])[:TOPIC]


def _visited(session: Session, visit: _Visit, tickets: Sequence[TicketRow]) -> Touch:
    until = visit.ended + SILENCE
    led_to = next(
        (
            ticket
            for ticket in tickets
            if ticket.conversation_id == visit.conversation_id and visit.began <= ticket.created_at <= until
        ),
        None,
    )
    if led_to is not None:
        topic, outcome, number = led_to.summary[:TOPIC] or visit.topic, led_to.status, led_to.number
    else:
        topic, outcome, number = visit.topic, _decided(session, visit, until), None
    return Touch("visit", visit.began, visit.channel, topic, outcome, number, visit.conversation_id)


def _decided(session: Session, visit: _Visit, until: datetime) -> str:
    query = (
        select(TurnRow.outcome)
        .where(
            TurnRow.conversation_id == visit.conversation_id,
            TurnRow.created_at >= visit.began,
            TurnRow.created_at <= until,
        )
        .order_by(TurnRow.created_at.desc())
    )
    for outcome in session.scalars(query.limit(20)):
        decisions = [str(one["type"]) for one in outcome.get("decisions", ()) if "type" in one]
        if decisions:
            return decisions[-1]
    return ""


def _opened(row: TicketRow) -> Touch:
    topic = row.summary[:TOPIC]
    return Touch("ticket", row.created_at, "", topic, row.status, row.number, row.conversation_id)


def _notes(session: Session, tickets: Sequence[TicketRow], limit: int) -> list[Touch]:
    by_id = {ticket.id: ticket for ticket in tickets}
    query = (
        select(TicketEventRow)
        .where(TicketEventRow.ticket_id.in_(by_id), TicketEventRow.kind == "noted")
        .order_by(TicketEventRow.id.desc())
        .limit(limit)
    )
    return [
        Touch("note", row.created_at, "", _note(row), "", by_id[row.ticket_id].number, None)
        for row in session.scalars(query)
    ]


def _note(row: TicketEventRow) -> str:
    return " ".join(str(row.detail.get("text", "")).split())[:TOPIC]
