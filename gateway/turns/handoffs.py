"""Handing over to humans, and taking it back: tickets of forms, wishes, complaints and calls back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contract import decisions as d
from contract.decisions import Option
from contract.turn import PERSONAL
from desk import contacts, tickets
from desk.conversations import Change
from desk.session import Session
from desk.tickets import Opened, Ticket, TicketDraft
from desk.turns import Reply
from gateway import render
from gateway.care import appointments, promises
from gateway.care.ticket_talk import TicketTalk
from gateway.turns.plan import Plan, Situation

# Hand-offs that nobody has asked for: while a ticket of the conversation waits in the queue already, silence would be
# no help; whoever wants a human all the same says so.
_UNASKED = ("two_misses", "dislikes", "emotion")


@dataclass(frozen=True)
class HandOffs:
    """One turn's tickets."""

    session: Session
    now: Situation
    plan: Plan
    talk: TicketTalk

    def open_ticket(self, decision: d.OpenTicket) -> None:
        wish = decision.category == "suggestion"
        self._ticket(decision, reason="suggestion" if wish else "form", handoff=not wish)
        if wish:
            self.plan.parts.append(lambda opened: [self.talk.reply("turn.suggestion", _ticket_of(opened))])
        else:
            self.plan.parts.append(lambda opened: self._opened("", opened))

    def handoff(self, decision: d.Handoff) -> None:
        queued = self._queued()
        if queued is not None and decision.reason in _UNASKED:
            self._still_queued(queued, decision)
            return
        if decision.reason == "emergency":
            self._raise_open_ticket(decision)
        self._ticket(decision, reason=decision.reason)
        self.plan.parts.append(lambda opened: self._opened(decision.reason, opened))

    def _queued(self) -> Ticket | None:
        """The hand-off that is open although the bot answers: its queue timed out, or it came back."""
        return self._handoff_here() if self.now.conversation.state == "bot" else None

    def _handoff_here(self) -> Ticket | None:
        """The hand-off of this very conversation: the same person may be talking to somebody on another channel."""
        where = tickets.Filter(conversation_id=self.now.conversation.id, open=True, handoff=True)
        return next(iter(tickets.listing(self.session, where, limit=1)), None)

    def _still_queued(self, ticket: Ticket, decision: d.Handoff) -> None:
        """What the bot could not settle goes on the ticket that is open anyway, and the bot stays there."""
        tickets.note(self.session, ticket.number, decision.summary or self.now.question, by="bot", now=self.now.now)
        self.plan.change |= Change(misses=0, dislikes=0)
        said = self.talk.reply("turn.ticket.still_queued", ticket, promised=False)
        human = render.text(self.now.voice, self._text("ticket.or_human"), [self._human])
        self.plan.say(said, human)

    def _raise_open_ticket(self, decision: d.Handoff | d.Complaint) -> None:
        """An emergency or a complaint while a ticket waits: the ticket becomes as urgent as this."""
        waiting = self._handoff_here()
        if waiting is not None and decision.priority < waiting.priority:  # P1 < P2: never less urgent than it is
            tickets.change(self.session, waiting.number, priority=decision.priority, by="bot", now=self.now.now)
            tickets.note(self.session, waiting.number, decision.summary, by="bot", now=self.now.now)

    def complaint(self, decision: d.Complaint) -> None:
        draft = d.OpenTicket(decision.category, decision.priority, decision.summary, decision.slots)
        self._raise_open_ticket(decision)
        self._ticket(draft, reason="complaint")
        next_ = render.text(self.now.voice, self._text("ticket.next"), kind="notice")

        def said(opened: Opened | None) -> list[Reply]:
            ticket, fresh = _ticket_of(opened), opened is not None and opened.fresh
            return [self.talk.reply("turn.complaint", ticket, promised=fresh), next_]

        self.plan.parts.append(said)

    def callback(self, decision: d.Callback) -> None:
        wished, at = appointments.read(self.now.question, self.now.now, self.now.hours.tz)
        slots = {name: said for name, said in (("phone", decision.phone), ("when", wished)) if said}
        self._ticket(d.OpenTicket("other", "P3", decision.summary, slots), reason="callback", handoff=False)
        phone = decision.phone or ""

        def said(opened: Opened | None) -> list[Reply]:
            ticket = _ticket_of(opened)
            if at is None:
                key = "turn.callback.with_phone" if phone else "turn.callback.without_phone"
                reply = self.talk.reply(key, ticket, phone=phone)
                return [reply, *([self._wished(wished)] if wished else [])]
            tickets.schedule(self.session, ticket.number, at, wished, by="bot", now=self.now.now)
            key = "turn.callback.at" if phone else "turn.callback.at_without_phone"
            moment = promises.moment(self.now.wording, at, self.now.hours)
            return [self.talk.reply(key, ticket, phone=phone, at=moment)]

        self.plan.parts.append(said)

    def _wished(self, wished: str) -> Reply:
        return render.text(self.now.voice, self._text("callback.wished", when=wished), kind="notice")

    def _ticket(self, draft: d.OpenTicket | d.Handoff, *, reason: str, handoff: bool = True) -> None:
        slots = {**self.plan.change["slots"], **draft.slots}
        summary = draft.summary or self.now.question
        self.plan.left_to_human(reason, slots.get("phenomenon") or self.now.conversation.last_question)
        self.plan.ticket = TicketDraft(
            category=draft.category,
            priority=draft.priority,
            summary=summary,
            slots=slots,
            reason=reason,
            handoff=handoff,
        )
        self.plan.change["slots"] = {name: value for name, value in slots.items() if name in PERSONAL}
        if slots.get("phone"):
            contacts.describe(self.session, self.now.conversation.contact_id, phone=slots["phone"])
        if handoff:
            self.plan.change["state"] = "waiting"
            self.plan.change["misses"] = 0

    def _opened(self, reason: str, opened: Opened | None) -> list[Reply]:
        """The number, who has it, who answers when, and what happens next."""
        first = self._text(f"handoff.{reason}") if reason else ""
        fresh, ticket = opened is not None and opened.fresh, _ticket_of(opened)
        key = "turn.ticket.opened" if fresh else "turn.ticket.already"
        reply = self.talk.reply(key, ticket, first, promised=fresh or reason == "emergency")
        if self.plan.woken:
            reply = replace(reply, text=reply.text + self.now.voice.say(self._text("ticket.woken")))
        return [reply, render.text(self.now.voice, self._text("ticket.next"), kind="notice")]

    def end_handoff(self, _: d.EndHandoff) -> None:
        waiting = self.now.conversation.state in ("waiting", "human")
        if not waiting:
            self.plan.say(render.text(self.now.voice, self._text("human.nothing_to_end")))
            return
        self.plan.change |= Change(state="bot", new_episode=True, misses=0, dislikes=0)
        open_one = self._handoff_here()
        key = "human.ended" if open_one else "human.ended_plain"
        self.plan.say(render.text(self.now.voice, self._text(key, number=open_one.number if open_one else "")))
        if open_one:
            # Otherwise an agent would call somebody who needs nobody any more.
            note = self._text("human.withdrawn_note")
            tickets.note(self.session, open_one.number, note, by="bot", now=self.now.now)
            tickets.close(self.session, open_one.number, by=f"contact:{open_one.contact_id}", now=self.now.now)

    @property
    def _human(self) -> Option:
        words = self._text("option.human")
        return Option(f"say:{words}", words)

    def _text(self, key: str, **values: object) -> str:
        return self.now.wording.text(f"turn.{key}", **values)


def _ticket_of(opened: Opened | None) -> Ticket:
    if opened is None:
        raise RuntimeError("a ticket was planned and none was opened")
    return opened.ticket
