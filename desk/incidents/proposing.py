"""Incidents that reports speak for, proposed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit, tickets
from desk.audit import SYSTEM
from desk.incidents.grouping import Group, enough, groups
from desk.incidents.linking import add, subject
from desk.incidents.model import GOING_ON, Incident, incident
from desk.incidents.reading import get
from desk.incidents.reporting import Report, about, of_ticket
from desk.incidents.rules import IncidentRules
from desk.racing import racing
from desk.tables import IncidentRow, IncidentTicketRow, TicketRow
from desk.tickets import Ticket, ticket
from zhtext.secrets import mask_secrets


@dataclass(frozen=True)
class _Seen:
    """Tickets that belong to known incidents, and new groups."""

    joining: tuple[tuple[Ticket, Incident], ...] = ()
    groups: tuple[Group, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.joining or self.groups)


_LATE = timedelta(hours=6)  # how far back a timer looks that was down
_MOST = 500  # tickets that are compared, the newest
_WORDS = 12  # sentences that an incident is recognised by


@dataclass(frozen=True)
class Found:
    """What a look has brought: new incidents, and tickets that belong to known ones."""

    proposed: tuple[Incident, ...] = ()
    linked: int = 0


def due(session: Session, rules: IncidentRules, now: datetime) -> bool:
    """Whether `propose_due` would find anything; only reads."""
    return bool(_look(session, rules, now))


def propose_due(session: Session, rules: IncidentRules, now: datetime) -> Found:
    """Propose an incident for each new group of similar tickets, and link later tickets to those that go on.

    Exactly once: the tickets are locked before they are counted, a ticket reports one incident only, and of one
    signature only one incident can go on. What is like an incident dismissed less than `rules.silence` ago is left.
    """
    seen = _look(session, rules, now)
    # All at once and before any incident: whoever links one of them has the ticket and wants the incident.
    _locked(session, [*(one for one, _ in seen.joining), *(one for group in seen.groups for one in group.tickets)])
    joined = sum(_join(session, known, one, now) for one, known in sorted(seen.joining, key=lambda pair: pair[1].id))
    made = [_propose(session, group, rules, now) for group in seen.groups]
    return Found(tuple(one for one in made if one is not None), joined)


def _look(session: Session, rules: IncidentRules, now: datetime) -> _Seen:
    free = _free(session, now)
    if not free:
        return _Seen()
    known, silent = _known(session, rules, now)
    reports = {one.id: of_ticket(one) for one in free}
    joining = [(one, of) for one in free if (of := _about_any(known, reports[one.id], rules)) is not None]
    taken = {one.id for one, _ in joining}
    rest = [one for one in free if one.id not in taken and _about_any(silent, reports[one.id], rules) is None]
    return _Seen(tuple(joining), groups(rest, rules))


def words_of(texts: Iterable[str]) -> list[str]:
    """Different sentences without secrets, a dozen at most; later reports are recognised by them."""
    plain = (" ".join(mask_secrets(text).text.split())[:200] for text in texts)
    return list(dict.fromkeys(text for text in plain if text))[:_WORDS]


def _free(session: Session, now: datetime) -> tuple[Ticket, ...]:
    """Tickets that report no incident yet, oldest first."""
    linked = select(IncidentTicketRow.ticket_id)
    query = (
        select(TicketRow)
        .where(TicketRow.created_at > now - _LATE, TicketRow.created_at <= now)
        .where(TicketRow.id.not_in(linked), TicketRow.status != "closed")
        .order_by(TicketRow.id.desc())
        .limit(_MOST)
    )
    found = (ticket(row) for row in reversed(session.scalars(query).all()))
    return tuple(one for one in found if of_ticket(one).problem)


def _known(session: Session, rules: IncidentRules, now: datetime) -> tuple[list[Incident], list[Incident]]:
    """Those that go on, and those dismissed a short while ago."""
    rows = session.scalars(select(IncidentRow).where(IncidentRow.state.in_(GOING_ON)).order_by(IncidentRow.id.desc()))
    recent = IncidentRow.state == "dismissed", IncidentRow.closed_at > now - rules.silence
    silent = session.scalars(select(IncidentRow).where(*recent))
    return [incident(row) for row in rows], [incident(row) for row in silent]


def _about_any(known: Sequence[Incident], report: Report, rules: IncidentRules) -> Incident | None:
    return next((one for one in known if about(one, report, rules)), None)


def _join(session: Session, known: Incident, found: Ticket, now: datetime) -> bool:
    """A later report; the incident may have ended, or the ticket may have been linked, a moment ago."""
    if not _locked(session, [found]):
        return False
    row = session.get(IncidentRow, known.id, with_for_update=True, populate_existing=True)
    if row is None or row.state not in GOING_ON:
        return False
    return _linked(session, row, found, now)


def _propose(session: Session, group: Group, rules: IncidentRules, now: datetime) -> Incident | None:
    """The incident of a group; None when another worker was faster."""
    free = _locked(session, group.tickets)
    like = IncidentRow.signature == group.signature, IncidentRow.state.in_(GOING_ON)
    if not enough(free, rules) or session.scalar(select(IncidentRow.id).where(*like)) is not None:
        return None
    row = _row(group, free, now)
    try:
        with racing(session):
            session.add(row)
    except IntegrityError:
        return None
    detail = {"tickets": [one.number for one in free], "signature": group.signature}
    audit.record(session, SYSTEM, "incident.proposed", subject(row.id), detail, now=now)
    for one in free:
        _linked(session, row, one, now)
    return get(session, row.id)


def _row(group: Group, free: Sequence[Ticket], now: datetime) -> IncidentRow:
    codes = [code for one in free if (code := one.slots.get("error_code"))]
    shared = max(set(codes), key=codes.count) if group.signature.startswith("code:") and codes else ""
    places = {(one.category, one.slots.get("module") or "") for one in free}
    category, module = next(iter(places)) if len(places) == 1 else (_most(one.category for one in free), "")
    return IncidentRow(
        title=mask_secrets(free[0].summary).text[:100],  # robots and customers are going to read it
        state="proposed",
        category=category,
        module=module,
        code=shared,
        words=words_of(one.slots.get("phenomenon") or one.summary for one in free),
        message="",
        workaround="",
        resolution="",
        proposed_at=now,
        confirmed_at=None,
        confirmed_by=None,
        closed_at=None,
        closed_by=None,
        updated_at=now,
        signature=group.signature,
        resolves=False,
    )


def _most(values: Iterable[str]) -> str:
    found = list(values)
    return max(dict.fromkeys(found), key=found.count)


def _locked(session: Session, wanted: Sequence[Ticket]) -> tuple[Ticket, ...]:
    """Those that still report nothing, locked in the order of their ids."""
    ids = sorted(one.id for one in wanted)
    rows = session.scalars(
        select(TicketRow)
        .where(TicketRow.id.in_(ids))
        .order_by(TicketRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    taken = set(session.scalars(select(IncidentTicketRow.ticket_id).where(IncidentTicketRow.ticket_id.in_(ids))))
    free = [ticket(row) for row in rows if row.id not in taken]
    return tuple(sorted(free, key=lambda one: (one.created_at, one.id)))


def _linked(session: Session, row: IncidentRow, found: Ticket, now: datetime) -> bool:
    if not add(session, row.id, found.id, SYSTEM, now):
        return False
    tickets.set_incident(session, found.number, row.id, by=SYSTEM, now=now)
    row.updated_at = now
    session.flush()
    return True
