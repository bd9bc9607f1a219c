"""What the conversation before the ticket has shown: answers and what became of them, feelings, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk import messages, thumbs
from desk.messages import Message
from desk.session import Session
from desk.thumbs import Thumb
from desk.tickets import Ticket
from zhtext import emotion

READ = 200  # messages; what is older was about something else
FILES = ("image", "voice", "video", "file", "location")


@dataclass(frozen=True)
class ShownEntry:
    """An entry that the bot has answered with."""

    seq: int
    entry_id: str
    title: str
    verdict: str  # helpful, rejected, or empty
    reason: str  # why it was rejected


@dataclass(frozen=True)
class File:
    """Something that was sent and is no text."""

    seq: int
    kind: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Evidence:
    """What is worth knowing before one writes."""

    entries: tuple[ShownEntry, ...] = ()
    files: tuple[File, ...] = ()
    feelings: tuple[str, ...] = ()  # complaint, negative


def evidence(session: Session, ticket: Ticket) -> Evidence:
    """Of a ticket's conversation; nothing for a ticket without one."""
    if ticket.conversation_id is None:
        return Evidence()
    said = messages.latest(session, ticket.conversation_id, limit=READ)
    rated = thumbs.of(session, ticket.conversation_id)
    return Evidence(entries=_entries(said, rated), files=_files(said), feelings=_feelings(said, ticket))


def _entries(said: Sequence[Message], rated: Mapping[int, Thumb]) -> tuple[ShownEntry, ...]:
    """Each entry once, as it was rated the last time; the latest first."""
    found: dict[str, ShownEntry] = {}
    for one in said:
        card = one.payload.get("card")
        if one.author != "bot" or not isinstance(card, Mapping) or not card.get("entry_id"):
            continue
        thumb = rated.get(one.id)
        entry_id, title = str(card["entry_id"]), str(card.get("title") or one.text)
        verdict = "" if thumb is None else "helpful" if thumb.helpful else "rejected"
        found.pop(entry_id, None)
        found[entry_id] = ShownEntry(one.seq, entry_id, title, verdict, thumb.reason if thumb else "")
    return tuple(reversed(found.values()))


def _files(said: Sequence[Message]) -> tuple[File, ...]:
    theirs = (one for one in said if one.author == "user" and one.kind in FILES)
    return tuple(File(one.seq, one.kind, _name(one.payload), one.created_at) for one in theirs)


def _feelings(said: Sequence[Message], ticket: Ticket) -> tuple[str, ...]:
    texts = [one.text for one in said if one.author == "user" and one.kind == "text"]
    found = []
    if ticket.reason == "complaint" or any(map(emotion.complains, texts)):
        found.append("complaint")
    if ticket.reason == "emotion" or any(map(emotion.negative, texts)):
        found.append("negative")
    return tuple(found)


def _name(payload: Mapping[str, Any]) -> str:
    return str(payload.get("name") or payload.get("label") or "")
