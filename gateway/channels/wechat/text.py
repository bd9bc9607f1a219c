"""Replies as one plain text: an answer with its evidence, choices with numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.plain import plain
from gateway.channels.wechat.xml import legal

BETWEEN_REPLIES = "\n\n"


class Said(Protocol):
    """An `Outgoing` of the flow, or a stored message: both say the same."""

    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...


def render(replies: Sequence[Said], phrases: Phrases) -> str:
    """All replies of a turn. Only the last options have numbers: they are the ones a number picks."""
    last = max((index for index, reply in enumerate(replies) if _options(reply)), default=-1)
    texts = [_one(reply, phrases, numbered=index == last) for index, reply in enumerate(replies)]
    return BETWEEN_REPLIES.join(text for text in texts if text)


def _one(reply: Said, phrases: Phrases, *, numbered: bool) -> str:
    card = reply.payload.get("card")
    text = _answer(card, phrases) if reply.kind == "answer" and isinstance(card, Mapping) else reply.text.strip()
    if reply.kind == "ticket" and isinstance(card, Mapping):
        text += _progress(card, phrases)
    options = _options(reply)
    if options:
        text = "\n".join([text, *_labels(options, numbered)])
        if numbered and phrases.text("choose_hint_known") not in reply.text:
            text += "\n" + phrases.text("choose_hint")
    return legal(text).strip()


def _progress(card: Mapping[str, Any], phrases: Phrases) -> str:
    """The page of a ticket, where it is known how it is reached from outside."""
    link = str(card.get("link") or "")
    return "\n" + phrases.text("progress_line", link=link) if link.startswith(("https://", "http://")) else ""


def _answer(card: Mapping[str, Any], phrases: Phrases) -> str:
    lines = [str(card.get("title", "")), *(plain(str(block)) for block in card.get("blocks", ()))]
    if card.get("workaround"):
        lines.append(phrases.text("workaround_line", workaround=plain(str(card["workaround"]))))
    lines.append(_source(card, phrases))
    return "\n".join(line for line in lines if line)


def _source(card: Mapping[str, Any], phrases: Phrases) -> str:
    source, version, review = (str(card.get(name) or "") for name in ("source", "version", "review"))
    if not source:
        return ""
    if not (version and review):
        return phrases.text("source_only", source=source)
    return phrases.text("source_line", source=source, version=version, review=review)


def _labels(options: Sequence[str], numbered: bool) -> list[str]:
    return [f"{number}. {label}" if numbered else f"• {label}" for number, label in enumerate(options, 1)]


def _options(reply: Said) -> tuple[str, ...]:
    return tuple(str(option["label"]) for option in reply.payload.get("options") or ())
