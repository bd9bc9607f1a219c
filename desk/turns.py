"""Turns: one question (perhaps several messages) and all that came of it, committed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk import conversations, messages, outbox, tickets, unanswered
from desk.conversations import Change, Conversation, State
from desk.errors import ConflictingRepeat, NotFound, Overtaken
from desk.messages import Message
from desk.outbox import DeliveryDraft
from desk.tables import ConversationRow, MessageRow, TicketRow, TurnRow
from desk.tickets import Opened, TicketDraft
from desk.unanswered import Source

Reply = messages.Body  # one message of the bot: text, kind, payload


@dataclass(frozen=True)
class Content:
    """What is said and sent."""

    replies: tuple[Reply, ...] = ()
    deliveries: tuple[DeliveryDraft, ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)  # what a repeat of the delivery gets


@dataclass(frozen=True)
class Gap:
    """A question without an answer, kept for the knowledge editors."""

    question: str
    reason: str  # no_evidence, unknown_code; of the hand-off: two_misses, dislikes, request, form
    build_id: str = ""
    source: Source = "declined"


@dataclass(frozen=True)
class TurnDraft:
    """A turn to be committed."""

    turn_id: str
    conversation_id: int
    message_ids: tuple[int, ...]  # the burst
    expects: State | None = "bot"  # refuse with Overtaken when the conversation has left this state; None: any
    episode: int | None = None  # and when another episode has begun, such as that after a human was there; None: any
    change: Change = field(default_factory=lambda: Change())
    ticket: TicketDraft | None = None
    gap: Gap | None = None
    degraded: bool = False
    ms: int = 0
    trace_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """A committed turn."""

    turn_id: str
    conversation_id: int
    outcome: Mapping[str, Any]
    degraded: bool
    ms: int
    trace_ids: tuple[str, ...]
    ticket_number: str | None
    created_at: datetime


@dataclass(frozen=True)
class Recorded:
    """What record_turn has done, or found done."""

    turn: Turn
    fresh: bool  # False: this turn id was committed before, nothing was changed now
    conversation: Conversation
    replies: tuple[Message, ...]
    ticket: Opened | None  # None also for a repeat of a turn without ticket


def record_turn(
    session: Session,
    draft: TurnDraft,
    content: Content | Callable[[Opened | None], Content],
    *,
    now: datetime,
) -> Recorded:
    """Commit replies, state, ticket, outgoing notices and the trace together, once for each turn id.

    `content` may be a function of the opened ticket, because a reply names its number; it runs inside
    the transaction and must be quick. A delivery without conversation gets this one.
    Raises Overtaken, IllegalMove, NotFound; ConflictingRepeat when the turn id belongs to another
    conversation, or one of the messages to another turn.
    """
    row = conversations.row_of(session, draft.conversation_id, lock=True)
    stored = session.get(TurnRow, draft.turn_id)
    if stored is not None:
        return _repeat(session, row, stored)
    if draft.expects is not None and row.state != draft.expects:
        raise Overtaken(f"conversation {row.id} is {row.state} by now, turn {draft.turn_id} began as {draft.expects}")
    if draft.episode is not None and row.episode != draft.episode:
        raise Overtaken(f"conversation {row.id} is in episode {row.episode}, turn {draft.turn_id} in {draft.episode}")
    opened = _open(session, row, draft, now)
    made = content(opened) if callable(content) else content
    turn = _add_turn(session, draft, opened, made, now)
    _claim(session, draft)
    conversations.apply(row, draft.change, now=now)
    replies = tuple(
        messages.append(session, row, "bot", reply, turn_id=draft.turn_id, now=now)[0] for reply in made.replies
    )
    for delivery in made.deliveries:
        outbox.enqueue(session, _of(delivery, row.id), now=now)
    session.flush()
    return Recorded(_turn(turn, opened), True, conversations.conversation(row), replies, opened)


def find(session: Session, turn_id: str) -> Turn | None:
    """The committed turn, if any."""
    row = session.get(TurnRow, turn_id)
    return _turn(row, _opened(session, row)) if row else None


def tell(session: Session, turn_id: str, message_id: int) -> bool:
    """Claim a turn's replies for the delivery of one of its messages: True for the first, and for its repeats.

    A channel that answers messages asks before it answers. Kept with the turn, so that it holds after a restart and
    between processes; of two at once the database lets one win. A turn of a single message needs no claim, and a turn
    without messages has nobody to answer. Raises NotFound.
    """
    turn = session.get(TurnRow, turn_id, populate_existing=True)
    if turn is None:
        raise NotFound(f"no turn {turn_id}")
    if message_id not in turn.message_ids:
        return False
    if len(turn.message_ids) == 1 or turn.told_message_id == message_id:
        return True
    mine = update(TurnRow).where(TurnRow.turn_id == turn_id, TurnRow.told_message_id.is_(None))
    claimed = mine.values(told_message_id=message_id).returning(TurnRow.turn_id)
    return session.scalar(claimed.execution_options(synchronize_session=False)) is not None


def told(session: Session, turn_id: str, message_id: int) -> bool | None:
    """What `tell` would say, without claiming: None when nobody has claimed yet. Only reads. Raises NotFound."""
    turn = session.get(TurnRow, turn_id, populate_existing=True)
    if turn is None:
        raise NotFound(f"no turn {turn_id}")
    if message_id not in turn.message_ids:
        return False
    if len(turn.message_ids) == 1:
        return True
    return None if turn.told_message_id is None else turn.told_message_id == message_id


def _open(session: Session, row: ConversationRow, draft: TurnDraft, now: datetime) -> Opened | None:
    if draft.ticket is None:
        return None
    key = f"turn:{draft.turn_id}"
    return tickets.open_ticket(
        session, draft.ticket, key=key, contact_id=row.contact_id, conversation_id=row.id, now=now
    )


def _add_turn(session: Session, draft: TurnDraft, opened: Opened | None, made: Content, now: datetime) -> TurnRow:
    turn = TurnRow(
        turn_id=draft.turn_id,
        conversation_id=draft.conversation_id,
        ticket_id=opened.ticket.id if opened else None,
        message_ids=list(draft.message_ids),
        outcome=dict(made.outcome),
        degraded=draft.degraded,
        ms=draft.ms,
        trace_ids=list(draft.trace_ids),
        created_at=now,
    )
    session.add(turn)
    session.flush()
    if draft.gap is not None:
        unanswered.record(
            session,
            draft.conversation_id,
            draft.gap.question,
            source=draft.gap.source,
            reason=draft.gap.reason,
            build_id=draft.gap.build_id,
            turn_id=draft.turn_id,
            now=now,
        )
    return turn


def _claim(session: Session, draft: TurnDraft) -> None:
    """The messages of the burst are dealt with, by this turn and no other."""
    if not draft.message_ids:
        return
    mine = (MessageRow.id.in_(draft.message_ids), MessageRow.conversation_id == draft.conversation_id)
    claiming = update(MessageRow).where(*mine, MessageRow.turn_id.is_(None)).returning(MessageRow.id)
    values = {"turn_id": draft.turn_id, "status": "handled"}
    claimed = set(session.scalars(claiming.values(values).execution_options(synchronize_session=False)))
    lost = set(draft.message_ids) - claimed
    if lost:
        turn_id = session.scalar(select(MessageRow.turn_id).where(*mine, MessageRow.id == min(lost)))
        if turn_id is None:
            raise NotFound(f"conversation {draft.conversation_id} has no message {min(lost)}")
        raise ConflictingRepeat(f"message {min(lost)} was dealt with by turn {turn_id}")


def _of(delivery: DeliveryDraft, conversation_id: int) -> DeliveryDraft:
    if delivery.conversation_id is not None:
        return delivery
    return replace(delivery, conversation_id=conversation_id)


def _repeat(session: Session, row: ConversationRow, turn: TurnRow) -> Recorded:
    if turn.conversation_id != row.id:
        raise ConflictingRepeat(f"turn {turn.turn_id} belongs to another conversation than {row.id}")
    opened = _opened(session, turn)
    replies = messages.of_turn(session, turn.turn_id)
    return Recorded(_turn(turn, opened), False, conversations.conversation(row), replies, opened)


def _opened(session: Session, turn: TurnRow) -> Opened | None:
    ticket = session.get(TicketRow, turn.ticket_id) if turn.ticket_id is not None else None
    return Opened(tickets.ticket(ticket), fresh=False) if ticket else None


def _turn(row: TurnRow, opened: Opened | None) -> Turn:
    return Turn(
        turn_id=row.turn_id,
        conversation_id=row.conversation_id,
        outcome=dict(row.outcome),
        degraded=row.degraded,
        ms=row.ms,
        trace_ids=tuple(row.trace_ids),
        ticket_number=opened.ticket.number if opened else None,
        created_at=row.created_at,
    )
