"""A burst of messages, read as one question, with everything a turn has to know about its conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk import contacts, conversations, messages, tickets
from desk.conversations import Choice, Conversation
from desk.messages import Message
from desk.session import Session
from desk.tickets import Ticket
from gateway.care import asking
from gateway.care.asking import ASK, Replied
from gateway.render import Voice
from gateway.services import Services
from gateway.turns.bursts import joined
from gateway.turns.choices import pick
from gateway.turns.neutral import neutral
from zhtext.script import detect
from zhtext.slots import slot_values

_COMPLAINT = "complaint"


@dataclass(frozen=True)
class Heard:
    """A burst, read as one question."""

    conversation: Conversation
    messages: tuple[Message, ...]
    text: str  # what the engine is asked
    question: str  # what the person wrote
    choice: Choice | None
    replied: Replied | None  # it answers something the person was asked
    open_tickets: int
    urgent: bool  # the one of this conversation is a P1 already
    complained: bool  # so has somebody in this conversation, about what is open
    voice: Voice
    phone: str  # by which the person can be called, as far as it is known: nobody is asked for it then
    behind: bool  # written before the bot's last words were there to be read
    reassured: bool  # since the hand-off the bot has already said that messages reach the human


def hear(services: Services, conversation_id: int, message_ids: tuple[int, ...]) -> Heard:
    """Read what no other delivery has dealt with; no messages where nothing is left."""
    now = services.clock()
    with services.db.read() as session:
        conversation = conversations.get(session, conversation_id)
        burst = tuple(m for m in messages.by_ids(session, message_ids) if m.status == "pending")
        where = tickets.Filter(contact_id=conversation.contact_id, open=True)
        open_tickets = tickets.listing(session, where)
        said = [message for message in messages.latest(session, conversation_id) if message.author == "bot"]
        here = [one for one in open_tickets if one.conversation_id == conversation_id]
        complained = _complained(session, here)
        replied = asking.heard(session, conversation, burst, services.wording, now)
        phone = contacts.get(session, conversation.contact_id).phone or ""
    question = joined([message.text for message in burst])
    choice = _picked(conversation, burst, now)
    asked = _spoken(choice) if choice else question
    return Heard(
        conversation=conversation,
        messages=burst,
        text=neutral(asked),
        question=question,
        choice=choice,
        replied=replied,
        open_tickets=len(open_tickets),
        urgent=any(one.priority == "P1" for one in here),
        complained=complained,
        voice=_voice(conversation, question),
        phone=slot_values(phone).get("phone", ""),
        behind=bool(said and burst) and said[-1].seq > burst[0].seq,
        # The notice of the hand-off is the last word until somebody writes again.
        reassured=bool(said) and said[-1].kind != "notice",
    )


def _complained(session: Session, here: Sequence[Ticket]) -> bool:
    again = tickets.events_of(session, [one.id for one in here], ["requested_again"])
    reasons = [event.detail.get("reason") for events in again.values() for event in events]
    return _COMPLAINT in (*reasons, *(one.reason for one in here))


def _picked(conversation: Conversation, burst: tuple[Message, ...], now: datetime) -> Choice | None:
    offered = conversation.choices_at(now)
    if len(burst) != 1 or not offered:
        return None
    clicked = burst[0].payload.get("choice")
    picked = pick(burst[0].text, offered, Choice(clicked["id"], clicked["label"]) if clicked else None)
    return None if picked is None or picked.id.startswith(ASK) else picked


def _voice(conversation: Conversation, text: str) -> Voice:
    """The script of this text; a text that does not tell (a bare code) keeps what the conversation had."""
    script = detect(text)
    if script.name == "none":
        return Voice(conversation.script, conversation.region)
    if script.name == "hant" and script.region == "tw" and conversation.region == "hk":
        return Voice("hant", "hk")  # once Cantonese has been heard, a neutral sentence stays Hong Kong's
    return Voice(script.name, script.region)


def _spoken(choice: Choice) -> str:
    """What a picked option says to the engine: `say:` options carry their words, entries their label."""
    return choice.id.removeprefix("say:") if choice.id.startswith("say:") else choice.label
