"""Entries that the program begins for an editor: from a gap, from a ticket; and existing ones that come near."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from desk import contacts, entries, messages, tickets
from desk.agents import Agent
from desk.errors import NotFound
from desk.gaps import Gap
from desk.session import Session
from desk.tickets import Ticket
from gateway.console.services import ConsoleServices
from gateway.errors import NoDirectAnswer
from retrieval.building.placing import ENTRIES, QUESTIONS, Place, Vote, agreed
from retrieval.knowledge.drafts import from_cluster, from_ticket, similar
from retrieval.knowledge.entry import Entry
from zhtext.patterns import groups, wording

_PATIENCE = 2.0  # seconds for all questions: a suggestion is not worth more
_TRANSCRIPT = 500  # messages
_BEFORE = timedelta(hours=1)  # what was said before the ticket was opened and belongs to it
_SHORTEST_NAME = 2  # characters; 王 alone would be found in half of all words


@dataclass(frozen=True)
class Near:
    """An entry that the live index finds."""

    entry_id: str
    title: str
    probability: float


async def near(services: ConsoleServices, texts: Sequence[str]) -> tuple[Near, ...]:
    """What the live index finds for these questions, likeliest first; nothing when nobody answers in time."""
    asked = [services.knowledge.search(text) for text in texts[:QUESTIONS]]
    try:
        answers = await asyncio.wait_for(asyncio.gather(*asked), _PATIENCE)
    except (NoDirectAnswer, TimeoutError):
        return ()
    return tuple(one for answer in answers for one in _candidates(answer))


def place(session: Session, found: Sequence[Near]) -> Place:
    """Where the nearest entries stand."""
    return agreed(_vote(session, one) for one in found)


def best(found: Sequence[Near]) -> tuple[Near, ...]:
    """Each entry once, with its highest probability, likeliest first."""
    first: dict[str, Near] = {}
    for one in sorted(found, key=lambda one: -one.probability):
        first.setdefault(one.entry_id, one)
    return tuple(first.values())


def of_gap(
    session: Session, gap: Gap, texts: Sequence[str], found: Sequence[Near], agent: Agent, now: datetime
) -> Entry:
    """A question to be answered, under an id that is free."""
    where = place(session, found)
    entry = from_cluster(texts, gap.title, now=now, author=agent.name, topic=where.topic, module=where.module)
    return replace(entry, id=free_id(session, entry.id))


def of_ticket(session: Session, ticket: Ticket, found: Sequence[Near], agent: Agent, now: datetime) -> Entry:
    """A case: what happened and what helped, without the customer's name and secrets."""
    where = place(session, found)
    name = contacts.get(session, ticket.contact_id).name or ""
    return from_ticket(
        ticket.number,
        _nameless(ticket.summary, name),
        _nameless(solution(session, ticket), name),
        slots={key: _nameless(value, name) for key, value in ticket.slots.items()},
        transcript=[_nameless(text, name) for text in transcript(session, ticket)],
        now=now,
        author=agent.name,
        topic=where.topic,
        module=ticket.slots.get("module") or where.module,
    )


def transcript(session: Session, ticket: Ticket) -> tuple[str, ...]:
    """What the customer wrote about it: a conversation goes on for years, and about other things."""
    if ticket.conversation_id is None:
        return ()
    began, ended = ticket.created_at - _BEFORE, ticket.resolved_at or ticket.updated_at
    said = messages.latest(session, ticket.conversation_id, limit=_TRANSCRIPT)
    theirs = (one for one in said if one.author == "user" and one.kind == "text" and began <= one.created_at <= ended)
    return tuple(one.text for one in theirs if one.text.strip())


def solution(session: Session, ticket: Ticket) -> str:
    """What the last one wrote who resolved it; empty when nobody has."""
    events = tickets.events(session, ticket.number)
    return next((str(one.detail.get("solution", "")) for one in reversed(events) if one.kind == "resolved"), "")


def wordings(question: str, known: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """How else people asked, without secrets, near-duplicates and what is nearly `known`."""
    found = similar(question, texts)
    roots = groups([wording(text) for text in (*known, *found)])
    taken = set(roots[: len(known)])
    return tuple(text for text, root in zip(found, roots[len(known) :], strict=True) if root not in taken)


def free_id(session: Session, wanted: str) -> str:
    """The id, or with a number when there is such an entry already."""
    entry_id, number = wanted, 1
    while _known(session, entry_id):
        number += 1
        entry_id = f"{wanted}-{number}"
    return entry_id


def _known(session: Session, entry_id: str) -> bool:
    try:
        entries.get(session, entry_id)
    except NotFound:
        return False
    return True


def _candidates(answer: Mapping[str, Any]) -> tuple[Near, ...]:
    found = [one for one in answer.get("candidates") or () if one.get("entry_id")][:ENTRIES]
    return tuple(
        Near(str(one["entry_id"]), str(one.get("title", "")), float(one.get("probability", 0.0))) for one in found
    )


def _vote(session: Session, one: Near) -> Vote:
    version = entries.live_version(session, one.entry_id)
    content = version.content if version else {}
    return Vote(str(content.get("topic", "")), str(content.get("module", "")), one.probability if version else 0.0)


def _nameless(text: str, name: str) -> str:
    return text.replace(name, "客户") if len(name) >= _SHORTEST_NAME else text
