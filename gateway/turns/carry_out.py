"""What the engine decided, as replies, state changes and tickets of one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from contract import decisions as d
from contract.decisions import Option
from desk import contacts, feedback, messages, tickets
from desk.session import Session
from desk.tickets import Ticket
from desk.turns import Gap
from gateway import render
from gateway.care.asking import Replied
from gateway.care.news import last_answer
from gateway.care.surveys import Surveys
from gateway.care.ticket_talk import TicketTalk
from gateway.engine import Part, Said
from gateway.turns.handoffs import HandOffs
from gateway.turns.outgoing import checked
from gateway.turns.plan import Plan, Situation, remembered, trace
from zhtext.severity import assess
from zhtext.slots import slot_values
from zhtext.wish import split_wish

DISLIKES_BEFORE_HUMAN = 2


class CarryOut:
    """One turn's decisions, in the transaction of `session`. Reads and writes of the desk happen here."""

    def __init__(self, session: Session, situation: Situation) -> None:
        self._session = session
        self._now = situation
        self._plan = Plan(change=remembered(situation))
        self._talk = TicketTalk(session, situation)
        self._handoffs = HandOffs(session, situation, self._plan, self._talk)
        self._surveys = Surveys(session, situation, self._plan, self._talk)
        self._handlers: dict[type, Callable[[Any], None]] = {
            Said: self._said,
            d.Answer: self._answer,
            d.Runbook: self._runbook,
            d.Choices: self._choices,
            d.Decline: self._decline,
            d.OpenTicket: self._handoffs.open_ticket,
            d.Handoff: self._handoffs.handoff,
            d.Complaint: self._handoffs.complaint,
            d.Callback: self._handoffs.callback,
            d.EndHandoff: self._handoffs.end_handoff,
            d.TicketStatus: self._status,
            d.TicketUrge: self._urge,
            d.Feedback: self._feedback,
            d.Asking: self._asking,
            Replied: self._surveys.replied,
        }

    def plan(self, parts: Sequence[Part | Replied]) -> Plan:
        """The plan for these parts; a decision that no release carries out yet is an error, never silence."""
        if all(isinstance(part, Said) for part in parts) and self._number_afterwards():
            return self._plan
        for decided in _without_idle_end(parts, self._now.conversation.state):
            part = decided if isinstance(decided, Replied) else checked(decided, self._now.contacts)
            handler = self._handlers.get(type(part))
            if handler is None:
                raise NotImplementedError(f"nobody carries out {type(part).__name__}")
            handler(part)
            if not isinstance(part, (Said, Replied)):
                self._plan.decisions.append(trace(part))
        return self._plan

    # -- answers ---------------------------------------------------------------------------------

    def _said(self, said: Said) -> None:
        options = [Option(f"say:{button.id}", button.label) for button in said.buttons]
        self._plan.say(render.text(self._now.voice, said.text, options))

    def _answer(self, decision: d.Answer) -> None:
        self._plan.change["misses"] = 0
        self._asked(decision)
        self._plan.say(render.answer(self._now.voice, decision, decision.question or self._now.question))

    def _runbook(self, decision: d.Runbook) -> None:
        self._plan.change["misses"] = 0
        self._asked(decision)
        self._plan.say(
            render.text(self._now.voice, self._text("runbook_first")),
            render.runbook(self._now.voice, decision, decision.question or self._now.question),
        )

    def _choices(self, decision: d.Choices) -> None:
        self._asked(decision)
        options = (*decision.options, self._human_option("none_of_these"))
        among = "choices_one" if len(decision.options) == 1 else "choices"
        asked = self._text("choices_version" if decision.about == "version" else among)
        self._plan.say(render.text(self._now.voice, asked, options))

    def _decline(self, decision: d.Decline) -> None:
        if decision.reason != "out_of_scope":
            self._plan.change["misses"] = self._now.conversation.misses + 1
            self._asked(decision)
        if decision.reason != "out_of_scope" or decision.keep:
            self._plan.gap = Gap(decision.question or self._now.question, decision.reason, decision.build_id)
        key = "unknown_code_neighbours" if decision.neighbours else decision.reason
        sentence = self._text(f"decline.{key}", codes="、".join(decision.codes))
        options = (*decision.neighbours, self._human_option("human"))
        self._plan.say(render.text(self._now.voice, sentence, options))

    # -- the rest --------------------------------------------------------------------------------

    def _status(self, decision: d.TicketStatus) -> None:
        self._plan.say(*self._talk.status(decision.number))

    def _urge(self, decision: d.TicketUrge) -> None:
        self._plan.say(self._talk.urge(decision.number))

    def _number_afterwards(self) -> bool:
        """A telephone number said after the ticket was opened belongs to the person and on the ticket."""
        phone = slot_values(self._now.question).get("phone")
        open_one = next((ticket for ticket in self._mine() if ticket.open), None) if phone else None
        if phone is None or open_one is None or open_one.slots.get("phone") == phone:
            return False
        contacts.describe(self._session, self._now.conversation.contact_id, phone=phone)
        note = self._text("callback.number_note", phone=phone)
        tickets.note(self._session, open_one.number, note, by="bot", now=self._now.now)
        kept = self._text("callback.number_kept", phone=phone, number=open_one.number)
        self._plan.say(render.text(self._now.voice, kept))
        return True

    def _feedback(self, decision: d.Feedback) -> None:
        dislikes = self._now.conversation.dislikes + self._rated(decision.helpful)
        self._plan.change["dislikes"] = max(0, dislikes)
        if not decision.helpful and dislikes >= DISLIKES_BEFORE_HUMAN:
            question = self._now.conversation.last_question or self._now.question
            judged = assess(question)
            called = d.Handoff("dislikes", judged.category, judged.priority, question)
            self._plan.decisions.append(trace(called))
            self._handoffs.handoff(called)
            return
        options = () if decision.helpful else (self._human_option("human"),)
        sentence = self._text("feedback.helpful" if decision.helpful else "feedback.unhelpful")
        self._plan.say(render.text(self._now.voice, sentence, options))

    def _rated(self, helpful: bool) -> int:
        """The last answer gets the thumb; by how many the disliked answers are more now. Without an answer one too,
        if it was of no use: somebody is dissatisfied with something."""
        conversation = self._now.conversation
        answered = last_answer(messages.latest(self._session, conversation.id, limit=20))
        if answered is None:
            return int(not helpful)
        now = self._now.now
        rated = feedback.rate(self._session, answered.id, conversation_id=conversation.id, helpful=helpful, now=now)
        return rated.dislikes if helpful else 1  # 没用 once more about the same answer is a second time all the same

    def _asking(self, decision: d.Asking) -> None:
        self._plan.change["form"] = f"{decision.form}/{decision.slot}"
        wish, rest = split_wish(self._now.question)
        if wish and rest and decision.slot != "phenomenon" and not self._now.conversation.last_question:
            # 转人工，审批卡住了: the problem came along with the wish; kept like an answer to the form.
            self._plan.change["last_question"] = rest

    def _asked(self, decision: d.Answer | d.Choices | d.Decline | d.Runbook) -> None:
        if self._now.conversation.form is None:  # a question inside the form is not what the ticket is about
            self._plan.change["last_question"] = decision.question or self._now.question
        if decision.trace_id:
            self._plan.traces.append(decision.trace_id)

    def _mine(self) -> tuple[Ticket, ...]:
        return self._talk.mine()

    def _human_option(self, key: str) -> Option:
        return Option(f"say:{self._text('option.human')}", self._text(f"option.{key}"))

    def _text(self, key: str, **values: object) -> str:
        return self._now.wording.text(f"turn.{key}", **values)


def _without_idle_end(parts: Sequence[Part | Replied], state: str) -> Sequence[Part | Replied]:
    """不用转人工，你直接告诉我……: where nothing is to be ended, the answer alone is what was asked for."""
    if state in ("waiting", "human") or len(parts) == 1:
        return parts
    return [part for part in parts if not isinstance(part, d.EndHandoff)]
