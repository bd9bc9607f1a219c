"""What the team is told, as rows of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from desk.session import Session
from gateway.notifications.routes import Routes

Event = Literal[
    "p1_opened", "assigned", "queued", "sla_warned", "sla_escalated", "sla_breached", "urged", "complaint",
    "promise_due", "promise_broken", "next_contact", "incident_proposed", "incident_confirmed", "incident_closed",
    "morning_report", "low_score",
]  # fmt: skip


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
    """Record the notice for every target that wants its event; how many rows are new."""
    raise NotImplementedError
