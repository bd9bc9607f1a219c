"""What the page shows of a ticket: how far, by when, who. No words of the case, no note, no number of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk import agents, contacts, conversations, sla, tickets
from desk.calendar import WorkingHours
from desk.errors import NotFound
from desk.session import Session
from desk.sla import Clock
from desk.tickets import Ticket, TicketEvent
from gateway.care import promises
from gateway.render import Voice
from gateway.rules import ServiceRules
from gateway.wording import Wording

_STATUSES = ("in_progress", "waiting", "on_site")  # of events that move a ticket and are worth a line
_KINDS = ("opened", "assigned", "replied", "resolved", "closed", "reopened")
_SEEN, _HIDDEN = 3, 4  # digits of a telephone number that stand at its beginning and end; the others are stars


@dataclass(frozen=True)
class Step:
    """One line of the history."""

    name: str
    at: str


@dataclass(frozen=True)
class Progress:
    """A ticket as its page shows it; all texts in the customer's script."""

    number: str
    status: str
    open: bool
    reported: str
    updated: str
    handler: str
    phone: str
    next: str
    steps: tuple[Step, ...]
    voice: Voice
    talks: bool  # there is a conversation to add something to


@dataclass(frozen=True)
class Looking:
    """What looking needs."""

    wording: Wording
    hours: WorkingHours
    rules: ServiceRules
    now: datetime

    def at(self, session: Session, number: str) -> Progress:
        """Raises NotFound, MalformedNumber."""
        ticket = tickets.get(session, number)
        voice = self._voice(session, ticket)
        return Progress(
            number=ticket.number,
            status=voice.say(self.wording.text(f"turn.states.{ticket.status}")),
            open=ticket.open,
            reported=voice.say(self._moment(ticket.created_at)),
            updated=voice.say(self._moment(ticket.updated_at)),
            handler=self._handler(session, ticket),
            phone=_masked(contacts.get(session, ticket.contact_id).phone or ""),
            next=voice.say(self._next(session, ticket)),
            steps=self._steps(tickets.events(session, number), voice),
            voice=voice,
            talks=ticket.conversation_id is not None,
        )

    def _voice(self, session: Session, ticket: Ticket) -> Voice:
        if ticket.conversation_id is None:
            return Voice("hans", "cn")
        found = conversations.get(session, ticket.conversation_id)
        return Voice(found.script, found.region)

    def _handler(self, session: Session, ticket: Ticket) -> str:
        if ticket.assignee_id is None:
            return ""
        try:
            return agents.get(session, ticket.assignee_id).name
        except NotFound:
            return ""

    def _next(self, session: Session, ticket: Ticket) -> str:
        if not ticket.open:
            return self._text("done")
        if ticket.status == "waiting":
            return self._text("paused")
        if ticket.next_contact_at is not None and ticket.next_contact_at > self.now:
            return self._text("next_contact", at=self._moment(ticket.next_contact_at))
        found = sla.clocks(session, [ticket.id], self.rules.sla, self.hours, self.now).get(ticket.id, ())
        clocks = {clock.kind: clock for clock in found}
        first, solve = clocks.get("first_response"), clocks.get("resolution")
        if first is not None and first.state != "stopped":
            return self._due("first", first)
        return self._due("solve", solve) if solve is not None else self._text("working")

    def _due(self, key: str, clock: Clock) -> str:
        if clock.due_at is None:
            return self._text("working")
        return self._text(f"{key}_late" if clock.remaining < 0 else key, due=self._moment(clock.due_at))

    def _steps(self, events: Sequence[TicketEvent], voice: Voice) -> tuple[Step, ...]:
        """What has happened, oldest first; a line that says the same as the one before it is left out."""
        found: list[Step] = []
        for event in events:
            name = _name(event.kind, event.detail, event.actor)
            if name:
                step = Step(voice.say(self._text(f"step.{name}")), voice.say(self._moment(event.created_at)))
                if not found or found[-1].name != step.name:
                    found.append(step)
        return tuple(found)

    def _moment(self, at: datetime) -> str:
        return promises.moment(self.wording, at, self.hours)

    def _text(self, key: str, **values: object) -> str:
        return self.wording.text(f"progress.{key}", **values)


def _name(kind: str, detail: Any, actor: str) -> str:
    if kind == "replied" and not actor.startswith("agent:"):
        return ""
    if kind in ("moved", "customer_wrote") and detail.get("to") in _STATUSES and detail.get("from") != detail.get("to"):
        return str(detail["to"])
    return kind if kind in _KINDS else ""


def _masked(phone: str) -> str:
    """138****8000."""
    if len(phone) < _SEEN + _HIDDEN:
        return ""
    return phone[:_SEEN] + "*" * (len(phone) - _SEEN - _HIDDEN) + phone[-_HIDDEN:]
