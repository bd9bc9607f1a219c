"""A ticket is solved: its customer reads how, can say at once whether it really is, and is the bot's again.

Whoever says nothing is asked a day later, see `gateway.timers.asks`; both answer the same ask, so it counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desk import asks, conversations, tickets
from desk.asks import AskRules
from desk.conversations import Change, Conversation
from desk.messages import Message
from desk.session import Session
from desk.tickets import Filter, Ticket
from gateway import render
from gateway.care import asking
from gateway.care.telling import say
from gateway.channels.channel import Channels
from gateway.render import Voice
from gateway.wording import Wording

_ENDS = "。.;； \n"  # of a solution: our sentence has its own


@dataclass(frozen=True)
class Solved:
    """How customers hear of it; `by` is the agent who solved it, None for another system."""

    wording: Wording
    rules: AskRules
    channels: Channels
    by: int | None = None

    def tell(
        self, session: Session, conversation: Conversation, ticket: Ticket, solution: str, *, now: datetime
    ) -> Message:
        """One message, in the transaction that resolves `ticket`; the conversation is locked already."""
        over = self._is_over(session, conversation, ticket)
        free = over or _idle(conversation, now)
        ask = asks.offer(session, ticket, self.rules, now=now) if free else None
        voice, told = Voice(conversation.script, conversation.region), solution.rstrip(_ENDS)
        if ask is None:
            sentence = self.wording.text("turn.human.resolved", number=ticket.number, solution=told)
            reply = render.text(voice, sentence, kind="notice")
        else:
            reply = asking.offered(voice, self.wording, ask, ticket, told)
        key = f"solved:{ticket.id}:{now.isoformat()}"
        said = say(session, conversation, reply, key=key, channels=self.channels, author="system", now=now)
        if over:
            conversations.release(session, conversation.id, now=now)
        if ask is not None:  # the options hold no longer than until the question itself
            until = now + min(asking.ANSWERABLE, self.rules.solved_after)
            offered = Change(choices=render.options_of([reply]), choices_until=until)
            conversations.update(session, conversation.id, offered, now=now)
        return said

    def _is_over(self, session: Session, conversation: Conversation, ticket: Ticket) -> bool:
        """Nobody else is still needed in this conversation."""
        if conversation.state not in ("waiting", "human"):
            return False
        if conversation.owner_id not in (None, self.by, ticket.assignee_id):
            return False
        return not tickets.listing(session, Filter(conversation_id=conversation.id, handoff=True, open=True), limit=1)


def _idle(conversation: Conversation, now: datetime) -> bool:
    """The bot has it, and nothing but an earlier question of ours waits for an answer."""
    offered = conversation.choices_at(now)
    ours = all(choice.id.startswith(asking.ASK) for choice in offered)
    return conversation.state == "bot" and conversation.form is None and ours
