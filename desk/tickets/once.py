"""Doing something to a ticket once for each key, however often the request comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.bodies import fingerprint
from desk.errors import ConflictingRepeat
from desk.racing import racing
from desk.tables import TicketKeyRow
from desk.tickets.reading import row_of


def once(session: Session, number: str, key: str, body: Mapping[str, Any], *, now: datetime) -> bool:
    """True for the first request with this key, in the transaction that does what it asks for; False for a repeat.

    Locks the ticket. Raises NotFound, MalformedNumber; ConflictingRepeat for a known key with another body or ticket.
    """
    row = row_of(session, number, lock=True)
    wanted = fingerprint([row.number, dict(body)])
    known = session.get(TicketKeyRow, key, populate_existing=True)
    if known is None:
        try:
            with racing(session):
                session.add(TicketKeyRow(key=key, ticket_id=row.id, fingerprint=wanted, created_at=now))
            return True
        except IntegrityError:  # the same key for another ticket at the same moment
            known = session.get_one(TicketKeyRow, key, populate_existing=True)
    if known.fingerprint != wanted:
        raise ConflictingRepeat(f"key {key[:64]!r} was used before, for something else")
    return False
