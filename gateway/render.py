"""Decisions and sentences as messages of a chat, in the asker's script and region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract.decisions import Answer, Option, Runbook
from desk.conversations import Choice
from desk.messages import QUESTION
from desk.turns import Reply
from zhtext.script import to_region


@dataclass(frozen=True)
class Voice:
    """The script and region to answer in."""

    script: str
    region: str | None

    def say(self, text: str) -> str:
        """`text` (Simplified) as this person writes; codes, paths and screen labels stay."""
        return to_region(text, self.script, self.region)


def text(voice: Voice, sentence: str, options: Sequence[Option | Choice] = (), kind: str = "text") -> Reply:
    """A plain sentence, with options as quick replies."""
    shown = [{"id": option.id, "label": voice.say(option.label)} for option in options]
    return Reply(
        text=voice.say(sentence), kind="choices" if shown else kind, payload={"options": shown} if shown else {}
    )


def answer(voice: Voice, decision: Answer, question: str = "") -> Reply:
    """An answer with its evidence; thumbs belong to it, and they tell whether `question` has its answer."""
    card: dict[str, Any] = {
        "entry_id": decision.entry_id,
        "title": voice.say(decision.title),
        "blocks": [voice.say(block) for block in decision.blocks],
        "source": voice.say(decision.source),
        "version": decision.version,
        "review": decision.review,
        "code": decision.code,
        "build_id": decision.build_id,
        "trace_id": decision.trace_id,
        "feedback": True,
    }
    if decision.workaround:
        card["workaround"] = voice.say(decision.workaround)
    return Reply(text=card["title"], kind="answer", payload=_answering(card, question))


def runbook(voice: Voice, decision: Runbook, question: str = "") -> Reply:
    """First aid, shown like an answer."""
    card: dict[str, Any] = {
        "entry_id": decision.entry_id,
        "title": voice.say(decision.title),
        "blocks": [voice.say(block) for block in decision.blocks],
        "source": voice.say(decision.source),
        "build_id": decision.build_id,
        "trace_id": decision.trace_id,
        "feedback": False,
    }
    return Reply(text=card["title"], kind="answer", payload=_answering(card, question))


def entry(voice: Voice, decision: Answer | Runbook, question: str = "") -> Reply:
    """Whichever of the two it is."""
    return runbook(voice, decision, question) if isinstance(decision, Runbook) else answer(voice, decision, question)


def ticket(voice: Voice, sentence: str, number: str, status: str, when: str, link: str = "") -> Reply:
    """A ticket's number, what happens next, and where to look how far it is."""
    card = {"number": number, "status": voice.say(status), "when": voice.say(when)}
    if link:
        card["link"] = link
    return Reply(text=voice.say(sentence), kind="ticket", payload={"card": card})


def options_of(replies: Sequence[Reply]) -> tuple[Choice, ...]:
    """What can be picked after these replies: the options of the last one that offers any."""
    for reply in reversed(replies):
        offered: Sequence[Mapping[str, str]] = reply.payload.get("options") or ()
        if offered:
            return tuple(Choice(option["id"], option["label"]) for option in offered)
    return ()


def _answering(card: dict[str, Any], question: str) -> dict[str, Any]:
    return {"card": card, QUESTION: question} if question else {"card": card}
