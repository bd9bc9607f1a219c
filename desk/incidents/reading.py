"""Finding incidents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from desk.errors import NotFound
from desk.incidents.model import Incident, Linked, State, incident
from desk.tables import IncidentRow, IncidentTicketRow, TicketRow
from desk.tickets import ticket


def get(session: Session, incident_id: int) -> Incident:
    """Raises NotFound."""
    return _counted(session, [row_of(session, incident_id)])[0]


def listing(
    session: Session, states: Iterable[State] | None = None, *, limit: int = 100, offset: int = 0
) -> tuple[Incident, ...]:
    """Newest first; None is every state."""
    query = select(IncidentRow).order_by(IncidentRow.proposed_at.desc(), IncidentRow.id.desc())
    if states is not None:
        query = query.where(IncidentRow.state.in_(list(states)))
    return _counted(session, session.scalars(query.limit(limit).offset(offset)).all())


def tickets_of(session: Session, incident_id: int, *, limit: int = 1_000) -> tuple[Linked, ...]:
    """The tickets that report it, oldest first. Raises NotFound."""
    row_of(session, incident_id)
    query = (
        select(IncidentTicketRow, TicketRow)
        .join(TicketRow, TicketRow.id == IncidentTicketRow.ticket_id)
        .where(IncidentTicketRow.incident_id == incident_id)
        .order_by(TicketRow.created_at, TicketRow.id)
        .limit(limit)
    )
    return tuple(
        Linked(ticket(row), link.linked_by, link.linked_at, link.told_at) for link, row in session.execute(query)
    )


def row_of(session: Session, incident_id: int, *, lock: bool = False) -> IncidentRow:
    """The row, for the other modules of incidents."""
    row = session.get(IncidentRow, incident_id, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise NotFound(f"there is no incident {incident_id}")
    return row


def _counted(session: Session, rows: Sequence[IncidentRow]) -> tuple[Incident, ...]:
    """The rows with what their tickets tell, counted at once."""
    query = (
        select(
            IncidentTicketRow.incident_id,
            func.count().label("tickets"),
            func.count(distinct(TicketRow.contact_id)).label("contacts"),
            func.count(distinct(TicketRow.account_id)).label("companies"),
            func.count(IncidentTicketRow.told_at).label("told"),
            func.min(TicketRow.created_at).label("first_at"),
        )
        .join(TicketRow, TicketRow.id == IncidentTicketRow.ticket_id)
        .where(IncidentTicketRow.incident_id.in_([row.id for row in rows]))
        .group_by(IncidentTicketRow.incident_id)
    )
    names = ("tickets", "contacts", "companies", "told", "first_at")
    found = {each.incident_id: {name: getattr(each, name) for name in names} for each in session.execute(query)}
    return tuple(incident(row, **found.get(row.id, {})) for row in rows)
