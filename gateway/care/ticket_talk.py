"""What customers hear of their tickets: number, who and when; how far one is; and what urging has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.decisions import Option
from desk import agents, sla, tickets
from desk.errors import DeskError, NotFound
from desk.session import Session
from desk.sla import Clock
from desk.tickets import Ticket
from desk.turns import Reply
from gateway import render
from gateway.care import promises, team
from gateway.errors import TooMany
from gateway.turns.plan import Situation

TICKET = "ticket:"  # how the id of an option says that it stands for a ticket
SHOWN = 5  # tickets that are offered at once
URGED_FOR = timedelta(minutes=30)  # how long an urging holds: another one meanwhile tells nobody anything new
_GUESSES_PER_MINUTE = 5  # numbers that are not one's own


@dataclass(frozen=True)
class TicketTalk:
    """One turn's talk about tickets; reads the desk, and urges."""

    session: Session
    now: Situation

    # -- opened ----------------------------------------------------------------------------------

    def reply(self, key: str, ticket: Ticket, before: str = "", *, promised: bool = True, **values: object) -> Reply:
        """The number, who has it, who answers when, and where to look; `key` is of the wording, in full.

        Not `promised`: the ticket is older than this turn, and how things are is said in place of a fresh promise.
        """
        when = self._promise(ticket) if promised else self.state(ticket)
        sentence = self.now.wording.text(key, number=ticket.number, who=self.who(ticket), when=when, **values)
        return self._card(before + sentence, ticket, when)

    def who(self, ticket: Ticket) -> str:
        """，由工程师李伟负责; nothing while nobody has it."""
        name = self._name(ticket)
        return self._text("ticket.who", name=name) if name else ""

    # -- how far ---------------------------------------------------------------------------------

    def status(self, number: str | None) -> tuple[Reply, ...]:
        """One ticket by its number, the only one there is, or those to pick from."""
        if number:
            return (self._by_number(number),)
        mine = self.mine()
        if not mine:
            return (self._said("status.none"),)
        return (self.one(mine[0]) if len(mine) == 1 else self._several(mine),)

    def one(self, ticket: Ticket) -> Reply:
        """Who has it, what was promised, and where to look."""
        name = self._name(ticket)
        nobody = self._text("status.nobody") if ticket.status == "new" else ""
        who = self._text("status.who", name=name) if name and ticket.open else nobody
        state = self.state(ticket)
        said = promises.status(self.now.wording, ticket, self.now.hours, who=who, after=state)
        return self._card(said, ticket, state)

    def state(self, ticket: Ticket) -> str:
        """What is promised and by when, or that it is late."""
        if not ticket.open:
            return ""
        said = self._clocks(ticket)
        if ticket.next_contact_at is not None and ticket.next_contact_at > self.now.now:
            said += self._text("status.next_contact", at=self._moment(ticket.next_contact_at))
        return said

    def mine(self) -> tuple[Ticket, ...]:
        """This person's: those that somebody works on first, then the latest."""
        found = tickets.listing(self.session, tickets.Filter(contact_id=self.now.conversation.contact_id))
        return tuple(sorted(found, key=lambda ticket: (not ticket.open, -ticket.id)))

    def owned(self, number: str) -> Ticket | None:
        """By number, for its owner. Raises TooMany for one who guesses, whatever they ask for next."""
        key = str(self.now.conversation.contact_id)
        if self.now.limits.exhausted("ticket_guesses", key, _GUESSES_PER_MINUTE):
            raise TooMany
        try:
            return tickets.owned(self.session, number, self.now.conversation.contact_id)
        except DeskError:
            self.now.limits.spend("ticket_guesses", key, _GUESSES_PER_MINUTE)
            return None  # unknown, malformed or somebody else's: one and the same to the asker

    # -- hurry -----------------------------------------------------------------------------------

    def urge(self, number: str | None) -> Reply:
        """Tell whoever can hurry, once for half an hour, and say how things are."""
        try:
            ticket = self.owned(number) if number else next((t for t in self.mine() if t.open), None)
        except TooMany:
            return self._said("status.too_many")
        if ticket is None:
            return self._said("urge.none")
        if not ticket.open:
            return self._said("urge.over", number=ticket.number)
        before = self._urged_at(ticket)
        told = self._text("urge.handler" if ticket.assignee_id else "urge.team")
        if before is not None:
            at = promises.clock_time(before, self.now.hours)
            return self._urging("again", ticket, told=told, at=at)
        tickets.urge(self.session, ticket.number, self.now.conversation.contact_id, now=self.now.now)
        team.urged(self.session, self.now, ticket)
        return self._urging("done", ticket, told=told)

    def _urging(self, key: str, ticket: Ticket, **values: object) -> Reply:
        state = self.state(ticket)
        return self._card(self._text(f"urge.{key}", number=ticket.number, state=state, **values), ticket, state)

    def _urged_at(self, ticket: Ticket) -> datetime | None:
        events = tickets.events_of(self.session, [ticket.id], ["urged"])[ticket.id]
        held = [event.created_at for event in events if event.created_at > self.now.now - URGED_FOR]
        return held[-1] if held else None

    # -- pieces ----------------------------------------------------------------------------------

    def _promise(self, ticket: Ticket) -> str:
        now = self.now
        return promises.when(now.wording, now.hours, now.rules.sla, ticket.priority, now.now)

    def _by_number(self, number: str) -> Reply:
        try:
            ticket = self.owned(number)
        except TooMany:
            return self._said("status.too_many")
        return self.one(ticket) if ticket else self._said("status.unknown", number=number)

    def _several(self, mine: Sequence[Ticket]) -> Reply:
        shown = mine[:SHOWN]
        more = self._text("status.more") if len(mine) > SHOWN else ""
        numbers = "、".join(ticket.number for ticket in shown) + more
        options = [Option(f"{TICKET}{ticket.number}", self._line(ticket)) for ticket in shown]
        return render.text(self.now.voice, self._text("status.several", count=len(mine), numbers=numbers), options)

    def _line(self, ticket: Ticket) -> str:
        status = self._text(f"states.{ticket.status}")
        return self._text("status.line", number=ticket.number, status=status, summary=ticket.summary)

    def _clocks(self, ticket: Ticket) -> str:
        rules, hours, now = self.now.rules.sla, self.now.hours, self.now.now
        if ticket.status == "waiting":
            return self._text("status.paused")
        clocks = sla.clocks(self.session, [ticket.id], rules, hours, now).get(ticket.id, ())
        found = {clock.kind: clock for clock in clocks}
        first, solve = found.get("first_response"), found.get("resolution")
        if first is not None and first.state != "stopped":
            return self._due("first", first)
        return self._due("solve", solve) if solve is not None and solve.state == "running" else ""

    def _due(self, kind: str, clock: Clock) -> str:
        if clock.due_at is None:
            return ""
        late = clock.remaining < 0
        return self._text(f"status.{kind}_{'late' if late else 'due'}", due=self._moment(clock.due_at))

    def _card(self, sentence: str, ticket: Ticket, when: str = "") -> Reply:
        status, link = self._text(f"states.{ticket.status}"), self.now.links.to(ticket.number)
        return render.ticket(self.now.voice, sentence, ticket.number, status, when, link)

    def _name(self, ticket: Ticket) -> str:
        if ticket.assignee_id is None:
            return ""
        try:
            return agents.get(self.session, ticket.assignee_id).name
        except NotFound:
            return ""

    def _said(self, key: str, **values: object) -> Reply:
        return render.text(self.now.voice, self._text(key, **values))

    def _moment(self, at: datetime) -> str:
        return promises.moment(self.now.wording, at, self.now.hours)

    def _text(self, key: str, **values: object) -> str:
        return self.now.wording.text(f"turn.{key}", **values)
