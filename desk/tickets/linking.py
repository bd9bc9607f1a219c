"""Tickets that belong together: duplicates, served by one of them, and related ones, only shown.

All raise NotFound and MalformedNumber for the numbers. Each link is an event on both tickets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from desk.errors import IllegalMove, NotFound
from desk.tables import TicketLinkRow, TicketRow
from desk.tickets.model import Status
from desk.tickets.moves import closed, must_be_open
from desk.tickets.opening import append
from desk.tickets.reading import row_of, rows_of

Kind = Literal["duplicate", "related"]
Role = Literal["original", "duplicate", "related"]
DUPLICATE = "duplicate"  # the reason of what was closed because another ticket goes on for it


@dataclass(frozen=True)
class Link:
    """What ties a ticket to another one; `role` is the other's: the original of this, a duplicate of this, related."""

    number: str  # of the other
    role: Role
    status: Status  # of the other
    summary: str  # of the other
    by: str
    created_at: datetime


def link(session: Session, number: str, other: str, kind: Kind, *, by: str, now: datetime) -> Link:
    """Tie two tickets together; the same again changes nothing.

    A duplicate is closed, and `other` serves its customer: whatever was its duplicate is now one of `other`, and when
    `other` is itself a duplicate its original takes both, so that no chain begins. Conversations are the caller's.
    Raises IllegalMove for a ticket and itself, for an original that is done, for tickets that are duplicates of each
    other or already tied that way; ValueError for an unknown kind.
    """
    if kind not in ("duplicate", "related"):
        raise ValueError(f"tickets are duplicate or related, not {kind!r}")
    if kind == "duplicate" and row_of(session, other).number != row_of(session, number).number:
        other = original_of(session, row_of(session, other).id) or other
    following = [one.number for one in _duplicates_of(session, row_of(session, number))]
    row, partner, *_ = rows_of(session, number, other, *following)
    if row.id == partner.id:
        raise IllegalMove(f"ticket {row.number} cannot be linked with itself, directly or as its own duplicate")
    present = _between(session, row, partner)
    if present is None or present.kind != kind:
        if kind == "duplicate":
            must_be_open(partner)
            _duplicate(session, row, partner, by, now)
        elif present is not None:
            raise IllegalMove(f"tickets {row.number} and {partner.number} are duplicates; unlink them first")
        else:
            # Which of the two was named first means nothing.
            first, second = sorted((row, partner), key=lambda each: each.id)
            _tie(session, first, second, "related", by, now)
            _tell(session, row, partner, "linked", ("related", "related"), by, now)
    return next(one for one in links(session, row.number) if one.number == partner.number)


def unlink(session: Session, number: str, other: str, *, by: str, now: datetime) -> None:
    """Nothing ties them any more; a duplicate stays closed until somebody reopens it. Raises NotFound without a
    link."""
    row, partner = rows_of(session, number, other)
    present = _between(session, row, partner)
    if present is None:
        raise NotFound(f"tickets {row.number} and {partner.number} are not linked")
    _untie(session, row, partner, present, by, now)


def links(session: Session, number: str) -> tuple[Link, ...]:
    """What a ticket is tied to: its original first, then by time."""
    row = row_of(session, number)
    return links_of(session, [row.id])[row.id]


def links_of(session: Session, ticket_ids: Iterable[int]) -> dict[int, tuple[Link, ...]]:
    """The links of many tickets by id."""
    wanted = list(ticket_ids)
    found: dict[int, list[Link]] = {one: [] for one in wanted}
    for mine, theirs in (
        (TicketLinkRow.ticket_id, TicketLinkRow.other_id),
        (TicketLinkRow.other_id, TicketLinkRow.ticket_id),
    ):
        query = select(mine, TicketLinkRow, TicketRow).join(TicketRow, TicketRow.id == theirs).where(mine.in_(wanted))
        for ticket_id, tie, partner in session.execute(query):
            found[ticket_id].append(_link(tie, partner, outward=theirs is TicketLinkRow.other_id))
    return {
        one: tuple(sorted(ties, key=lambda tie: (tie.role != "original", tie.created_at, tie.number)))
        for one, ties in found.items()
    }


