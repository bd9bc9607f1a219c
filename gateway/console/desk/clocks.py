"""SLA clocks as pages show them: what runs out when, and how near it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from desk import sla
from desk.calendar import WorkingHours
from desk.errors import NoWorkingTime
from desk.session import Session
from desk.sla import Clock
from gateway.console.services import ConsoleServices

Level = Literal["calm", "near", "late", "paused", "met", "missed"]


@dataclass(frozen=True)
class Dial:
    """One clock of one ticket. Seconds count as the clock does: in working time, or around the clock for P1."""

    kind: str  # first_response, resolution, plan
    state: str  # running, paused, stopped
    target: int
    used: int
    due_at: datetime | None  # None: paused, stopped, or nobody knows
    near_at: datetime | None  # when that share of the target is used that warnings come at
    breach_at: datetime | None
    stopped_at: datetime | None
    warn: float = 0.8  # share of the target from which it is near, as the operator has it for warnings

    @property
    def left(self) -> int:
        """Counting seconds; below zero: late."""
        return self.target - self.used

    @property
    def level(self) -> Level:
        """How it is to be coloured."""
        if self.state == "stopped":
            return "met" if self.used <= self.target else "missed"
        if self.state == "paused":
            return "paused"
        if self.used >= self.target:
            return "late"
        return "near" if self.used >= self.warn * self.target else "calm"


def dials(
    session: Session, services: ConsoleServices, ticket_ids: Sequence[int], now: datetime
) -> Mapping[int, tuple[Dial, ...]]:
    """The clocks of these tickets as they stand now, by ticket."""
    if not ticket_ids:
        return {}
    found = sla.clocks(session, ticket_ids, services.rules.sla, services.hours, now)
    hours, warn = services.hours, services.rules.sla.warn
    return {one: tuple(_dial(clock, hours, warn, now) for clock in clocks) for one, clocks in found.items()}


def urgent(found: Sequence[Dial]) -> Dial | None:
    """The one that runs out first; a paused one when none runs; None when all are stopped."""
    going = [one for one in found if one.state != "stopped"]
    return min(going, key=_soonest, default=None)


def _soonest(dial: Dial) -> tuple[bool, float]:
    return dial.due_at is None, dial.due_at.timestamp() if dial.due_at else float(dial.left)


def _after(hours: WorkingHours, now: datetime, seconds: int) -> datetime | None:
    try:
        return hours.after(now, seconds)
    except NoWorkingTime:  # nobody works any more: a page that says so is better than none
        return None


def _dial(clock: Clock, hours: WorkingHours, warn: float, now: datetime) -> Dial:
    running = clock.state == "running"
    ahead = round(warn * clock.target) - clock.used
    near_at = None
    if running and ahead > 0:
        near_at = now + timedelta(seconds=ahead) if clock.wall else _after(hours, now, ahead)
    return Dial(
        kind=clock.kind,
        state=clock.state,
        target=clock.target,
        used=clock.used,
        due_at=clock.due_at if running else None,
        near_at=near_at,
        breach_at=clock.breach_at,
        stopped_at=clock.stopped_at,
        warn=warn,
    )
