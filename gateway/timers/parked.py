"""What is parked for a follower goes out when they have spoken since, even if the answer that should have brought it
never came to be: the process died, the turn was late, somebody else was sending at that moment."""

from __future__ import annotations

from datetime import timedelta

from desk import outbox
from desk.errors import IllegalMove, NotFound
from desk.session import Session
from gateway.channels.wechat.delivering.rows import KIND
from gateway.channels.wechat.hearing.contact import CHANNEL
from gateway.timers.one_by_one import one_by_one
from gateway.timers.timed_desk import TimedDesk

_ANSWERING = timedelta(seconds=90)  # past WeChat's three deliveries and the lease of what an answer brings
_ONCE_MORE = timedelta(hours=1)  # as long as the window is open: the account may have got its permission back


def parked(desk: TimedDesk) -> int:
    """Release what may be pushed, each in its own transaction; how many rows. Raises StoreError."""
    now = desk.clock()
    if CHANNEL not in desk.channels.reachable(now):
        return 0
    with desk.db.read() as session:
        due = outbox.releasable(session, KIND, opened_before=now - _ANSWERING, parked_before=now - _ONCE_MORE, now=now)
    return one_by_one(desk.db, due, lambda session, one: _released(session, desk, one), "parked text not released")


def _released(session: Session, desk: TimedDesk, delivery_id: int) -> bool:
    try:
        outbox.retry(session, delivery_id, now=desk.clock())
    except (IllegalMove, NotFound):
        return False  # somebody else was quicker
    return True
