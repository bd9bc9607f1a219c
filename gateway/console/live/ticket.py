"""One ticket as it goes on: what is said, who else has it open, and whether the page around it is old."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from desk import tickets, viewers
from desk.agents import Agent
from desk.session import Session
from desk.tickets import Ticket
from gateway.console.access import require
from gateway.console.desk import card
from gateway.console.desk.transcript import Bubble
from gateway.console.labels import Labels
from gateway.console.live.desk import DeskWatch, authenticated
from gateway.console.live.watching import News
from gateway.console.locale import words
from gateway.console.pages import fragment
from gateway.console.services import ConsoleServices, labels_of


def state(session: Session, live: card.Live, me: Agent, labels: Labels) -> dict[str, Any]:
    """What a page has to know besides the messages."""
    return {"version": live.version, "speaks": live.speaks, "viewers": others(session, live.ticket, me, labels)}


def others(session: Session, ticket: Ticket, me: Agent, labels: Labels) -> list[dict[str, str]]:
    """Colleagues who have the ticket open; those who are writing first."""
    return [
        {"name": one.name, "mode": one.mode, "says": words(labels.name("viewing", one.mode), me.locale)}
        for one in viewers.others(session, ticket.id, me.id, now=labels.now)
    ]


def said(request: Request, me: Agent, bubble: Bubble) -> dict[str, Any]:
    """One message as the script reads it."""
    return {
        "seq": bubble.seq,
        "author": bubble.author,
        "text": "".join(span.text for span in bubble.spans),
        "html": fragment(request, "bubble.html", me, bubble=bubble),
    }


class TicketWatch:
    """Looks again and again at one ticket, and at the desk, for one browser: browsers have few connections."""

    def __init__(self, request: Request, services: ConsoleServices, token: str, number: str, after: int) -> None:
        self._request = request
        self._services = services
        self._token = token
        self._number = number
        self._after = after
        self._state: dict[str, Any] | None = None
        self._desk = DeskWatch(services, token)

    def look(self) -> Sequence[News]:
        """Raises NotSignedIn, Forbidden, NotFound."""
        labels = labels_of(self._services)
        with self._services.db.read() as session:
            me = authenticated(session, self._services, self._token)
            ticket = tickets.get(session, self._number)
            require(me, "ticket.read", ticket)
            live = card.live(session, ticket, me, after=self._after)
            now = state(session, live, me, labels)
            desk = self._desk.news(session, me)
        news = [News("message", said(self._request, me, bubble), bubble.seq) for bubble in live.bubbles]
        self._after = max((bubble.seq for bubble in live.bubbles), default=self._after)
        if now != self._state:
            self._state = now
            news.append(News("state", now))
        return [*news, *desk]

    def beat(self) -> None:
        """The browser is there."""
        self._desk.beat()
