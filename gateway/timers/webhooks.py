"""Following the tickets' events, for the operator's own system: a row of the outbox for each, exactly once."""

from __future__ import annotations

from datetime import timedelta

from desk import cursors, happened, outbox
from desk.happened import Happened
from desk.session import Session
from gateway.notifications.events import draft
from gateway.timers.timed_desk import TimedDesk

CURSOR = "webhook"
BATCH = 200
# An id that is missing belongs to a transaction that has not committed yet, or was rolled back. None takes that long.
SETTLED = timedelta(minutes=5)


def webhooks(desk: TimedDesk) -> int:
    """How many deliveries were recorded.

    What happened while the worker was down is made up for. What happened before the webhook was switched on is not
    sent; switching it off forgets where it was. Two workers at once record each event once: its id is in the
    dedupe key.
    """
    if not desk.webhook:
        _switch_off(desk)
        return 0
    position = _begun(desk)
    recorded, gap = 0, False
    while _more(desk, position):
        with desk.db.write() as session:
            found = happened.since(session, position, limit=BATCH)
            recorded += sum(_record(session, one, desk) for one in found)
            if not gap:
                reached, gap = _reached(position, found, desk)
                cursors.advance(session, CURSOR, reached)
        position = found[-1].event.id if found else position
    return recorded


def _more(desk: TimedDesk, position: int) -> bool:
    with desk.db.read() as session:
        return bool(happened.since(session, position, limit=1))


def _begun(desk: TimedDesk) -> int:
    with desk.db.read() as session:
        position = cursors.position(session, CURSOR)
    if position is not None:
        return position
    with desk.db.write() as session:
        return cursors.begin(session, CURSOR, happened.latest(session))


def _switch_off(desk: TimedDesk) -> None:
    with desk.db.read() as session:
        there = cursors.position(session, CURSOR) is not None
    if there:
        with desk.db.write() as session:
            cursors.forget(session, CURSOR)


def _record(session: Session, one: Happened, desk: TimedDesk) -> int:
    made = draft(one)
    return int(made is not None and outbox.enqueue(session, made, now=desk.clock()))


def _reached(position: int, found: tuple[Happened, ...], desk: TimedDesk) -> tuple[int, bool]:
    """How far nothing can come in between any more, and whether something still can behind that."""
    settled = desk.clock() - SETTLED
    for one in found:
        if one.event.id > position + 1 and one.event.created_at > settled:
            return position, True
        position = one.event.id
    return position, False
