"""What agents do with tickets: each function is one transaction, authorised inside it.

All raise Forbidden, NotFound, MalformedNumber, IllegalMove and StoreError; they return the id of the
conversation that has news, if any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desk import agents, conversations, messages, tickets
from desk.agents import Agent
from desk.conversations import Conversation
from desk.errors import IllegalMove
from gateway.care.solved import Solved
from gateway.console.access import allow, require
from gateway.console.desk.card import speaks
from gateway.console.desk.step import Step
from gateway.console.errors import Answered, Invalid, NotYours, Unread
from gateway.console.labels import Labels
from gateway.console.services import ConsoleServices

Station = Literal["in_progress", "waiting", "on_site"]


def take(services: ConsoleServices, agent: Agent, number: str) -> int | None:
    """The agent takes ticket and conversation over, from the queue, the bot or (leaders) a colleague."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.take")
        if not step.ticket.open:
            raise IllegalMove(f"ticket {step.ticket.number} is {step.ticket.status}; reopen it first")
        if step.ticket.assignee_id != agent.id or step.ticket.status == "new":
            tickets.assign(session, number, agent.id, by=agent.actor, now=step.now)
        if step.ticket.status in ("new", "assigned", "waiting"):
            tickets.move(session, number, "in_progress", by=agent.actor, now=step.now)
        if step.conversation is not None:
            _hold(step, step.conversation)
        return step.rings


@dataclass(frozen=True)
class Answer:
    """What is sent to the customer; `key` is one click's. `after` is the last seq that the agent had seen, None when
    nobody knows or when it is to be sent whatever a colleague has said meanwhile."""

    text: str
    key: str
    after: int | None = None


def reply(services: ConsoleServices, agent: Agent, number: str, answer: Answer) -> int | None:
    """Answer the customer, once for each key. Raises NotYours, Answered, ConflictingRepeat, Invalid."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.reply")
        conversation = step.held_conversation
        message = step.say("agent", answer.text, key=f"console:{agent.id}:{answer.key}")
        if message.seq <= conversation.last_seq:
            return step.rings  # the second click
        if not speaks(step.ticket, conversation, agent):
            raise NotYours
        _unanswered(step, conversation, answer.after)
        tickets.reply(session, number, by=agent.actor, message_id=message.id, now=step.now)
        return step.rings


def note(services: ConsoleServices, agent: Agent, number: str, text: str) -> None:
    """An internal note."""
    with services.db.write() as session:
        require(agent, "ticket.note", tickets.get(session, number))
        tickets.note(session, number, text, by=agent.actor, now=services.clock())


def transfer(services: ConsoleServices, agent: Agent, number: str, to: int, *, reason: str) -> int | None:
    """Give the ticket, and the conversation if a human has it, to a colleague. Raises Invalid."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.transfer")
        if not allow(agents.get(session, to), "tickets.hold"):
            raise Invalid("target")
        tickets.assign(session, number, to, by=agent.actor, reason=reason, now=step.now)
        if step.conversation is not None and step.conversation.state == "human":
            conversations.transfer(session, step.conversation.id, to, now=step.now)
        return step.rings


def move(services: ConsoleServices, agent: Agent, number: str, to: Station, seen: int | None = None) -> None:
    """Waiting for the customer, on site, or going on. `seen` is the last seq on the agent's page, None where nobody
    knows. Raises Unread where the clocks would stop although the customer has just answered."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.move")
        if to == "waiting" and step.conversation is not None and seen is not None:
            since = messages.after(session, step.conversation.id, seen)
            if any(one.author == "user" for one in since):
                raise Unread
        tickets.move(session, number, to, by=agent.actor, now=step.now)


def correct(services: ConsoleServices, agent: Agent, number: str, *, category: str, priority: str) -> None:
    """Put category and priority right. Raises Invalid for a category that nobody has named."""
    labels = Labels(services.wording, services.hours.tz, services.clock())
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.correct")
        if category not in labels.options("category", step.ticket.category):
            raise Invalid("unknown_value", field=labels.name("field", "category"))
        tickets.change(session, number, category=category, priority=priority, by=agent.actor, now=step.now)


def resolve(services: ConsoleServices, agent: Agent, number: str, solution: str) -> int | None:
    """Solved: the customer is told and can say whether it is, and the bot answers again."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.resolve")
        tickets.resolve(session, number, solution=solution, by=agent.actor, now=step.now)
        if step.conversation is not None:
            told = Solved(services.wording, services.rules.asks, services.channels, by=agent.id)
            told.tell(session, step.conversation, tickets.get(session, number), solution, now=step.now)
        return step.rings


def reopen(services: ConsoleServices, agent: Agent, number: str, *, reason: str) -> None:
    """Not solved after all. The bot keeps the conversation until somebody takes it."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.reopen")
        tickets.reopen(session, number, reason=reason, by=agent.actor, now=step.now)


def _unanswered(step: Step, conversation: Conversation, after: int | None) -> None:
    """Raises Answered when a colleague has spoken since the agent looked: two people never answer unknowingly."""
    if after is None:
        return
    since = messages.after(step.session, conversation.id, after)
    colleague = next((one.agent_id for one in since if one.agent_id not in (None, step.agent.id)), None)
    if colleague is not None:
        raise Answered(name=agents.get(step.session, colleague).name)


def _hold(step: Step, conversation: Conversation) -> None:
    """The conversation goes to the agent; the customer learns it in the chat."""
    if conversation.state == "human" and conversation.owner_id == step.agent.id:
        return
    if conversation.state == "human":
        # A colleague talks to this customer about another ticket: theirs until they or a leader hand it on.
        if conversation.owner_id != step.ticket.assignee_id and not allow(step.agent, "conversation.take_over"):
            return
        conversations.transfer(step.session, conversation.id, step.agent.id, now=step.now)
    else:
        conversations.take(step.session, conversation.id, step.agent.id, now=step.now)
    if not step.services.channels.of(conversation).abilities.metered:  # this one can be spared
        step.notice("console.notice.taken", name=step.agent.name)
