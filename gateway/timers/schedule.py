"""How often each timer looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.timers.asks import asks
from gateway.timers.attachments import attachments
from gateway.timers.incidents import incidents
from gateway.timers.morning import morning
from gateway.timers.parked import parked
from gateway.timers.promises import promises
from gateway.timers.queue import queue
from gateway.timers.routing import routing
from gateway.timers.sla import sla
from gateway.timers.timed_desk import TimedDesk
from gateway.timers.webhooks import webhooks

Look = Callable[[TimedDesk], int]

# Seconds between two looks. A P1 is told within five; what is counted in minutes is looked at less often.
EVERY: Mapping[Look, float] = {
    routing: 2.0,
    sla: 3.0,
    webhooks: 3.0,
    incidents: 10.0,
    promises: 20.0,
    queue: 20.0,
    asks: 30.0,
    morning: 30.0,
    attachments: 600.0,
    parked: 60.0,
}
