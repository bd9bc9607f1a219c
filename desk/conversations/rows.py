"""The row of a conversation: locked so that its writers take turns, and moved from state to state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.conversations.model import Change, State
from desk.errors import IllegalMove, NotFound
from desk.tables import ConversationRow

_HELD = "conversations locked in this session"
_SETTLED = ("human", "closed")  # states whose question is dealt with; one who waited in vain still has theirs

MOVES: Mapping[State, frozenset[State]] = {
    "bot": frozenset({"waiting", "human", "closed"}),
    "waiting": frozenset({"bot", "human", "closed"}),
    "human": frozenset({"bot", "waiting", "closed"}),
    "closed": frozenset({"bot"}),
}


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
        enter(row, state)
    if new_episode and row.episode == episode:
        row.episode += 1
    if "slots" in change:
        values["slots"] = dict(change["slots"])
    if "choices" in change:
        values["choices"] = [{"id": choice.id, "label": choice.label} for choice in change["choices"]]
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = now


def row_by_name(session: Session, channel: str, external_id: str, *, lock: bool = False) -> ConversationRow | None:
    """Of a channel's user; locked like `row_of`."""
    query = select(ConversationRow).where(
        ConversationRow.channel == channel, ConversationRow.external_id == external_id
    )
    if not lock:
        return session.scalar(query)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is not None:
        session.info.setdefault(_HELD, {})[row.id] = row
    return row


def enter(row: ConversationRow, state: State) -> None:
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
