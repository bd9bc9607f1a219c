"""What was said, as a channel of certain abilities shows it: an answer with its evidence, choices with numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from desk.conversations import Choice
from gateway.channels.channel import Abilities, Piece, Said
from gateway.channels.phrases import Phrases
from gateway.channels.plain import plain
from gateway.channels.splitting import split

BETWEEN_REPLIES = "\n\n"
WORDS_ONLY = Abilities()
# What XML 1.0 does not allow and no terminal or chat should be sent: control characters, halves of surrogate pairs.
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def pieces(said: Sequence[Said], phrases: Phrases, able: Abilities) -> tuple[Piece, ...]:
    """Everything that was said, in order, cut at sentence ends where a piece may only be so long.

    Without buttons what is said at once is one text, because many channels count messages. Pictures follow the words.
    """
    if able.buttons:
        told = [Piece(_one(one, phrases, able), _choices(one)) for one in said]
        words = [cut for piece in told for cut in _cut(piece, able.longest)]
    else:
        words = list(_cut(Piece(render(said, phrases, able)), able.longest))
    return (*words, *(Piece(picture=str(one["key"])) for each in said for one in files_of(each) if _sent(one, able)))


def render(said: Sequence[Said], phrases: Phrases, able: Abilities = WORDS_ONLY) -> str:
    """All of it as one text. Only the last options have numbers: they are the ones a number picks."""
    last = max((index for index, one in enumerate(said) if options_of(one)), default=-1)
    texts = [_one(one, phrases, able, numbered=index == last) for index, one in enumerate(said)]
    return BETWEEN_REPLIES.join(text for text in texts if text)


def options_of(said: Said) -> tuple[str, ...]:
    """The labels of what can be picked."""
    return tuple(str(option["label"]) for option in said.payload.get("options") or ())


def files_of(said: Said) -> tuple[Mapping[str, Any], ...]:
    """The pictures and files that come with it."""
    return tuple(one for one in said.payload.get("attachments") or () if isinstance(one, Mapping) and one.get("key"))


def printable(text: str) -> str:
    """Without what a reader could not see anyway."""
    return _UNPRINTABLE.sub("", text)


def _cut(piece: Piece, longest: int | None) -> tuple[Piece, ...]:
    """The buttons stay below the last part."""
    if longest is None:
        return (piece,) if piece.text or piece.options else ()
    parts = [part.strip() for part in split(piece.text, longest) if part.strip()]
    cut = [Piece(part) for part in parts[:-1]]
    return (*cut, Piece(parts[-1] if parts else "", piece.options)) if parts or piece.options else ()


def _choices(said: Said) -> tuple[Choice, ...]:
    return tuple(Choice(str(one["id"]), str(one["label"])) for one in said.payload.get("options") or ())


def _sent(file: Mapping[str, Any], able: Abilities) -> bool:
    return able.images and str(file.get("media_type", "")).startswith("image/")


def _one(said: Said, phrases: Phrases, able: Abilities, *, numbered: bool = False) -> str:
    card = said.payload.get("card")
    text = _answer(card, phrases, able) if said.kind == "answer" and isinstance(card, Mapping) else said.text.strip()
    if said.kind == "ticket" and isinstance(card, Mapping):
        text += _progress(card, phrases)
    options = () if able.buttons else options_of(said)
    if options:
        text = "\n".join([text, *_labels(options, numbered)])
        if numbered and phrases.text("choose_hint_known") not in said.text:
            text += "\n" + phrases.text("choose_hint")
    named = [_named(one, phrases) for one in files_of(said) if not _sent(one, able)]
    return printable("\n".join([text, *named])).strip()


def _named(file: Mapping[str, Any], phrases: Phrases) -> str:
    key = "picture_named" if str(file.get("media_type", "")).startswith("image/") else "file_named"
    return phrases.text(key, name=str(file.get("name", "")))


def _progress(card: Mapping[str, Any], phrases: Phrases) -> str:
    """The page of a ticket, where it is known how it is reached from outside."""
    link = str(card.get("link") or "")
    return "\n" + phrases.text("progress_line", link=link) if link.startswith(("https://", "http://")) else ""


def _answer(card: Mapping[str, Any], phrases: Phrases, able: Abilities) -> str:
    shown = str if able.markup else plain
    lines = [str(card.get("title", "")), *(shown(str(block)) for block in card.get("blocks", ()))]
    if card.get("workaround"):
        lines.append(phrases.text("workaround_line", workaround=shown(str(card["workaround"]))))
    lines.append(_source(card, phrases))
    return ("\n\n" if able.markup else "\n").join(line for line in lines if line)


def _source(card: Mapping[str, Any], phrases: Phrases) -> str:
    source, version, review = (str(card.get(name) or "") for name in ("source", "version", "review"))
    if not source:
        return ""
    if not (version and review):
        return phrases.text("source_only", source=source)
    return phrases.text("source_line", source=source, version=version, review=review)


def _labels(options: Sequence[str], numbered: bool) -> list[str]:
    return [f"{number}. {label}" if numbered else f"• {label}" for number, label in enumerate(options, 1)]
