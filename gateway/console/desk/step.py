"""One action of one agent on one ticket, inside a transaction that holds its conversation and the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from desk import conversations, messages, tickets
from desk.agents import Agent
from desk.conversations import Conversation
from desk.messages import Message
from desk.session import Session
from desk.tickets import Ticket
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.services import ConsoleServices
from gateway.render import Voice


@dataclass
class Step:
    """One action of one agent on one ticket, inside a transaction that holds its conversation and the ticket."""

    session: Session
    services: ConsoleServices
    agent: Agent
    ticket: Ticket
    conversation: Conversation | None
    now: datetime = field(kw_only=True)

    @classmethod
    def begin(cls, session: Session, services: ConsoleServices, agent: Agent, number: str, action: str) -> Step:
        """Lock, then look, then ask whether it is allowed. The conversation is locked first, as everywhere."""
        now, found = services.clock(), tickets.get(session, number)
        conversation = None
        if found.conversation_id is not None:
            conversation = conversations.update(session, found.conversation_id, {}, now=now)
        ticket = tickets.change(session, number, by=agent.actor, now=now)  # nothing to change: locks and reads again
        require(agent, action, ticket)
        return cls(session, services, agent, ticket, conversation, now=now)

    def say(
        self,
        author: Literal["agent", "system"],
        text: str,
        *,
        key: str | None = None,
        kind: str = "",
        payload: Mapping[str, Any] | None = None,
    ) -> Message:
        """A message to the customer, recorded for delivery as the conversation's channel delivers."""
        conversation, human = self.held_conversation, author == "agent"
        message = messages.add(
            self.session,
            conversation.id,
            author,
            text,
            kind=kind or ("text" if human else "notice"),
            payload={**(payload or {}), **({"name": self.agent.name} if human else {})},  # the widget shows who speaks
            agent_id=self.agent.id if human else None,
            external_id=key,
            now=self.now,
        )
        cause = f"message:{message.id}"
        self.services.channels.record(self.session, conversation, [message], key=cause, now=self.now)
        return message

    def notice(self, key: str, **values: object) -> None:
        """A system message in the customer's script."""
        conversation = self.held_conversation
        voice = Voice(conversation.script, conversation.region)
        self.say("system", voice.say(self.services.wording.text(key, **values)))

    @property
    def held_conversation(self) -> Conversation:
        """Raises Invalid for a ticket without one."""
        if self.conversation is None:
            raise Invalid("no_conversation")
        return self.conversation

    @property
    def rings(self) -> int | None:
        """Whose listeners have news."""
        return self.conversation.id if self.conversation else None
