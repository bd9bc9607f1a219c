"""Conversations: one for each person and channel, handed between bot and humans.

bot ──> waiting ──> human        waiting and human go back to bot
 └────────┴───────────┴──> closed ──> bot (a new message reopens it)

The same for every channel. Back with the bot a new episode begins without misses, dislikes, form and choices: what
led to the last hand-off never leads to the next one. What a human has dealt with is not asked about any more either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import contacts
from desk.errors import IllegalMove, NotFound
from desk.racing import racing
from desk.tables import AgentRow, ConversationRow

State = Literal["bot", "waiting", "human", "closed"]

_HELD = "conversations locked in this session"
_SETTLED = ("human", "closed")  # states whose question is dealt with; one who waited in vain still has theirs

MOVES: Mapping[State, frozenset[State]] = {
    "bot": frozenset({"waiting", "human", "closed"}),
    "waiting": frozenset({"bot", "human", "closed"}),
    "human": frozenset({"bot", "waiting", "closed"}),
    "closed": frozenset({"bot"}),
}


@dataclass(frozen=True)
class Choice:
    """One of the options last offered."""

    id: str
    label: str


@dataclass(frozen=True)
class Conversation:
    """A conversation as it stands."""

    id: int
    channel: str
    external_id: str  # the channel's user id
    contact_id: int
    state: State
    episode: int
    misses: int
    dislikes: int
    slots: Mapping[str, str]
    last_question: str | None
    form: str | None
    script: str
    region: str | None
    choices: tuple[Choice, ...]
    choices_until: datetime | None
    owner_id: int | None  # the agent who answers
    last_seq: int
    created_at: datetime
    updated_at: datetime

    @property
    def sender(self) -> str:
        """What the engine knows this episode as."""
        return f"{self.id}:{self.episode}"

    def choices_at(self, now: datetime) -> tuple[Choice, ...]:
        """The options that can still be picked."""
        return () if self.choices_until is not None and now >= self.choices_until else self.choices


class Change(TypedDict, total=False):
    """What a turn changes; an absent key leaves the old value, None empties it."""

    state: State
    new_episode: bool
    misses: int
    dislikes: int
    slots: Mapping[str, str]  # replaces all
    last_question: str | None
    form: str | None
    script: str
    region: str | None
    choices: tuple[Choice, ...]
    choices_until: datetime | None


def open_for(session: Session, channel: str, external_id: str, *, now: datetime) -> Conversation:
    """The conversation of a channel's user: found, reopened (state bot, new episode) if closed, or begun."""
    row = _find(session, channel, external_id, lock=True) or _begin(session, channel, external_id, now)
    if row.state == "closed":
        _enter(row, "bot")
        row.updated_at = now
        session.flush()
    return conversation(row)


def get(session: Session, conversation_id: int) -> Conversation:
    """Raises NotFound."""
    return conversation(row_of(session, conversation_id))


def find(session: Session, channel: str, external_id: str) -> Conversation | None:
    """The conversation of a channel's user, if any. Writes nothing."""
    row = _find(session, channel, external_id)
    return conversation(row) if row else None


def listing(session: Session, states: Iterable[State], *, limit: int = 100) -> tuple[Conversation, ...]:
    """Conversations in one of the states, longest untouched first."""
    query = select(ConversationRow).where(ConversationRow.state.in_(list(states)))
    rows = session.scalars(query.order_by(ConversationRow.updated_at, ConversationRow.id).limit(limit))
    return tuple(conversation(row) for row in rows)


def update(session: Session, conversation_id: int, change: Change, *, now: datetime) -> Conversation:
    """Apply a change. Raises NotFound, IllegalMove."""
    row = row_of(session, conversation_id, lock=True)
    apply(row, change, now=now)
    session.flush()
    return conversation(row)


def count(session: Session, conversation_id: int, *, misses: int = 0, dislikes: int = 0, now: datetime) -> Conversation:
    """Add to the counters, safe against turns going on at the same time."""
    row = row_of(session, conversation_id, lock=True)
    row.misses += misses
    row.dislikes += dislikes
    row.updated_at = now
    session.flush()
    return conversation(row)


def take(session: Session, conversation_id: int, agent_id: int, *, now: datetime) -> Conversation:
    """An agent takes over (from bot, waiting, or the same agent again).

    Raises IllegalMove when another agent has it (`transfer` then) or the conversation is closed, NotFound.
    """
    row = row_of(session, conversation_id, lock=True)
    if row.state == "human" and row.owner_id != agent_id:
        raise IllegalMove(f"conversation {conversation_id} is with agent {row.owner_id}; transfer it")
    return _hand_to(session, row, agent_id, now)