def original_of(session: Session, ticket_id: int) -> str | None:
    """The number of the ticket that goes on for this one."""
    return session.scalar(
        select(TicketRow.number)
        .join(TicketLinkRow, TicketLinkRow.other_id == TicketRow.id)
        .where(TicketLinkRow.ticket_id == ticket_id, TicketLinkRow.kind == "duplicate")
    )


def no_longer_duplicate(session: Session, row: TicketRow, *, by: str, now: datetime) -> None:
    """Untie a locked row from its original, if it has one."""
    number = original_of(session, row.id)
    if number is not None:
        original = row_of(session, number, lock=True)
        tie = _between(session, row, original)
        if tie is not None:
            _untie(session, row, original, tie, by, now)


def _duplicate(session: Session, row: TicketRow, original: TicketRow, by: str, now: datetime) -> None:
    if original_of(session, row.id) not in (None, original.number):
        raise IllegalMove(f"ticket {row.number} is a duplicate of another one already; unlink that first")
    before = _between(session, row, original)
    if before is not None:
        _untie(session, row, original, before, by, now)
    for mine in _duplicates_of(session, row):
        tie = _between(session, mine, row)
        if tie is not None:
            _untie(session, mine, row, tie, by, now)
        _tie(session, mine, original, "duplicate", by, now)
        _tell(session, mine, original, "linked", ("original", "duplicate"), by, now)
    _tie(session, row, original, "duplicate", by, now)
    _tell(session, row, original, "linked", ("original", "duplicate"), by, now)
    if row.status != "closed":
        closed(session, row, by=by, reason=DUPLICATE, now=now)


def _duplicates_of(session: Session, row: TicketRow) -> tuple[TicketRow, ...]:
    query = (
        select(TicketRow)
        .join(TicketLinkRow, TicketLinkRow.ticket_id == TicketRow.id)
        .where(TicketLinkRow.other_id == row.id, TicketLinkRow.kind == "duplicate")
        .order_by(TicketRow.id)
    )
    return tuple(session.scalars(query))


def _between(session: Session, row: TicketRow, partner: TicketRow) -> TicketLinkRow | None:
    pairs = [(row.id, partner.id), (partner.id, row.id)]
    return session.scalar(
        select(TicketLinkRow).where(
            or_(*((TicketLinkRow.ticket_id == one) & (TicketLinkRow.other_id == other) for one, other in pairs))
        )
    )


def _tie(session: Session, row: TicketRow, partner: TicketRow, kind: Kind, by: str, now: datetime) -> None:
    session.add(TicketLinkRow(ticket_id=row.id, other_id=partner.id, kind=kind, created_by=by, created_at=now))
    session.flush()


def _untie(session: Session, row: TicketRow, partner: TicketRow, tie: TicketLinkRow, by: str, now: datetime) -> None:
    mine = tie.ticket_id == row.id
    roles: tuple[Role, Role] = ("related", "related")
    if tie.kind == "duplicate":
        roles = ("original", "duplicate") if mine else ("duplicate", "original")
    session.execute(
        delete(TicketLinkRow).where(TicketLinkRow.ticket_id == tie.ticket_id, TicketLinkRow.other_id == tie.other_id)
    )
    session.expunge(tie)
    _tell(session, row, partner, "unlinked", roles, by, now)


def _tell(
    session: Session, row: TicketRow, partner: TicketRow, kind: str, roles: tuple[Role, Role], by: str, now: datetime
) -> None:
    """The line in both histories; `roles` are the partner's as seen from the row, and the row's."""
    append(session, row, kind, by, {"number": partner.number, "role": roles[0]}, now)
    append(session, partner, kind, by, {"number": row.number, "role": roles[1]}, now)


def _link(tie: TicketLinkRow, partner: TicketRow, *, outward: bool) -> Link:
    role: Role = "related" if tie.kind == "related" else "original" if outward else "duplicate"
    return Link(
        number=partner.number,
        role=role,
        status=cast(Status, partner.status),
        summary=partner.summary,
        by=tie.created_by,
        created_at=tie.created_at,
    )
