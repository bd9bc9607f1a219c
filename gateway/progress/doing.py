"""What a customer can do on the page: hurry, and add something. Each is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from desk import conversations, messages, tickets
from desk.conversations import Conversation
from desk.errors import ConflictingRepeat
from desk.session import Session
from desk.tickets import Ticket
from gateway.care import team
from gateway.care.ticket_talk import URGED_FOR
from gateway.rules import ServiceRules
from gateway.services import Services
from gateway.wording import Wording

Done = Literal["urged", "urged_again", "noted", "note_empty", "note_long", "closed", "no_conversation"]
LONGEST_NOTE = 500  # characters


@dataclass(frozen=True)
class _Pressed:
    """The button of the page, as the team reads it."""

    question: str
    now: datetime
    wording: Wording
    rules: ServiceRules


def urge(services: Services, number: str) -> Done:
    """Tell whoever can hurry, once for half an hour. Raises NotFound."""
    now = services.clock()
    with services.db.write() as session:
        _locked(session, number, now)
        ticket = tickets.get(session, number)
        if not ticket.open:
            return "closed"
        if _urged(session, ticket, now - URGED_FOR):
            return "urged_again"
        tickets.urge(session, number, ticket.contact_id, now=now)
        team.urged(
            session, _Pressed(services.wording.text("progress.urge"), now, services.wording, services.rules), ticket
        )
        return "urged"


def note(services: Services, number: str, text: str, key: str) -> Done:
    """The words become the customer's message in the conversation, once for each key, and reach the human.

    The bot does not answer them: who fills in this field talks to the engineer. Raises NotFound.
    """
    words, now = _plain(text).strip(), services.clock()
    if not words:
        return "note_empty"
    if len(words) > LONGEST_NOTE:
        return "note_long"
    with services.db.write() as session:
        conversation = _locked(session, number, now)
        ticket = tickets.get(session, number)
        if not ticket.open:
            return "closed"
        if conversation is None:
            return "no_conversation"
        try:
            stored = messages.record_inbound(
                session,
                conversation.id,
                f"progress:{number}:{_plain(key)}",
                words,
                payload={"via": "progress"},
                now=now,
            )
        except ConflictingRepeat:
            return "noted"  # the key of a page that was sent before, with other words: the first ones are kept
        if stored.fresh:
            messages.mark(session, [stored.message_id], "handled")
            tickets.heard(session, number, by=f"contact:{ticket.contact_id}", now=now)
    services.hub.notify(conversation.id)
    return "noted"


def _locked(session: Session, number: str, now: datetime) -> Conversation | None:
    """The conversation before the ticket, as everywhere."""
    conversation_id = tickets.get(session, number).conversation_id
    return None if conversation_id is None else conversations.update(session, conversation_id, {}, now=now)


def _urged(session: Session, ticket: Ticket, since: datetime) -> bool:
    return any(event.created_at > since for event in tickets.events_of(session, [ticket.id], ["urged"])[ticket.id])


def _plain(text: str) -> str:
    """Without the characters that no database keeps."""
    return "".join(char for char in text if char != "\0" and not "\ud800" <= char <= "\udfff")
