"""What people decide about incidents. Every decision is a line of the audit trail.

All raise NotFound for the incident and IllegalMove when its state does not lead there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.errors import AlreadyExists, IllegalMove
from desk.incidents.linking import subject
from desk.incidents.model import GOING_ON, Incident
from desk.incidents.proposing import words_of
from desk.incidents.reading import get, row_of
from desk.racing import racing
from desk.tables import IncidentCardRow, IncidentRow, IncidentTicketRow, TicketEventRow, TicketRow
from zhtext.codes import fold


@dataclass(frozen=True)
class Wanted:
    """What can be edited of an incident."""

    title: str
    category: str
    module: str = ""
    code: str = ""
    words: tuple[str, ...] = ()
    message: str = ""
    workaround: str = ""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("an incident needs a title")


def propose(session: Session, wanted: Wanted, *, by: str, now: datetime) -> Incident:
    """By hand. Raises AlreadyExists when one with this code goes on, or with this category and module."""
    row = IncidentRow(
        title="",
        state="proposed",
        category="",
        words=[],
        resolution="",
        proposed_at=now,
        confirmed_at=None,
        confirmed_by=None,
        closed_at=None,
        closed_by=None,
        updated_at=now,
        signature="",
        resolves=False,
    )
    _put(row, wanted, now)
    _keep(session, row)
    _audit(session, by, "proposed", row.id, {"title": row.title}, now)
    return get(session, row.id)


def edit(session: Session, incident_id: int, wanted: Wanted, *, by: str, now: datetime) -> Incident:
    """Put it right; the trail keeps old and new values. Raises AlreadyExists like `propose`."""
    row = _locked(session, incident_id)
    changed = _put(row, wanted, now)
    if changed:
        _keep(session, row)
        _audit(session, by, "edited", row.id, changed, now)
    return get(session, row.id)


def confirm(session: Session, incident_id: int, wanted: Wanted, *, by: str, now: datetime) -> Incident:
    """It is so: from now on whoever asks about it gets the card. Raises ValueError without a message to customers."""
    row = _locked(session, incident_id, ("proposed",))
    if not wanted.message.strip():
        raise ValueError(f"incident {incident_id} needs a message to customers before it is confirmed")
    _put(row, wanted, now)
    row.state, row.confirmed_at, row.confirmed_by = "confirmed", now, by
    _keep(session, row)
    _audit(session, by, "confirmed", row.id, {"title": row.title, "message": row.message}, now)
    return get(session, row.id)


def close(
    session: Session, incident_id: int, resolution: str, *, resolves: bool = False, by: str, now: datetime
) -> Incident:
    """It is over; the timer tells everybody. `resolves`: tickets that are still open then become resolved.

    Raises ValueError without a resolution, which customers read.
    """
    row = _locked(session, incident_id, ("confirmed",))
    if not resolution.strip():
        raise ValueError(f"incident {incident_id} is closed with a resolution; customers read it")
    row.state, row.closed_at, row.closed_by, row.updated_at = "closed", now, by, now
    row.resolution, row.resolves = resolution.strip(), resolves
    _audit(session, by, "closed", row.id, {"resolution": row.resolution, "resolves": resolves}, now)
    session.flush()
    return get(session, row.id)


def dismiss(session: Session, incident_id: int, *, reason: str, by: str, now: datetime) -> Incident:
    """Nothing of it; its tickets go on by themselves, and nobody is told."""
    _hold(session, incident_id)
    row = _locked(session, incident_id)
    _end(session, row, by, {"reason": reason}, now)
    _hand_over(session, row.id, None, by, now)
    return get(session, row.id)


def merge(session: Session, incident_id: int, into: int, *, by: str, now: datetime) -> Incident:
    """Both are one: tickets, cards and words go to `into`, the empty one is dismissed. The one that is left."""
    if incident_id == into:
        raise IllegalMove(f"incident {incident_id} cannot be merged with itself")
    _hold(session, incident_id)
    rows = {each: _locked(session, each) for each in sorted((incident_id, into))}
    gone, left = rows[incident_id], rows[into]
    _hand_over(session, gone.id, left.id, by, now)
    seen = select(IncidentCardRow.conversation_id).where(IncidentCardRow.incident_id == left.id)
    cards = update(IncidentCardRow).where(
        IncidentCardRow.incident_id == gone.id, IncidentCardRow.conversation_id.not_in(seen)
    )
    session.execute(cards.values(incident_id=left.id).execution_options(synchronize_session=False))
    left.words = words_of((*left.words, *gone.words))
    left.code = left.code or gone.code
    _end(session, gone, by, {"merged_into": into}, now)
    left.updated_at = now
    _audit(session, by, "merged", left.id, {"from": gone.id}, now)
    session.flush()
    return get(session, into)


def _put(row: IncidentRow, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """The new values; old and new ones of what differs."""
    new: dict[str, Any] = {
        "title": wanted.title.strip(),
        "category": wanted.category,
        "module": wanted.module.strip(),
        "code": wanted.code.strip(),
        "words": words_of(wanted.words),
        "message": wanted.message.strip(),
        "workaround": wanted.workaround.strip(),
    }
    changed = {
        name: {"old": getattr(row, name), "new": value} for name, value in new.items() if getattr(row, name) != value
    }
    for name, value in new.items():
        setattr(row, name, value)
    if {"category", "module", "code"} & changed.keys():
        row.signature = _signature(row)
    if changed:
        row.updated_at = now
    return changed


def _signature(row: IncidentRow) -> str:
    if row.code:
        return f"code:{fold(row.code)}"
    return f"place:{row.category}:{row.module}" if row.module else ""


def _keep(session: Session, row: IncidentRow) -> None:
    """Raises AlreadyExists; look first, because SQLite forgives no insert that fails."""
    like = IncidentRow.signature == row.signature, IncidentRow.state.in_(GOING_ON), IncidentRow.id != (row.id or 0)
    with session.no_autoflush:
        known = session.scalar(select(IncidentRow.id).where(*like)) if row.signature else None
    if known is None:
        try:
            with racing(session):
                session.add(row)
        except IntegrityError:
            known = session.scalar(select(IncidentRow.id).where(*like))
    if known is not None:
        raise AlreadyExists(f"incident {known} is about {row.signature!r} already and goes on; merge them")


def _end(session: Session, row: IncidentRow, by: str, detail: Mapping[str, Any], now: datetime) -> None:
    row.state, row.closed_at, row.closed_by, row.updated_at = "dismissed", now, by, now
    _audit(session, by, "dismissed", row.id, detail, now)
    session.flush()


def _hold(session: Session, incident_id: int) -> Sequence[int]:
    """The ids of its tickets, locked: tickets come before incidents, as in linking."""
    links = select(IncidentTicketRow.ticket_id).where(IncidentTicketRow.incident_id == incident_id)
    query = select(TicketRow.id).where(TicketRow.id.in_(links)).order_by(TicketRow.id)
    return session.scalars(query.with_for_update()).all()


def _hand_over(session: Session, incident_id: int, into: int | None, by: str, now: datetime) -> None:
    """All tickets of an incident to another one, or to none: then the links stay, so that the same reports do not
    propose it again. A few statements, however many there are."""
    ids = _hold(session, incident_id)
    if not ids:
        return
    whole = {"synchronize_session": False}
    changing = update(TicketRow).where(TicketRow.id.in_(ids)).values(incident_id=into, updated_at=now)
    session.execute(changing, execution_options=whole)
    detail = {"before": incident_id, "incident_id": into}
    events = [{"ticket_id": one, "kind": "incident", "actor": by, "detail": detail, "created_at": now} for one in ids]
    session.execute(insert(TicketEventRow), events)
    if into is not None:
        moving = update(IncidentTicketRow).where(IncidentTicketRow.ticket_id.in_(ids)).values(incident_id=into)
        session.execute(moving, execution_options=whole)
    for kept in session.identity_map.values():  # changed behind the session's back
        if isinstance(kept, (TicketRow, IncidentTicketRow)):
            session.expire(kept)


def _locked(session: Session, incident_id: int, states: tuple[str, ...] = GOING_ON) -> IncidentRow:
    row = row_of(session, incident_id, lock=True)
    if row.state not in states:
        raise IllegalMove(f"incident {incident_id} is {row.state}, not {' or '.join(states)}")
    return row


def _audit(session: Session, by: str, action: str, incident_id: int, detail: Mapping[str, Any], now: datetime) -> None:
    audit.record(session, by, f"incident.{action}", subject(incident_id), detail, now=now)
