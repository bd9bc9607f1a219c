"""What a turn will leave behind: replies, state, a ticket, and what is remembered of the person's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contract.decisions import Decision, to_json
from contract.turn import PERSONAL
from desk.calendar import WorkingHours
from desk.conversations import Change, Choice, Conversation
from desk.tickets import Opened, TicketDraft
from desk.turns import Gap, Reply
from gateway.limits import Limits
from gateway.progress.links import Links
from gateway.render import Voice
from gateway.rules import ServiceRules
from gateway.services import Services
from gateway.wording import Wording
from zhtext.contacts import AllowList
from zhtext.slots import slot_values

CHOICES_FOR = timedelta(minutes=30)  # how long "1" still means the first option
_TELLING = 4  # characters
_REFUSES = re.compile(r"跳过|略过|取消|算了|不用|跳過|略過|[转轉找]人工|真人")
# Tickets because of a question; emergencies, complaints and the like want a human whatever the knowledge base knows.
_QUESTIONS = ("two_misses", "dislikes", "request", "form")
Replies = Callable[[Opened | None], Sequence[Reply]]


@dataclass(frozen=True)
class Situation:
    """The turn at hand."""

    conversation: Conversation
    question: str  # the user's words, the burst joined
    voice: Voice
    now: datetime
    hours: WorkingHours
    wording: Wording
    contacts: AllowList  # that answers may name
    rules: ServiceRules
    links: Links
    limits: Limits

    @classmethod
    def of(
        cls,
        services: Services,
        conversation: Conversation,
        question: str,
        voice: Voice,
        hours: WorkingHours | None = None,
        *,
        now: datetime,
    ) -> Situation:
        """A turn of this gateway, in the working hours as they are now if none are given."""
        settings = services.settings
        return cls(
            conversation=conversation,
            question=question,
            voice=voice,
            now=now,
            hours=hours or services.hours,
            wording=services.wording,
            contacts=services.contacts,
            rules=services.rules,
            links=Links(settings.secret, settings.public_url, services.clock),
            limits=services.limits,
        )


@dataclass
class Plan:
    """What is to be committed; `replies` are made once the ticket's number is known."""

    change: Change = field(default_factory=lambda: Change())
    ticket: TicketDraft | None = None
    gap: Gap | None = None
    traces: list[str] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)  # the trace of the turn, without the long texts
    parts: list[Replies] = field(default_factory=list)
    woken: bool = False  # somebody is called out of bed for the ticket
    awaits: tuple[Choice, ...] = ()  # what the next words pick, where nothing is offered
    choices_for: timedelta = CHOICES_FOR

    def say(self, *replies: Reply) -> None:
        """Replies that need no ticket."""
        self.parts.append(lambda _: replies)

    def left_to_human(self, reason: str, question: str | None) -> None:
        """What a human has to answer is a gap; a decline of this very turn says so already."""
        if question and reason in _QUESTIONS and self.gap is None:
            self.gap = Gap(question, reason, source="handed_off")

    def replies(self, opened: Opened | None) -> tuple[Reply, ...]:
        """Every reply, in order."""
        return tuple(reply for part in self.parts for reply in part(opened))


def remembered(now: Situation) -> Change:
    """What every turn leaves behind: slots from the text, the form over unless it asks on, the voice."""
    said = {name: value for name, value in slot_values(now.question).items() if name in PERSONAL}
    change = Change(
        slots={**now.conversation.slots, **said}, form=None, script=now.voice.script, region=now.voice.region
    )
    if now.conversation.form == "ticket_form/phenomenon" and _tells(now.question):
        # The answer to "what is the problem?"; kept, should the engine be lost before the form is complete.
        change["last_question"] = now.question
    return change


def _tells(answer: str) -> bool:
    """跳过, 取消 and 转人工 answer the form's question without telling a problem."""
    return len(answer) >= _TELLING and not _REFUSES.search(answer)


def trace(decision: Decision) -> dict[str, Any]:
    """What stays of a decision; the texts of an entry are in its build."""
    return {name: value for name, value in to_json(decision).items() if name != "blocks"}
