"""The problem log: what was reported, what came of it, who solved it; a CSV that opens in Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from desk import agents, tickets
from desk.session import Session
from desk.tickets import Filter, Ticket, TicketEvent
from desk.tickets.records import Record, records
from gateway.exports.cells import csv_cell

if TYPE_CHECKING:  # the console has the page, and so imports this
    from gateway.console.labels import Labels

_KINDS = ("resolved", "closed", "reopened", "noted")


def problem_log(session: Session, where: Filter, labels: Labels) -> bytes:
    """UTF-8 with a byte order mark and CRLF, as Excel wants it; one line for each ticket, oldest first."""
    names = {agent.id: agent.name for agent in agents.listing(session, active=None)}
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(labels.name("export", "problem_log").split(","))
    for batch in records(session, where):
        histories = tickets.events_of(session, (one.ticket.id for one in batch), _KINDS)
        rows.writerows([csv_cell(cell) for cell in _row(one, histories[one.ticket.id], labels, names)] for one in batch)
    return text.getvalue().encode("utf-8-sig")


def solution(ticket: Ticket, history: Iterable[TicketEvent]) -> TicketEvent | None:
    """The solution that still holds: none of a ticket that came back."""
    if ticket.resolved_at is None:
        return None
    return next((event for event in reversed(tuple(history)) if event.kind == "resolved"), None)


def remark(ticket: Ticket, history: Iterable[TicketEvent], labels: Labels) -> str:
    """The last internal note, or what it was opened for."""
    noted = next((event for event in reversed(tuple(history)) if event.kind == "noted"), None)
    return str(noted.detail.get("text", "")) if noted is not None else labels.name("reason", ticket.reason)


def _row(one: Record, history: tuple[TicketEvent, ...], labels: Labels, names: Mapping[int, str]) -> tuple[str, ...]:
    ticket, solved = one.ticket, solution(one.ticket, history)
    return (
        f"{ticket.created_at.astimezone(labels.tz):%Y-%m-%d}",
        labels.name("category", ticket.category),
        str(solved.detail.get("solution", "")) if solved is not None else _unsolved(ticket, history, labels),
        labels.actor(solved.actor, names) if solved is not None else "",
        remark(ticket, history, labels),
        ticket.number,
    )


def _unsolved(ticket: Ticket, history: Iterable[TicketEvent], labels: Labels) -> str:
    """How it stands, and why it was closed without a solution where that is known."""
    status = labels.name("status", ticket.status)
    closed = next((event for event in reversed(tuple(history)) if event.kind == "closed"), None)
    if ticket.status != "closed" or closed is None:
        return status
    why = labels.name("closed_for", str(closed.detail.get("reason", "")), default="")
    return labels.name("export", "closed_for", status=status, why=why) if why else status
