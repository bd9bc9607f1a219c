"""Entries that may answer the customer: found by the live index, shown as the customer would read them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from desk import conversations, entries, messages
from desk.conversations import Conversation
from desk.errors import NotFound
from desk.session import Session
from desk.tickets import Ticket
from gateway.channels.plain import plain
from gateway.console.knowledge.preview import shown
from gateway.console.services import ConsoleServices
from gateway.errors import NoDirectAnswer
from gateway.render import Voice

SHOWN = 3
PATIENCE = 2.0  # seconds
LEAST = 0.02  # of probability: what is less likely helps nobody
_TELLING = 5  # characters; shorter messages (在吗, 转人工) ask nothing
_READ = 30  # messages

Candidate = tuple[str, str, float]  # entry, title, probability


@dataclass(frozen=True)
class Suggestion:
    """One entry; `text` is what goes into the reply."""

    entry_id: str
    title: str
    probability: float
    text: str


def questions(session: Session, ticket: Ticket) -> tuple[str, ...]:
    """What the ticket is about, and what the customer said last, as far as that tells anything: 还是不行 and
    是 2021 版 are no questions, but only the index can tell."""
    if ticket.conversation_id is not None:
        said = messages.latest(session, ticket.conversation_id, limit=_READ)
        theirs = [one.text.strip() for one in said if one.author == "user" and one.kind == "text"]
        telling = next((text for text in reversed(theirs) if len(text) >= _TELLING), None)
        if telling is not None:
            return tuple(dict.fromkeys((ticket.summary, telling)))
    return (ticket.summary,)


async def best(services: ConsoleServices, asked: Sequence[str]) -> tuple[str, list[Candidate]]:
    """The question whose first entry is the likeliest one, and its entries; of equals the earlier. Raises
    NoDirectAnswer."""
    found = [(text, await candidates(services, text)) for text in asked]
    return max(found, key=lambda one: one[1][0][2] if one[1] else 0.0)


async def candidates(services: ConsoleServices, asked: str) -> list[Candidate]:
    """Entry, title and probability, likeliest first. Raises NoDirectAnswer when nobody answers in time."""
    try:
        answer = await asyncio.wait_for(services.knowledge.search(asked), PATIENCE)
    except TimeoutError as error:
        raise NoDirectAnswer("too late") from error
    found = [one for one in answer.get("candidates") or () if one.get("entry_id")]
    return [(str(one["entry_id"]), str(one.get("title", "")), float(one.get("probability", 0.0))) for one in found]


def suggestions(session: Session, ticket: Ticket, found: list[Candidate]) -> tuple[Suggestion, ...]:
    """The first ones that are in force, in the customer's script."""
    voice = _voice(session, ticket)
    made: list[Suggestion] = []
    for entry_id, title, probability in found:
        if len(made) == SHOWN or probability < LEAST:
            break
        text = _text(session, entry_id, voice)
        if text:
            made.append(Suggestion(entry_id, title, probability, text))
    return tuple(made)


def _text(session: Session, entry_id: str, voice: Voice) -> str:
    """The answer without marks; empty for an entry that is not in force."""
    try:
        live = entries.live_version(session, entry_id)
    except NotFound:
        return ""
    if live is None:
        return ""
    cards = shown(live.content)
    blocks = [plain(block) for card in cards[:1] for block in (*card.blocks, card.workaround) if block]
    return voice.say("\n".join(blocks)).strip()


def _voice(session: Session, ticket: Ticket) -> Voice:
    if ticket.conversation_id is None:
        return Voice("hans", "cn")
    conversation: Conversation = conversations.get(session, ticket.conversation_id)
    return Voice(conversation.script, conversation.region)
