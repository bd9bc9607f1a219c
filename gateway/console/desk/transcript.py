"""The transcript: messages as bubbles, with what the bot showed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.attachments import Attachment
from desk.messages import Message
from gateway import tables
from gateway.masking import for_agents

_ENTRIES = ("answer", "runbook")  # kinds of messages
_MARKS = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`", re.DOTALL)


@dataclass(frozen=True)
class Span:
    """A piece of text: plain, bold or code."""

    text: str
    style: str = "plain"


@dataclass(frozen=True)
class Card:
    """An answer as the customer saw it."""

    title: str
    blocks: tuple[tuple[Span, ...], ...]
    workaround: tuple[Span, ...]
    source: str
    version: str
    review: str
    number: str  # of a ticket, on ticket cards


@dataclass(frozen=True)
class Bubble:
    """One message as the agent sees it; customers' passwords and the like are masked, whoever repeats them."""

    seq: int
    author: str
    name: str  # of the agent who wrote it
    kind: str
    spans: tuple[Span, ...]
    card: Card | None
    options: tuple[str, ...]
    failed: bool
    at: datetime
    files: tuple[Attachment, ...] = ()


def bubbles(
    messages: Sequence[Message], names: Mapping[int, str], files: Mapping[int, tuple[Attachment, ...]] | None = None
) -> tuple[Bubble, ...]:
    """In order; `names` are the agents' by id, `files` those of the messages by their id."""
    return tuple(_bubble(message, names, (files or {}).get(message.id, ())) for message in messages)


def spans(text: str) -> tuple[Span, ...]:
    """The two marks of answers that matter to a reader: **bold** and `code`. All else stays as it is."""
    found, end = [], 0
    for match in _MARKS.finditer(text):
        if match.start() > end:
            found.append(Span(text[end : match.start()]))
        style = "bold" if match["bold"] is not None else "code"
        found.append(Span(match[style], style))
        end = match.end()
    if end < len(text):
        found.append(Span(text[end:]))
    return tuple(found)


def _bubble(message: Message, names: Mapping[int, str], files: tuple[Attachment, ...]) -> Bubble:
    marked = message.author in ("bot", "system")  # people's stars and backticks are their own
    # What the bot and the desk say may repeat what the customer has written; what the knowledge base says may not.
    ours = message.author == "agent" or message.kind in _ENTRIES
    text = message.text if ours else for_agents(message.text)
    return Bubble(
        seq=message.seq,
        author=message.author,
        name=names.get(message.agent_id, "") if message.agent_id is not None else "",
        kind="voice" if message.payload.get("recognised") else message.kind,  # spoken; the words are WeChat's
        spans=spans(text) if marked else (Span(text),) if text else (),
        card=_card(message.payload),
        options=_options(message.payload),
        failed=message.status == "failed",
        at=message.created_at,
        files=files,
    )


def _card(payload: Mapping[str, Any]) -> Card | None:
    """From `{"card": {…}}` or from the bare decision; None when there is nothing to show."""
    inner = payload.get("card")
    data: Mapping[str, Any] = inner if isinstance(inner, Mapping) else payload
    card = Card(
        title=_text(data, "title"),
        blocks=tuple(spans("\n".join(tables.lines(str(block))) or str(block)) for block in _items(data, "blocks")),
        workaround=spans(_text(data, "workaround")),
        source=_text(data, "source"),
        version=_text(data, "version"),
        review=_text(data, "review"),
        number=_text(data, "number"),
    )
    return card if card.title or card.blocks or card.number else None


def _options(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Labels of what was offered."""
    return tuple(
        for_agents(_text(option, "label")) for option in _items(payload, "options") if isinstance(option, Mapping)
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return "" if value is None or isinstance(value, (Mapping, list)) else str(value)


def _items(data: Mapping[str, Any], key: str) -> Iterable[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else ()
