"""What can be decided without the engine: a plain wish, one's ticket, or a direct answer of the knowledge base."""

from __future__ import annotations

import logging

from contract.decisions import Decline, EndHandoff, Handoff, Option, TicketStatus
from gateway.answers import Answers
from gateway.engine import Part, Said
from gateway.errors import NoDirectAnswer
from gateway.turns.outgoing import checked
from gateway.wording import Wording
from zhtext.contacts import AllowList
from zhtext.severity import assess, everybody_down
from zhtext.slots import slot_values
from zhtext.wish import asks_for_ticket, cancels_human, wants_human

log = logging.getLogger(__name__)


class Fallback:
    """Never silent: at the very least an apology and the offer of a human."""

    def __init__(self, answers: Answers, wording: Wording, contacts: AllowList) -> None:
        self._answers = answers
        self._wording = wording
        self._contacts = contacts

    async def decide(self, text: str, last_question: str | None) -> tuple[Part, ...]:
        """Parts to carry out for one message."""
        plain = plainly(text, last_question)
        if plain is not None:
            return (plain,)
        try:
            decision = await self._answers.decide(text) if text else Decline(reason="no_evidence")
        except NoDirectAnswer as error:
            log.warning("no direct answer: %s", error)
            return (self.apology(),)
        said = checked(decision, self._contacts)
        if isinstance(said, Decline):
            return (self.apology(),)
        return (Said(self._wording.text("turn.degraded.with_answer")), said)

    def apology(self, key: str = "degraded.nothing") -> Said:
        """An honest sentence, with the offer of a human."""
        human = self._wording.text("turn.option.human")
        return Said(self._wording.text(f"turn.{key}"), (Option(human, human),))


def plainly(text: str, last_question: str | None) -> Part | None:
    """What the text asks for beyond doubt, without engine and knowledge base."""
    if cancels_human(text):
        return EndHandoff()
    if everybody_down(text):
        return Handoff("emergency", assess(text).category, "P1", text, {"phenomenon": text})
    if wants_human(text):
        about = last_question or ""
        judged = assess(about)
        return Handoff("request", judged.category, judged.priority, about, {"phenomenon": about} if about else {})
    if asks_for_ticket(text):
        return TicketStatus(slot_values(text).get("ticket_number"))
    return None
