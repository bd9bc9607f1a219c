"""One ask from the request to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import conversations
from desk.asks.model import Ask, Kind, ask_of
from desk.errors import NotFound
from desk.racing import racing
from desk.tables import AskRow, ConversationRow, MessageRow, TicketRow
from desk.tickets.model import DONE, Ticket, ticket
from desk.tickets.opening import append
from desk.tickets.reading import row_of as ticket_row

_QUIET = timedelta(minutes=10)  # since the last word of somebody who is in the middle of something else


def request(
    session: Session,
    kind: Kind,
    conversation_id: int,
    *,
    ticket_id: int | None = None,
    due_at: datetime,
    key: str,
    now: datetime,
) -> Ask:
    """A question to be asked, once for each key. Raises NotFound."""
    known = select(AskRow).where(AskRow.key == key)
    row = session.scalar(known)
    if row is None:
        row = AskRow(
            key=key,
            kind=kind,
            conversation_id=conversation_id,
            episode=conversations.get(session, conversation_id).episode,
            ticket_id=ticket_id,
            due_at=due_at,
            created_at=now,
        )
        try:
            with racing(session):
                session.add(row)
        except IntegrityError:
            row = session.scalars(known).one()
    return ask_of(row)


def due(
    session: Session,
    channels: Mapping[str, datetime | None],
    *,
    ask_id: int | None = None,
    now: datetime,
    limit: int = 100,
) -> tuple[Ask, ...]:
    """What can be asked without being spoken to, oldest first; or whether this one can.

    That is on these channels, where the person has written since the given time (None: whenever), while no human has
    the conversation or is wanted, and nothing else is going on in it: no form, no choice, no word of the last minutes.
    """
    query = (
        _waiting(now)
        .where(ConversationRow.state.in_(("bot", "closed")), ConversationRow.form.is_(None))
        .where(or_(ConversationRow.choices_until.is_(None), ConversationRow.choices_until <= now))
        .where(or_(*(_reachable(channel, since) for channel, since in channels.items())))
        .where(~exists(_heard().where(or_(MessageRow.status == "pending", MessageRow.created_at > now - _QUIET))))
    )
    if ask_id is not None:
        query = query.where(AskRow.id == ask_id)
    return _asks(session, query.limit(limit))


def pending_in(session: Session, conversation_id: int, *, now: datetime) -> tuple[Ask, ...]:
    """What this conversation is still to be asked, oldest first."""
    return _asks(session, _waiting(now).where(AskRow.conversation_id == conversation_id))


def asked_in(session: Session, conversation_id: int, kind: Kind) -> Ask | None:
    """What this conversation was asked last, or can answer before, and has not answered."""
    query = select(AskRow).where(
        AskRow.conversation_id == conversation_id, AskRow.kind == kind, AskRow.state.in_(("due", "asked"))
    )
    row = session.scalar(query.order_by(AskRow.id.desc()).limit(1))
    return ask_of(row) if row else None


def get(session: Session, ask_id: int) -> Ask:
    """Raises NotFound."""
    row = session.get(AskRow, ask_id)
    if row is None:
        raise NotFound(f"there is no ask {ask_id}")
    return ask_of(row)


def ticket_of(session: Session, ask: Ask) -> Ticket | None:
    """What an ask is about."""
    row = session.get(TicketRow, ask.ticket_id) if ask.ticket_id is not None else None
    return ticket(row) if row else None


def ask(session: Session, ask_id: int, *, now: datetime) -> bool:
    """Claim the asking, in the transaction that records what is said: True for exactly one caller."""
    claimed = _settle(session, ask_id, ("due",), {"state": "asked", "asked_at": now})
    if claimed:
        one = get(session, ask_id)
        _tell(session, one, "asked", "bot", {"ask": one.kind}, now)
    return claimed


def answer(session: Session, ask_id: int, said: str, *, now: datetime) -> bool:
    """Keep the first answer; False when there is one, or when it comes too late."""
    return _settle(session, ask_id, ("due", "asked"), {"state": "answered", "answered_at": now, "answer": said})


def scored(session: Session, ask: Ask, score: int, *, by: str, now: datetime) -> None:
    """The ticket's history tells how its customer liked the service."""
    _tell(session, ask, "scored", by, {"score": score}, now)


def _settle(session: Session, ask_id: int, states: tuple[str, ...], values: Mapping[str, object]) -> bool:
    # PostgreSQL waits for the other writer of the row and then looks again; SQLite has one writer at a time.
    settling = update(AskRow).where(AskRow.id == ask_id, AskRow.state.in_(states)).values(**values)
    return session.scalar(settling.returning(AskRow.id).execution_options(synchronize_session="fetch")) is not None


def _tell(session: Session, ask: Ask, kind: str, by: str, detail: dict[str, Any], now: datetime) -> None:
    about = ticket_of(session, ask)
    if about is not None:
        append(session, ticket_row(session, about.number, lock=True), kind, by, detail, now)


def _waiting(now: datetime) -> Select[AskRow]:
    """Due, and its ticket (if any) still done."""
    return (
        select(AskRow)
        .join(ConversationRow, ConversationRow.id == AskRow.conversation_id)
        .outerjoin(TicketRow, TicketRow.id == AskRow.ticket_id)
        .where(AskRow.state == "due", AskRow.due_at <= now)
        .where(or_(AskRow.ticket_id.is_(None), TicketRow.status.in_(DONE)))
        .order_by(AskRow.due_at, AskRow.id)
    )


def _reachable(channel: str, since: datetime | None) -> ColumnElement[bool]:
    here = ConversationRow.channel == channel
    return here if since is None else and_(here, exists(_heard().where(MessageRow.created_at >= since)))


def _heard() -> Select[int]:
    """Messages of the person in the conversation at hand."""
    return select(MessageRow.id).where(MessageRow.conversation_id == ConversationRow.id, MessageRow.author == "user")


def _asks(session: Session, query: Select[AskRow]) -> tuple[Ask, ...]:
    return tuple(ask_of(row) for row in session.scalars(query))
