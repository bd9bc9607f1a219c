"""Tickets that no turn has given to anybody: those of the form and the API, those in the queue, those left lying."""

from __future__ import annotations

import logging

from desk import routing as desk_routing
from desk.errors import StoreError
from gateway.care.dispatching import assign_now
from gateway.timers.timed_desk import TimedDesk

log = logging.getLogger(__name__)

EVERY = 2.0  # seconds; a P1 pages within five


def routing(desk: TimedDesk) -> int:
    """Dispatch what is due, most urgent first, each in its own transaction; how many tickets have changed.

    One that fails is logged and tried again at the next look; those behind it are done. Raises StoreError.
    """
    with desk.db.read() as session:
        numbers = desk_routing.due(session, desk.rules.routing, desk.hours, now=desk.clock())
    done = 0
    for number in numbers:
        try:
            with desk.db.write() as session:
                now = desk.clock()
                routed = assign_now(session, number, rules=desk.rules, hours=desk.hours, wording=desk.wording, now=now)
        except StoreError:
            raise  # the store's trouble is everybody's
        except Exception:
            log.exception("ticket %s could not be dispatched", number)
            continue
        done += routed.fresh
    return done
