"""What agents do with incidents: each function is one transaction, and with it goes what the team is told."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from desk import incidents, tickets
from desk.agents import Agent
from desk.incidents import Incident
from desk.session import Session
from gateway.care.incidents import Desk, Step, announce
from gateway.console.forms import Form
from gateway.console.service.incident_draft import Draft, short
from gateway.console.services import ConsoleServices, labels_of

Act = Callable[[Session], Incident]
_BETWEEN = re.compile(r"[\s,，、;；]+")


async def do(services: ConsoleServices, me: Agent, act: Act, step: Step | None = None) -> Incident:
    """The decision and, with it, what the team is told."""

    def work() -> Incident:
        with services.db.write() as session:
            done = act(session)
            if step is not None:
                announce(session, done, step, _desk(services), now=services.clock())
            return done

    return await run_in_threadpool(work)


def propose(services: ConsoleServices, me: Agent, draft: Draft, named: str) -> int:
    """By hand, with the tickets that report it; its id. Raises Invalid, AlreadyExists, NotFound, MalformedNumber."""
    wanted, now = draft.checked(services, None), services.clock()
    numbers = _split(services, named)
    with services.db.write() as session:
        _hold(session, me, services, numbers)
        made = incidents.propose(session, wanted, by=me.actor, now=now)
        counted = linked(session, services, me, made.id, numbers)
        announce(session, counted, "proposed", _desk(services), now=now)
        return made.id


def _desk(services: ConsoleServices) -> Desk:
    return Desk(services.wording, services.rules.routes, services.settings.public_url)


def linked(
    session: Session, services: ConsoleServices, me: Agent, incident_id: int, numbers: tuple[str, ...]
) -> Incident:
    """With these tickets. Raises NotFound, MalformedNumber."""
    _hold(session, me, services, numbers)
    for number in sorted(numbers):
        incidents.link_ticket(session, incident_id, number, by=me.actor, now=services.clock())
    return incidents.get(session, incident_id)


def _hold(session: Session, me: Agent, services: ConsoleServices, numbers: tuple[str, ...]) -> None:
    """All tickets before the incident, as everywhere: nothing is changed, only locked."""
    for number in sorted(numbers):
        tickets.change(session, number, by=me.actor, now=services.clock())


def named(services: ConsoleServices, form: Form, field: str) -> tuple[str, ...]:
    """At least one ticket number. Raises Invalid."""
    return _split(services, short(labels_of(services), "tickets", form.raw(field), needed=True))


def _split(services: ConsoleServices, named: str) -> tuple[str, ...]:
    return tuple(one for one in _BETWEEN.split(short(labels_of(services), "tickets", named)) if one)
