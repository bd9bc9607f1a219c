"""Who may do what in the console. The only place that decides it; everything that is not in the table is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desk.agents import Agent, Role
from desk.canned import Canned
from desk.tickets import Ticket
from gateway.errors import Forbidden


@dataclass(frozen=True)
class Verdict:
    """A version of an entry that waits for a reviewer: who wrote it, and whether somebody else has to approve it."""

    author: str
    four_eyes: bool


Object = Ticket | Agent | Verdict | Canned | None
Rule = Callable[[Agent, Object], bool]


def any_object(_agent: Agent, _on: Object) -> bool:
    """Whatever it is about."""
    return True


def own(agent: Agent, on: Object) -> bool:
    """A ticket that is mine."""
    return isinstance(on, Ticket) and on.assignee_id == agent.id


def own_or_free(agent: Agent, on: Object) -> bool:
    """A ticket that is mine or nobody's."""
    return isinstance(on, Ticket) and on.assignee_id in (None, agent.id)


def own_reply(agent: Agent, on: Object) -> bool:
    """A ready reply that only I have."""
    return isinstance(on, Canned) and on.owner_id == agent.id


def own_or_shared(agent: Agent, on: Object) -> bool:
    """A ready reply that is mine or everybody's: not even a leader reads a colleague's."""
    return isinstance(on, Canned) and on.owner_id in (None, agent.id)


def somebody_else(agent: Agent, on: Object) -> bool:
    """Another agent: an administrator cannot lock themselves out."""
    return isinstance(on, Agent) and on.id != agent.id


def myself(agent: Agent, on: Object) -> bool:
    """Nobody says for a colleague that they are there."""
    return isinstance(on, Agent) and on.id == agent.id


def another_hand(agent: Agent, on: Object) -> bool:
    """Not one's own version, where the vendor wants four eyes."""
    return isinstance(on, Verdict) and not (on.four_eyes and on.author == agent.actor)


_TEAM: Mapping[Role, Rule] = {"agent": any_object, "lead": any_object, "admin": any_object}
_LEADERS: Mapping[Role, Rule] = {"lead": any_object, "admin": any_object}
_ADMIN: Mapping[Role, Rule] = {"admin": any_object}
_EVERYBODY: Mapping[Role, Rule] = {"editor": any_object, **_TEAM}
_EDITORS: Mapping[Role, Rule] = {"editor": any_object, **_LEADERS}

TABLE: Mapping[str, Mapping[Role, Rule]] = {
    "tickets.list": _TEAM,
    "tickets.hold": _TEAM,  # be the one a ticket is given to
    "ticket.read": _TEAM,
    "ticket.note": _TEAM,
    "ticket.files": _TEAM,  # open what was sent; each opening is on the trail
    "ticket.reopen": _TEAM,
    "ticket.take": {"agent": own_or_free, **_LEADERS},
    "ticket.transfer": {"agent": own_or_free, **_LEADERS},
    "ticket.correct": {"agent": own_or_free, **_LEADERS},
    "ticket.move": {"agent": own, **_LEADERS},
    "ticket.resolve": {"agent": own, **_LEADERS},
    "ticket.tier": {"agent": own, **_LEADERS},
    "ticket.schedule": {"agent": own, **_LEADERS},
    "ticket.promise": {"agent": own, **_LEADERS},
    "ticket.consent": {"agent": own, **_LEADERS},
    "ticket.link": {"agent": own_or_free, **_LEADERS},
    "ticket.plan": {"agent": own, **_LEADERS},
    "ticket.incident": {"agent": own_or_free, **_LEADERS},
    # Only the one who has it speaks to the customer: who wants to, takes it over first.
    "ticket.reply": {"agent": own, "lead": own, "admin": own},
    "conversation.take_over": _LEADERS,  # from a colleague who is talking to the customer about something else
    "ticket.case": _TEAM,  # a case of the knowledge base from a ticket that is solved
    "knowledge.test": _EVERYBODY,
    "entries.read": _EVERYBODY,
    "entries.draft": _EVERYBODY,
    "entries.submit": _EDITORS,
    "entries.keep": _EDITORS,  # retire, restore, owner, review date
    "entries.review": _EDITORS,
    "entry.approve": {"editor": another_hand, "lead": another_hand, "admin": another_hand},
    "pins.keep": _EDITORS,
    "gaps.keep": _EDITORS,
    "publications.keep": _EDITORS,
    "imports.keep": _EDITORS,
    "incidents.read": _TEAM,
    "incidents.propose": _TEAM,  # and say which tickets report one
    "incidents.keep": _LEADERS,  # decide what it is, what customers read, when it is over
    "announcements.keep": _LEADERS,  # what all customers read over the widget
    "reports.daily": _TEAM,
    "password.change": _EVERYBODY,
    "locale.change": _EVERYBODY,
    "canned.list": _TEAM,
    "canned.add": _TEAM,  # one's own
    "canned.share": _LEADERS,  # everybody's
    "canned.keep": {"agent": own_reply, "lead": own_or_shared, "admin": own_or_shared},
    "reports.export": _LEADERS,
    "settings.read": _LEADERS,
    "calendar.read": _TEAM,
    "calendar.keep": _LEADERS,
    "outbox.read": _LEADERS,
    "outbox.retry": _LEADERS,
    "accounts.read": _TEAM,
    "accounts.keep": _LEADERS,
    "accounts.import": _LEADERS,
    "contacts.keep": _TEAM,
    "agents.list": _ADMIN,
    "agents.add": _ADMIN,
    "agent.reset": _ADMIN,
    "agent.activate": {"admin": somebody_else},
    "agent.role": {"admin": somebody_else},
    "agent.edit": _ADMIN,  # name, tier, skills, how many tickets, how they are reached
    "agent.presence": {"agent": myself, "lead": myself, "admin": myself},
    "duty.read": _TEAM,
    "duty.keep": _LEADERS,
}


def allow(agent: Agent, action: str, on: Object = None) -> bool:
    """Whether `agent` may do `action` to `on`."""
    rule = TABLE.get(action, {}).get(agent.role)
    return agent.active and rule is not None and rule(agent, on)


def require(agent: Agent, action: str, on: Object = None) -> None:
    """Raises Forbidden unless it is allowed."""
    if not allow(agent, action, on):
        raise Forbidden("forbidden")
