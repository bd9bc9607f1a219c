"""The timers of the service desk: clocks, routing, promises, questions to customers, reports, webhooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from desk.calendar import LiveHours
from desk.errors import StoreError
from gateway.timers.schedule import EVERY, Look
from gateway.timers.timed_desk import TimedDesk
from gongda.worker import Timer

log = logging.getLogger(__name__)


def desk_timers(desk: TimedDesk, hours: LiveHours) -> tuple[Timer, ...]:
    """Each look in a thread of its own, with the working hours as they are at that moment."""
    return tuple(Timer(seconds, _ticking(look, desk, hours)) for look, seconds in EVERY.items())


def _ticking(look: Look, desk: TimedDesk, hours: LiveHours) -> Callable[[], Awaitable[int]]:
    async def tick() -> int:
        return await asyncio.to_thread(looked, look, desk, hours)

    return tick


def looked(look: Look, desk: TimedDesk, hours: LiveHours) -> int:
    """How much was done. What fails is still there as rows at the next look."""
    try:
        return look(replace(desk, hours=hours.current()))
    except StoreError as error:
        log.warning("%s waits for the next look: %s", look.__name__, error)
    except Exception:
        log.exception("%s failed", look.__name__)
    return 0
