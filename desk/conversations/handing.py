"""A conversation handed between the bot and humans."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from desk.conversations.model import Conversation, State, conversation
from desk.conversations.rows import enter, row_of
from desk.errors import IllegalMove, NotFound
from desk.tables import AgentRow, ConversationRow


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


def _hand_to(session: Session, row: ConversationRow, agent_id: int, now: datetime) -> Conversation:
    agent = session.get(AgentRow, agent_id)
    if agent is None or not agent.active:
        raise NotFound(f"there is no active agent {agent_id}")
    enter(row, "human")
    row.owner_id = agent_id
    row.updated_at = now
    session.flush()
    return conversation(row)


def _entered(session: Session, row: ConversationRow, state: State, now: datetime) -> Conversation:
    enter(row, state)
    row.updated_at = now
    session.flush()
    return conversation(row)
