"""What the team is told, as rows of the outbox: recorded once, delivered at least once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk import agents, outbox
from desk.agents import Agent
from desk.outbox import DeliveryDraft
from desk.session import Session
from gateway.notifications.people import called
from gateway.notifications.routes import PERSONAL, TARGETS, Event, Routes
from zhtext.secrets import mask_secrets

__all__ = ["KINDS", "Event", "StaffNotice", "tell", "told_already"]

KINDS: Mapping[str, str] = {target: f"staff_{target}" for target in TARGETS}


@dataclass(frozen=True)
class StaffNotice:
    """One thing to tell; `key` makes telling it again harmless. Texts are Simplified Chinese, from the wording."""

    event: Event
    key: str
    title: str
    lines: tuple[str, ...] = ()
    number: str | None = None  # the ticket
    agents: tuple[int, ...] = ()  # who is called by name, and gets the e-mail
    urgent: bool = False


def tell(session: Session, notice: StaffNotice, routes: Routes, *, now: datetime) -> int:
    """Record the notice for every target that wants its event; how many rows are new.

    People are looked up now; those who have left are not called. What is not urgent waits for the end of the quiet
    hours, except e-mail, which rings nobody. A chat group is no place for customers' telephone numbers and passwords:
    they are masked here, whoever wrote the text.
    """
    wanted = routes.by_event.get(notice.event, ())
    if not wanted:
        return 0
    people = _people(session, notice.agents)
    waits = None if notice.urgent or routes.quiet is None else routes.quiet.until(now)
    drafts = (
        DeliveryDraft(
            kind=KINDS[target],
            channel=target,
            payload=_payload(notice, people),
            dedupe_key=f"staff:{target}:{notice.key}",
            not_before=waits if target != "email" else None,
        )
        for target in _chosen(notice, wanted, people)
    )
    return sum(outbox.enqueue(session, draft, now=now) for draft in drafts)


def told_already(session: Session, key: str) -> bool:
    """Whether a notice with this key is on record, on whatever target; only reads."""
    return any(outbox.known(session, f"staff:{target}:{key}") for target in TARGETS)


def _people(session: Session, ids: Sequence[int]) -> tuple[Agent, ...]:
    if not ids:
        return ()
    active = {agent.id: agent for agent in agents.listing(session)}
    return tuple(active[one] for one in dict.fromkeys(ids) if one in active)


def _chosen(notice: StaffNotice, wanted: Sequence[str], people: Sequence[Agent]) -> tuple[str, ...]:
    """For one person: where they can be called, or else every robot, because said to all is better than to none."""
    if notice.event not in PERSONAL:
        return tuple(wanted)
    reached = tuple(target for target in wanted if any(_reached(one, target) for one in people))
    return reached or tuple(target for target in wanted if target != "email") or tuple(wanted)


def _reached(agent: Agent, target: str) -> bool:
    return called(agent.mention, agent.phone, agent.email, target)


def _payload(notice: StaffNotice, people: Sequence[Agent]) -> dict[str, Any]:
    return {
        "event": notice.event,
        "title": mask_secrets(notice.title).text,
        "lines": [mask_secrets(line).text for line in notice.lines],
        "number": notice.number,
        "path": f"/console/tickets/{notice.number}" if notice.number else None,
        "people": [
            {"name": one.name, "mention": one.mention, "phone": one.phone, "email": one.email} for one in people
        ],
        "urgent": notice.urgent,
        "personal": notice.event in PERSONAL,
    }
