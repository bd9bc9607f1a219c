"""What an answer to an ask leads to: a closed ticket, one that comes back, a score, a reason."""

from __future__ import annotations

from dataclasses import dataclass

from contract.decisions import Survey
from desk import asks, feedback, tickets
from desk.asks import Ask
from desk.conversations import Change
from desk.errors import IllegalMove
from desk.session import Session
from desk.tickets import Ticket
from desk.turns import Reply
from gateway import render
from gateway.care import asking, handing, team
from gateway.care.asking import REASONS, SCORES, TELL, Replied
from gateway.care.ticket_talk import TicketTalk
from gateway.turns.plan import Plan, Situation, trace


@dataclass(frozen=True)
class Surveys:
    """Answers to asks, in one turn."""

    session: Session
    now: Situation
    plan: Plan
    talk: TicketTalk

    def replied(self, said: Replied) -> None:
        """Keep the answer, do what follows, and say so. One that comes twice or too late changes nothing."""
        ask = asks.get(self.session, said.ask_id)
        ticket = asks.ticket_of(self.session, ask)
        if said.words or said.value in (*REASONS, TELL):
            self._explained(ask, ticket, said)
        elif not asks.answer(self.session, ask.id, said.value, now=self.now.now):
            self._say("csat.given" if ask.kind == "csat" and ask.state == "answered" else "over")
        elif said.value in SCORES:
            self._scored(ask, ticket, int(said.value))
        elif ticket is not None:
            self._solved(ask, ticket) if said.value == "yes" else self._not_solved(ticket)

    # -- is it solved ----------------------------------------------------------------------------

    def _solved(self, ask: Ask, ticket: Ticket) -> None:
        if ticket.open:  # somebody works on it again
            self.plan.say(self.talk.one(ticket))
            return
        tickets.close(self.session, ticket.number, by=self._customer, now=self.now.now)
        self._say("solved.closed", number=ticket.number)
        self._ask_for_a_score(ask, ticket)

    def _ask_for_a_score(self, ask: Ask, ticket: Ticket) -> None:
        """At once, for nobody likes to be disturbed a second time. Of what it is about a new episode tells apart."""
        now = self.now.now
        survey = asks.request(
            self.session,
            "csat",
            ask.conversation_id,
            ticket_id=ticket.id,
            due_at=now,
            key=f"csat:{ticket.id}",
            now=now,
        )
        if asks.ask(self.session, survey.id, now=now):
            self.plan.change["new_episode"] = True
            self.plan.say(asking.question(self.now.voice, self.now.wording, survey, ticket))
            self.plan.choices_for = asking.ANSWERABLE

    def _not_solved(self, ticket: Ticket) -> None:
        """The same ticket comes back, to its agent or to the queue; what led to the last hand-off counts no more."""
        self.plan.change |= Change(misses=0, dislikes=0)
        if ticket.open:
            self._noted(ticket, ticket)
            self.plan.say(self.talk.reply("asks.solved.open_already", ticket, promised=False))
            return
        try:
            back = tickets.reopen(
                self.session,
                ticket.number,
                reason=self.now.wording.text("asks.solved.reason"),
                by=self._customer,
                now=self.now.now,
            )
        except IllegalMove:
            self._with_the_open_one(ticket)
            return
        if ticket.handoff:
            self.plan.change["state"] = "waiting"
        if back.assignee_id is None:
            back = handing.given_to(self.session, self.now, self.plan, back)
        else:
            team.reopened(self.session, self.now, back)
        key = "asks.solved.reopened" if back.assignee_id else "asks.solved.reopened_queued"
        # The clock of the first response does not begin again: what is promised is the solution.
        self.plan.say(self.talk.reply(key, back, promised=False), self._next())

    def _with_the_open_one(self, ticket: Ticket) -> None:
        """Another hand-off is open in this conversation: one person for both."""
        where = tickets.Filter(conversation_id=ticket.conversation_id, open=True, handoff=True)
        other = tickets.listing(self.session, where, limit=1)[0]
        self._noted(other, ticket)
        self.plan.change["state"] = "waiting"
        said = self.talk.reply("asks.solved.elsewhere", other, promised=False, summary=ticket.summary)
        self.plan.say(said, self._next())

    def _noted(self, on: Ticket, about: Ticket) -> None:
        text = self.now.wording.text("asks.solved.note", number=about.number)
        tickets.note(self.session, on.number, text, by="bot", now=self.now.now)

    # -- how was it ------------------------------------------------------------------------------

    def _scored(self, ask: Ask, ticket: Ticket | None, score: int) -> None:
        now, rules = self.now.now, self.now.rules.asks
        kept = feedback.survey(
            self.session, ask.conversation_id, episode=ask.episode, score=score, ticket_id=ask.ticket_id, now=now
        )
        if not kept:
            self._say("csat.given")
            return
        self.plan.decisions.append(trace(Survey(score)))
        if ticket is not None:
            asks.scored(self.session, ask, score, by=self._customer, now=now)
            if score <= rules.low_score:
                team.scored_low(self.session, self.now, ticket, score)
        if score > rules.reason_up_to:
            self._say("csat.thanks")
            return
        thanks = self._text("csat.thanks_low" if score <= rules.low_score else "csat.thanks_middle")
        self.plan.say(asking.why(self.now.voice, self.now.wording, ask.id, thanks))
        self.plan.choices_for = asking.REASON_WITHIN

    def _explained(self, ask: Ask, ticket: Ticket | None, said: Replied) -> None:
        if said.value == TELL and not said.words:
            self._say("reason.tell")
            self.plan.awaits, self.plan.choices_for = (asking.awaited(ask.id),), asking.REASON_WITHIN
            return
        reason = said.words or self._text(f"reason.{said.value}")
        if not feedback.explain(self.session, ask.conversation_id, episode=ask.episode, reason=reason):
            self._say("csat.given")
            return
        if ticket is not None:
            tickets.note(
                self.session, ticket.number, self._text("reason.note", reason=reason), by="bot", now=self.now.now
            )
        self._say("reason.thanks")

    # -- pieces ----------------------------------------------------------------------------------

    @property
    def _customer(self) -> str:
        return f"contact:{self.now.conversation.contact_id}"

    def _next(self) -> Reply:
        return render.text(self.now.voice, self.now.wording.text("turn.ticket.next"), kind="notice")

    def _say(self, key: str, **values: object) -> None:
        self.plan.say(render.text(self.now.voice, self._text(key, **values)))

    def _text(self, key: str, **values: object) -> str:
        return self.now.wording.text(f"asks.{key}", **values)
