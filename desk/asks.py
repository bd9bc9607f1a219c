"""Asks: is it solved, and how was it? Nobody is asked the same thing twice.

due -> asked -> answered | expired (nobody answered, there was no way to ask, or the ticket is worked on again)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import conversations
from desk.errors import NotFound
from desk.racing import racing
from desk.tables import AskRow, ConversationRow, MessageRow, TicketRow
from desk.tickets.model import DONE, Ticket, ticket
from desk.tickets.opening import append
from desk.tickets.reading import row_of as ticket_row

Kind = Literal["solved", "csat"]
State = Literal["due", "asked", "answered", "expired"]
_QUIET = timedelta(minutes=10)  # since the last word of somebody who is in the middle of something else
_WISHES = "suggestion"  # category of what was never a trouble
_LOOKED_BACK = timedelta(days=3)  # how late a worker that was down may still ask


@dataclass(frozen=True)
class AskRules:
    """When customers are asked. Hours are on the clock of the support team: nobody is woken by a question."""

    solved_after: timedelta = timedelta(hours=24)  # since the ticket was resolved
    expires_after: timedelta = timedelta(days=3)
    from_hour: int = 9
    until_hour: int = 20
    reason_up_to: int = 3  # scores that are asked for a reason
    low_score: int = 2  # scores up to this are told to the leads

    def __post_init__(self) -> None:
        if not 0 <= self.from_hour < self.until_hour <= 24:
            raise ValueError(f"customers are asked from {self.from_hour} to {self.until_hour} o'clock: put it in order")

    def awake(self, now: datetime, tz: tzinfo) -> bool:
        """Whether somebody may be asked without having written."""
        return self.from_hour <= now.astimezone(tz).hour < self.until_hour


@dataclass(frozen=True)
class Ask:
    """One question to one customer."""

    id: int
    kind: Kind
    conversation_id: int
    episode: int  # what it is about
    ticket_id: int | None
    state: State
    due_at: datetime
    asked_at: datetime | None
    answer: str | None


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
    return _ask(row)


def plan(session: Session, rules: AskRules, *, now: datetime, limit: int = 100) -> int:
    """Request what resolved tickets have to be asked by now, once for each resolution; how many are new."""
    at = TicketRow.resolved_at
    query = (
        select(TicketRow)
        .where(TicketRow.status.in_(DONE), TicketRow.conversation_id.is_not(None), TicketRow.category != _WISHES)
        .where(at <= now - rules.solved_after, at > now - rules.solved_after - _LOOKED_BACK)
        .where(~exists().where(AskRow.ticket_id == TicketRow.id, AskRow.kind == "solved", AskRow.created_at > at))
        .order_by(at)
    )
    found = session.scalars(query.limit(limit)).all()
    for row in found:
        if row.conversation_id is None or row.resolved_at is None:
            continue
        due_at, key = row.resolved_at + rules.solved_after, f"solved:{row.id}:{row.resolved_at.isoformat()}"
        request(session, "solved", row.conversation_id, ticket_id=row.id, due_at=due_at, key=key, now=now)
    return len(found)


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
    """What this conversation was asked last and has not answered."""
    query = select(AskRow).where(
        AskRow.conversation_id == conversation_id, AskRow.kind == kind, AskRow.state == "asked"
    )
    row = session.scalar(query.order_by(AskRow.id.desc()).limit(1))
    return _ask(row) if row else None


def get(session: Session, ask_id: int) -> Ask:
    """Raises NotFound."""
    row = session.get(AskRow, ask_id)
    if row is None:
        raise NotFound(f"there is no ask {ask_id}")
    return _ask(row)


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
    return _settle(session, ask_id, ("asked",), {"state": "answered", "answered_at": now, "answer": said})


def scored(session: Session, ask: Ask, score: int, *, by: str, now: datetime) -> None:
    """The ticket's history tells how its customer liked the service."""
    _tell(session, ask, "scored", by, {"score": score}, now)


def expire(session: Session, rules: AskRules, *, now: datetime) -> int:
    """Nobody answered, nobody could be asked, or the ticket is worked on again; how many."""
    before = now - rules.expires_after
    old = or_(
        and_(AskRow.state == "due", AskRow.due_at <= before), and_(AskRow.state == "asked", AskRow.asked_at <= before)
    )
    reopened = and_(
        AskRow.kind == "solved",
        AskRow.state.in_(("due", "asked")),
        AskRow.ticket_id.in_(select(TicketRow.id).where(TicketRow.status.not_in(DONE))),
    )
    over = update(AskRow).where(or_(old, reopened)).values(state="expired").returning(AskRow.id)
    return len(session.scalars(over.execution_options(synchronize_session="fetch")).all())


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
    return tuple(_ask(row) for row in session.scalars(query))


def _ask(row: AskRow) -> Ask:
    return Ask(
        id=row.id,
        kind=cast(Kind, row.kind),
        conversation_id=row.conversation_id,
        episode=row.episode,
        ticket_id=row.ticket_id,
        state=cast(State, row.state),
        due_at=row.due_at,
        asked_at=row.asked_at,
        answer=row.answer,
    )
