"""What customers do that the team is told at once: urging, complaints, a ticket that comes back, a low score."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from desk import agents
from desk.session import Session
from desk.tickets import Ticket
from gateway.notifications.staff import StaffNotice, tell
from gateway.rules import ServiceRules
from gateway.turns.plan import Situation
from gateway.wording import Wording

_WORDS = 120  # characters of what somebody wrote


class Said(Protocol):
    """What somebody has said, and what telling it needs: a turn, or a page that has no conversation."""

    @property
    def question(self) -> str: ...

    @property
    def now(self) -> datetime: ...

    @property
    def wording(self) -> Wording: ...

    @property
    def rules(self) -> ServiceRules: ...


def _leads(session: Session) -> tuple[int, ...]:
    """Who is told when nobody has a ticket, and of what goes wrong."""
    return tuple(one.id for one in agents.leads(session))


def urged(session: Session, now: Said, ticket: Ticket) -> None:
    """Whoever has it, or the leads."""
    status = now.wording.text(f"turn.states.{ticket.status}")
    lines = (
        _summary(now, ticket),
        now.wording.text("turn.staff.urged_line", status=status, words=now.question[:_WORDS]),
    )
    key = f"urged:{ticket.number}:{now.now.isoformat()}"
    _tell(
        session,
        now,
        StaffNotice("urged", key, _title(now, "urged", ticket), lines, ticket.number, _to(session, ticket)),
    )


def complained(session: Session, now: Situation, ticket: Ticket) -> None:
    """The one who has it and every lead."""
    people = tuple(dict.fromkeys((*_to(session, ticket), *_leads(session))))
    title, lines = _title(now, "complaint", ticket), (_summary(now, ticket),)
    key = f"complaint:{ticket.number}:{now.now.isoformat()}"
    _tell(session, now, StaffNotice("complaint", key, title, lines, ticket.number, people, urgent=True))


def reopened(session: Session, now: Situation, ticket: Ticket) -> None:
    """It is back with the one who had it; without one, routing tells."""
    if ticket.assignee_id is None:
        return
    key = f"reopened:{ticket.number}:{now.now.isoformat()}"
    notice = StaffNotice(
        "assigned", key, _title(now, "reopened", ticket), (_summary(now, ticket),), ticket.number, (ticket.assignee_id,)
    )
    _tell(session, now, notice)


def scored_low(session: Session, now: Situation, ticket: Ticket, score: int) -> None:
    """The leads hear of a bad score once for each ticket."""
    title = now.wording.text("turn.staff.low_score", number=ticket.number, score=score)
    notice = StaffNotice(
        "low_score", f"low_score:{ticket.number}", title, (_summary(now, ticket),), ticket.number, _leads(session)
    )
    _tell(session, now, notice)


def _tell(session: Session, now: Said, notice: StaffNotice) -> None:
    tell(session, notice, now.rules.routes, now=now.now)


def _to(session: Session, ticket: Ticket) -> tuple[int, ...]:
    return (ticket.assignee_id,) if ticket.assignee_id is not None else _leads(session)


def _title(now: Said, key: str, ticket: Ticket) -> str:
    return now.wording.text(f"turn.staff.{key}", number=ticket.number)


def _summary(now: Said, ticket: Ticket) -> str:
    return now.wording.text("turn.staff.summary_line", summary=ticket.summary[:_WORDS])
