"""What the engine decided, as replies, state changes and tickets of one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from contract import decisions as d
from contract.decisions import Option
from contract.turn import PERSONAL
from desk import contacts, feedback, messages, tickets
from desk.conversations import Change
from desk.errors import DeskError
from desk.session import Session
from desk.tickets import Opened, Ticket, TicketDraft
from desk.turns import Gap, Reply
from gateway import promises, render
from gateway.engine import Part, Said
from gateway.news import last_answer
from gateway.outgoing import checked
from gateway.plan import Plan, Situation, remembered, trace
from zhtext.severity import assess
from zhtext.slots import slot_values
from zhtext.wish import split_wish

CHOICES_FOR = timedelta(minutes=30)  # how long "1" still means the first option
STATUS_LINES = 5
DISLIKES_BEFORE_HUMAN = 2


class CarryOut:
    """One turn's decisions, in the transaction of `session`. Reads and writes of the desk happen here."""

    def __init__(self, session: Session, situation: Situation) -> None:
        self._session = session
        self._now = situation
        self._plan = Plan(change=remembered(situation))
        self._handlers: dict[type, Callable[[Any], None]] = {
            Said: self._said,
            d.Answer: self._answer,
            d.Runbook: self._runbook,
            d.Choices: self._choices,
            d.Decline: self._decline,
            d.OpenTicket: self._open_ticket,
            d.Handoff: self._handoff,
            d.Complaint: self._complaint,
            d.Callback: self._callback,
            d.EndHandoff: self._end_handoff,
            d.TicketStatus: self._status,
            d.TicketUrge: self._urge,
            d.Feedback: self._feedback,
            d.Asking: self._asking,
        }

    def plan(self, parts: Sequence[Part]) -> Plan:
        """The plan for these parts; a decision that no release carries out yet is an error, never silence."""
        if all(isinstance(part, Said) for part in parts) and self._number_afterwards():
            return self._plan
        for decided in _without_idle_end(parts, self._now.conversation.state):
            part = checked(decided, self._now.contacts)
            handler = self._handlers.get(type(part))
            if handler is None:
                raise NotImplementedError(f"nobody carries out {type(part).__name__}")
            handler(part)
            if not isinstance(part, Said):
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
        asked = self._text("choices_version" if decision.about == "version" else "choices")
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

    # -- tickets ---------------------------------------------------------------------------------

    def _open_ticket(self, decision: d.OpenTicket) -> None:
        wish = decision.category == "suggestion"
        self._ticket(decision, reason="suggestion" if wish else "form", handoff=not wish)
        if wish:
            self._plan.parts.append(lambda opened: [self._ticket_reply("suggestion", opened)])
        else:
            self._plan.parts.append(lambda opened: self._opened("", opened))

    def _handoff(self, decision: d.Handoff) -> None:
        if decision.reason == "emergency":
            self._raise_open_ticket(decision)
        self._ticket(decision, reason=decision.reason)
        self._plan.parts.append(lambda opened: self._opened(decision.reason, opened))

    def _raise_open_ticket(self, decision: d.Handoff) -> None:
        """An emergency told while a ticket waits: the ticket becomes as urgent as this."""
        waiting = next((ticket for ticket in self._mine() if ticket.open and ticket.handoff), None)
        if waiting is not None and waiting.priority != decision.priority:
            tickets.change(self._session, waiting.number, priority=decision.priority, by="bot", now=self._now.now)
            tickets.note(self._session, waiting.number, decision.summary, by="bot", now=self._now.now)

    def _complaint(self, decision: d.Complaint) -> None:
        draft = d.OpenTicket(decision.category, decision.priority, decision.summary, decision.slots)
        self._ticket(draft, reason="complaint")
        next_ = render.text(self._now.voice, self._text("ticket.next"), kind="notice")
        self._plan.parts.append(lambda opened: [self._ticket_reply("complaint", opened), next_])

    def _callback(self, decision: d.Callback) -> None:
        slots = {"phone": decision.phone} if decision.phone else {}
        self._ticket(d.OpenTicket("other", "P3", decision.summary, slots), reason="callback", handoff=False)
        key = "callback.with_phone" if decision.phone else "callback.without_phone"
        self._plan.parts.append(lambda opened: [self._ticket_reply(key, opened, phone=decision.phone or "")])

    def _ticket(self, draft: d.OpenTicket | d.Handoff, *, reason: str, handoff: bool = True) -> None:
        slots = {**self._plan.change["slots"], **draft.slots}
        summary = draft.summary or self._now.question
        self._plan.left_to_human(reason, slots.get("phenomenon") or self._now.conversation.last_question)
        self._plan.ticket = TicketDraft(
            category=draft.category,
            priority=draft.priority,
            summary=summary,
            slots=slots,
            reason=reason,
            handoff=handoff,
        )
        self._plan.change["slots"] = {name: value for name, value in slots.items() if name in PERSONAL}
        if slots.get("phone"):
            contacts.describe(self._session, self._now.conversation.contact_id, phone=slots["phone"])
        if handoff:
            self._plan.change["state"] = "waiting"
            self._plan.change["misses"] = 0

    def _opened(self, reason: str, opened: Opened | None) -> list[Reply]:
        """The number, who answers when, and what happens next."""
        first = self._text(f"handoff.{reason}") if reason else ""
        reply = self._ticket_reply("ticket.opened" if _fresh(opened) else "ticket.already", opened, before=first)
        return [reply, render.text(self._now.voice, self._text("ticket.next"), kind="notice")]

    def _ticket_reply(self, key: str, opened: Opened | None, before: str = "", **values: object) -> Reply:
        ticket = _opened_ticket(opened)
        when = promises.when(self._now.wording, self._now.hours, ticket.priority, self._now.now)
        sentence = before + self._text(key, number=ticket.number, when=when, **values)
        status = self._text(f"states.{ticket.status}")
        return render.ticket(self._now.voice, sentence, ticket.number, status, when)

    def _status(self, decision: d.TicketStatus) -> None:
        self._plan.say(render.text(self._now.voice, self._status_text(decision.number)))

    def _status_text(self, number: str | None) -> str:
        if number:
            ticket = self._owned(number)
            if ticket is None:
                return self._text("status.unknown", number=number)
            return promises.status(self._now.wording, ticket, self._now.hours)
        mine = self._mine()
        if len(mine) == 1:
            return promises.status(self._now.wording, mine[0], self._now.hours)
        lines = [self._status_line(ticket) for ticket in mine[:STATUS_LINES]]
        return "\n".join([self._text("status.several", count=len(mine)), *lines]) if mine else self._text("status.none")

    def _status_line(self, ticket: Ticket) -> str:
        status = self._text(f"states.{ticket.status}")
        return self._text("status.line", number=ticket.number, status=status, summary=ticket.summary)

    def _urge(self, decision: d.TicketUrge) -> None:
        ticket = self._owned(decision.number) if decision.number else next((t for t in self._mine() if t.open), None)
        if ticket is None:
            sentence = self._text("urge.none")
        elif not ticket.open:
            sentence = self._text("urge.over", number=ticket.number)
        else:
            tickets.urge(self._session, ticket.number, self._now.conversation.contact_id, now=self._now.now)
            sentence = self._text("urge.done", number=ticket.number)
        self._plan.say(render.text(self._now.voice, sentence))

    def _end_handoff(self, _: d.EndHandoff) -> None:
        waiting = self._now.conversation.state in ("waiting", "human")
        if not waiting:
            self._plan.say(render.text(self._now.voice, self._text("human.nothing_to_end")))
            return
        self._plan.change |= Change(state="bot", new_episode=True, misses=0, dislikes=0)
        open_one = next((t for t in self._mine() if t.open and t.handoff), None)
        key = "human.ended" if open_one else "human.ended_plain"
        self._plan.say(render.text(self._now.voice, self._text(key, number=open_one.number if open_one else "")))
        if open_one:
            # Otherwise an agent would call somebody who needs nobody any more.
            note = self._text("human.withdrawn_note")
            tickets.note(self._session, open_one.number, note, by="bot", now=self._now.now)
            tickets.close(self._session, open_one.number, by=f"contact:{open_one.contact_id}", now=self._now.now)

    # -- the rest --------------------------------------------------------------------------------

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
            self._handoff(called)
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
        return tickets.listing(self._session, tickets.Filter(contact_id=self._now.conversation.contact_id))

    def _owned(self, number: str) -> Ticket | None:
        try:
            return tickets.owned(self._session, number, self._now.conversation.contact_id)
        except DeskError:
            return None  # unknown, malformed or somebody else's: one and the same to the asker

    def _human_option(self, key: str) -> Option:
        return Option(f"say:{self._text('option.human')}", self._text(f"option.{key}"))

    def _text(self, key: str, **values: object) -> str:
        return self._now.wording.text(f"turn.{key}", **values)


def _without_idle_end(parts: Sequence[Part], state: str) -> Sequence[Part]:
    """不用转人工，你直接告诉我……: where nothing is to be ended, the answer alone is what was asked for."""
    if state in ("waiting", "human") or len(parts) == 1:
        return parts
    return [part for part in parts if not isinstance(part, d.EndHandoff)]


def _fresh(opened: Opened | None) -> bool:
    return opened is not None and opened.fresh


def _opened_ticket(opened: Opened | None) -> Ticket:
    if opened is None:
        raise RuntimeError("a ticket was planned and none was opened")
    return opened.ticket
