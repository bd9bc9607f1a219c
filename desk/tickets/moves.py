"""Which status leads to which, which tier to which; the only place where a ticket's status changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from desk.errors import IllegalMove
from desk.session import Session
from desk.tables import TicketRow
from desk.tickets.model import DONE, Status, Ticket, Tier, ticket
from desk.tickets.opening import append
from desk.tickets.reading import row_of

_END: frozenset[Status] = frozenset({"resolved", "closed"})
_BACK: frozenset[Status] = frozenset({"new", "assigned"})

# from            by `assign`   by `move` (`heard`: waiting -> in_progress)   by `resolve`, `close`   by `reopen`
MOVES: Mapping[Status, frozenset[Status]] = {
    "new": frozenset[Status]({"assigned", "in_progress", "waiting", "on_site"}) | _END,
    "assigned": frozenset[Status]({"in_progress", "waiting", "on_site"}) | _END,
    "in_progress": frozenset[Status]({"waiting", "on_site"}) | _END,
    "waiting": frozenset[Status]({"in_progress", "on_site"}) | _END,
    "on_site": frozenset[Status]({"in_progress", "waiting"}) | _END,
    "resolved": frozenset[Status]({"closed"}) | _BACK,
    "closed": _BACK,
}
STATIONS: frozenset[Status] = frozenset({"in_progress", "waiting", "on_site"})  # where an agent may put it by `move`

# One step at a time: what L1 cannot do is looked at by L2 before L3 is disturbed.
TIERS: Mapping[Tier, frozenset[Tier]] = {
    "L1": frozenset({"L2"}),
    "L2": frozenset({"L1", "L3"}),
    "L3": frozenset({"L2"}),
}


def entered(
    session: Session, row: TicketRow, to: Status, kind: str, by: str, detail: Mapping[str, Any], now: datetime
) -> Ticket:
    """Change the status of a locked row, with its event; staying where it is, is no move. Raises IllegalMove."""
    before = cast(Status, row.status)
    if to != before and to not in MOVES[before]:
        raise IllegalMove(f"ticket {row.number} is {before} and cannot become {to}")
    row.status = to
    append(session, row, kind, by, {"from": before, "to": to, **detail}, now)
    return ticket(row)


def closed(session: Session, row: TicketRow, *, by: str, reason: str, now: datetime) -> Ticket:
    """Close a locked row."""
    row.closed_at = now
    return entered(session, row, "closed", "closed", by, {"reason": reason} if reason else {}, now)


def open_row(session: Session, number: str) -> TicketRow:
    """The row, locked. Raises IllegalMove when it is done."""
    row = row_of(session, number, lock=True)
    must_be_open(row)
    return row


def must_be_open(row: TicketRow) -> None:
    """Raises IllegalMove when it is done."""
    if row.status in DONE:
        raise IllegalMove(f"ticket {row.number} is {row.status}; reopen it first")