def transfer(session: Session, conversation_id: int, agent_id: int, *, now: datetime) -> Conversation:
    """From its present agent to another one. Raises IllegalMove unless a human has it, NotFound."""
    row = row_of(session, conversation_id, lock=True)
    if row.state != "human":
        raise IllegalMove(f"conversation {conversation_id} is {row.state}: only one that a human has is transferred")
    return _hand_to(session, row, agent_id, now)


def release(session: Session, conversation_id: int, *, now: datetime) -> Conversation:
    """Back to the bot: the agent is done, the user said 取消人工, or the queue timed out.

    A new episode begins and the counters start at zero; slots are kept. Raises IllegalMove from closed.
    """
    row = row_of(session, conversation_id, lock=True)
    if row.state == "closed":
        raise IllegalMove(f"conversation {conversation_id} is closed; it reopens when its person writes")
    return _entered(session, row, "bot", now)


def close(session: Session, conversation_id: int, *, now: datetime) -> Conversation:
    """The conversation is over until its person writes again. Closing twice is no error."""
    return _entered(session, row_of(session, conversation_id, lock=True), "closed", now)


def row_of(session: Session, conversation_id: int, *, lock: bool = False) -> ConversationRow:
    """The row, for the desk's own modules; locked, it makes writers of one conversation take turns."""
    held: dict[int, ConversationRow] = session.info.setdefault(_HELD, {})
    if conversation_id in held:  # locked by this transaction, hence as fresh as can be
        return held[conversation_id]
    row = session.get(ConversationRow, conversation_id, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise NotFound(f"there is no conversation {conversation_id}")
    if lock:
        held[conversation_id] = row
    return row


def apply(row: ConversationRow, change: Change, *, now: datetime) -> None:
    """Change a locked row, for the desk's own modules. Raises IllegalMove."""
    values = dict(change)
    state, new_episode = change.get("state"), values.pop("new_episode", False)
    values.pop("state", None)
    episode = row.episode
    if state is not None:
        _enter(row, state)
    if new_episode and row.episode == episode:
        row.episode += 1
    if "slots" in change:
        values["slots"] = dict(change["slots"])
    if "choices" in change:
        values["choices"] = [{"id": choice.id, "label": choice.label} for choice in change["choices"]]
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = now


def conversation(row: ConversationRow) -> Conversation:
    """What a row says."""
    return Conversation(
        id=row.id,
        channel=row.channel,
        external_id=row.external_id,
        contact_id=row.contact_id,
        state=cast(State, row.state),
        episode=row.episode,
        misses=row.misses,
        dislikes=row.dislikes,
        slots=dict(row.slots),
        last_question=row.last_question,
        form=row.form,
        script=row.script,
        region=row.region,
        choices=tuple(Choice(**choice) for choice in row.choices),
        choices_until=row.choices_until,
        owner_id=row.owner_id,
        last_seq=row.last_seq,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _find(session: Session, channel: str, external_id: str, *, lock: bool = False) -> ConversationRow | None:
    query = select(ConversationRow).where(
        ConversationRow.channel == channel, ConversationRow.external_id == external_id
    )
    if not lock:
        return session.scalar(query)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is not None:
        session.info.setdefault(_HELD, {})[row.id] = row
    return row


def _begin(session: Session, channel: str, external_id: str, now: datetime) -> ConversationRow:
    contact = contacts.for_identity(session, channel, external_id, now=now)
    row = ConversationRow(
        channel=channel, external_id=external_id, contact_id=contact.id, created_at=now, updated_at=now
    )
    try:
        with racing(session):
            session.add(row)
    except IntegrityError:
        found = _find(session, channel, external_id, lock=True)
        if found is None:
            raise
        return found
    return row


def _hand_to(session: Session, row: ConversationRow, agent_id: int, now: datetime) -> Conversation:
    agent = session.get(AgentRow, agent_id)
    if agent is None or not agent.active:
        raise NotFound(f"there is no active agent {agent_id}")
    _enter(row, "human")
    row.owner_id = agent_id
    row.updated_at = now
    session.flush()
    return conversation(row)


def _entered(session: Session, row: ConversationRow, state: State, now: datetime) -> Conversation:
    _enter(row, state)
    row.updated_at = now
    session.flush()
    return conversation(row)


def _enter(row: ConversationRow, state: State) -> None:
    """Move; back with the bot a new episode begins, without the old misses and questions."""
    present = cast(State, row.state)
    if state == present:
        return
    if state not in MOVES[present]:
        raise IllegalMove(f"conversation {row.id} is {present} and cannot become {state}")
    row.state = state
    if state != "human":
        row.owner_id = None
    if state == "bot":
        row.episode += 1
        row.misses = row.dislikes = 0
        row.form = row.choices_until = None
        row.choices = []
        if present in _SETTLED:
            row.last_question = None
