"""Tickets that no turn has given to anybody: those of the form and the API, those in the queue, those left lying."""

from __future__ import annotations

from desk import routing as desk_routing
from desk.session import Session
from gateway.care.dispatching import assign_now
from gateway.timers.one_by_one import one_by_one
from gateway.timers.timed_desk import TimedDesk


def routing(desk: TimedDesk) -> int:
    """Dispatch what is due, most urgent first, each in its own transaction; how many tickets have changed.

    One that fails is logged and tried again at the next look; those behind it are done. Raises StoreError.
    """
    with desk.db.read() as session:
        numbers = desk_routing.due(session, desk.rules.routing, desk.hours, now=desk.clock())
    return one_by_one(desk.db, numbers, lambda session, number: _dispatched(session, desk, number), "not dispatched")


def _dispatched(session: Session, desk: TimedDesk, number: str) -> bool:
    now = desk.clock()
    routed = assign_now(session, number, rules=desk.rules, hours=desk.hours, wording=desk.wording, now=now)
    return routed.fresh
