"""What every page tells about the desk: tickets that nobody has, mine that need me, and whether lists are old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desk import agents, inbox
from desk.agents import Agent
from desk.errors import NotAllowed
from desk.inbox import Pulse
from desk.session import Session
from gateway.console.access import require
from gateway.console.live.watching import News
from gateway.console.services import ConsoleServices
from gateway.errors import NotSignedIn


@dataclass(frozen=True)
class Standing:
    """How things are for one agent."""

    pulse: Pulse
    free: tuple[str, ...]  # tickets that nobody has
    given: tuple[str, ...]  # mine that I have not begun
    unread: tuple[tuple[str, int], ...]  # mine on which the customer has spoken last, and how often
    presence: str

    @property
    def badge(self) -> int:
        """How much waits for this agent."""
        return len(set(self.free) | set(self.given) | {number for number, _ in self.unread})

    def as_json(self) -> dict[str, Any]:
        """`calls` are what a sound is worth: those that were not there the last time."""
        calls = [f"free:{one}" for one in self.free] + [f"given:{one}" for one in self.given]
        calls += [f"said:{number}:{count}" for number, count in self.unread]
        return {
            "badge": self.badge,
            "calls": calls,
            "presence": self.presence,
            "version": f"{self.pulse.last_event}.{self.pulse.last_message}",
        }


def standing(session: Session, me: Agent) -> Standing:
    """For this agent, now."""
    mine = inbox.held(session, me.id)
    unread = inbox.unread(session, [one.conversation_id for one in mine if one.conversation_id is not None])
    waiting = tuple((one.number, unread[one.conversation_id or 0]) for one in mine if one.conversation_id in unread)
    return Standing(
        pulse=inbox.pulse(session),
        free=inbox.unassigned(session),
        given=tuple(one.number for one in mine if one.status == "assigned"),
        unread=waiting,
        presence=me.presence,
    )


def authenticated(session: Session, services: ConsoleServices, token: str) -> Agent:
    """Who holds the token now. Raises NotSignedIn: logged out, expired or deactivated since."""
    try:
        return agents.authenticate(session, token, now=services.clock())
    except NotAllowed as error:
        raise NotSignedIn from error


class DeskWatch:
    """Looks again and again for one browser; says something only when it has changed."""

    def __init__(self, services: ConsoleServices, token: str) -> None:
        self._services = services
        self._token = token
        self._pulse: Pulse | None = None
        self._told: dict[str, Any] | None = None

    def look(self) -> Sequence[News]:
        """Raises NotSignedIn, Forbidden."""
        with self._services.db.read() as session:
            me = authenticated(session, self._services, self._token)
            require(me, "tickets.list")
            return self.news(session, me)

    def news(self, session: Session, me: Agent) -> Sequence[News]:
        """For a stream that looks at more than this."""
        pulse = inbox.pulse(session)
        presence = self._told["presence"] if self._told else None
        if (pulse, me.presence) == (self._pulse, presence):
            return ()
        self._pulse = pulse
        told = standing(session, me).as_json()
        if told == self._told:
            return ()
        self._told = told
        return (News("desk", told),)

    def beat(self) -> None:
        """The browser is there: its agent is, too. A hundred browsers write once a minute each, not at every beat."""
        with self._services.db.read() as session:
            if agents.seen_lately(authenticated(session, self._services, self._token), self._services.clock()):
                return
        with self._services.db.write() as session:
            me = authenticated(session, self._services, self._token)
            agents.seen(session, me.id, now=self._services.clock())
