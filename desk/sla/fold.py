"""From events to clocks: pure, and the only place that knows how they run.

Clocks count whole seconds; moments are taken without their fraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

from desk.calendar import WorkingHours
from desk.errors import NoWorkingTime
from desk.sla.facts import Facts
from desk.sla.model import MARKS, Clock, MarkName, State, passed
from desk.sla.rules import KINDS, Kind, SlaRules, Target
from desk.tickets.model import TicketEvent

_NOTHING: Mapping[MarkName, datetime] = MappingProxyType({})


@dataclass(frozen=True)
class Hand:
    """One clock between two events: `used` until `since`, or for good while it does not run.

    `crossed` says when warning, target and limit were reached the first time, whoever looked at it then.
    """

    kind: Kind
    state: State
    priority: str
    target: Target
    used: int
    since: datetime
    crossed: Mapping[MarkName, datetime] = field(default_factory=lambda: _NOTHING)

    @property
    def thresholds(self) -> Mapping[MarkName, int]:
        """Seconds by mark."""
        return {"warned": self.target.warn, "escalated": self.target.seconds, "breached": self.target.breach}

    def at(self, now: datetime, hours: WorkingHours) -> Hand:
        """The same clock at `now`, no earlier than `since`."""
        if self.state != "running" or now <= self.since:
            return self
        used = self.used + passed(hours, self.target.wall, self.since, now)
        reached = {mark: self.reaches(mark, hours) for mark in MARKS if self.used < self.thresholds[mark] <= used}
        crossed = {**{mark: at for mark, at in reached.items() if at is not None}, **self.crossed}
        return replace(self, used=used, since=now, crossed=crossed)

    def turned(self, state: State, facts: Facts, target: Target) -> Hand:
        """Under new facts, at `since`. What is over by the new target is over at once; a stopped clock keeps the
        target that it was stopped under."""
        if state == "stopped":
            return replace(self, state=state)
        turned = replace(self, state=state, priority=facts.priority, target=target)
        over = {mark: self.since for mark in MARKS if self.used >= turned.thresholds[mark]}
        return replace(turned, crossed={**over, **self.crossed})

    def reaches(self, mark: MarkName, hours: WorkingHours) -> datetime | None:
        """When a threshold is reached if the clock goes on; when it was, if it is over. None while it does not run,
        and when nobody ever works."""
        left = self.thresholds[mark] - self.used
        if left <= 0:
            return self.crossed.get(mark, self.since)
        if self.state != "running":
            return None
        try:
            due = self.since + timedelta(seconds=left) if self.target.wall else hours.after(self.since, left)
        except NoWorkingTime:
            return None
        return due.astimezone(timezone.utc)  # as it comes out of the store

    def clock(self, now: datetime, hours: WorkingHours, marks: frozenset[MarkName] = frozenset()) -> Clock:
        """As others read it."""
        shown = self.at(whole(now), hours)
        return Clock(
            kind=self.kind,
            state=self.state,
            priority=self.priority,
            target=self.target.seconds,
            breach=self.target.breach,
            wall=self.target.wall,
            used=shown.used,
            due_at=self.reaches("escalated", hours),
            breach_at=self.reaches("breached", hours),
            stopped_at=self.since if self.state == "stopped" else None,
            warned="warned" in marks,
            escalated="escalated" in marks,
            breached="breached" in marks,
        )


@dataclass(frozen=True)
class Counted:
    """A ticket's clocks after its events."""

    facts: Facts = field(default_factory=Facts)
    at: datetime | None = None
    hands: Mapping[Kind, Hand] = field(default_factory=lambda: MappingProxyType({}))
    last_event_id: int = 0


def fold(
    events: Iterable[TicketEvent], rules: SlaRules, hours: WorkingHours, counted: Counted | None = None
) -> Counted:
    """All events of a ticket, oldest first, on top of what was counted before."""
    counted = counted or Counted()
    for event in events:
        counted = step(counted, event, rules, hours)
    return counted


def step(counted: Counted, event: TicketEvent, rules: SlaRules, hours: WorkingHours) -> Counted:
    """One event more. A clock of a machine that is behind never turns time back."""
    at = whole(event.created_at) if counted.at is None else max(whole(event.created_at), counted.at)
    facts = counted.facts.after(event)
    if facts == counted.facts and counted.at is not None:
        return replace(counted, last_event_id=event.id)
    hands: dict[Kind, Hand] = {}
    for kind in KINDS:
        hand = _turned(counted.hands.get(kind), kind, facts, at, rules, hours)
        if hand is not None:
            hands[kind] = hand
    return Counted(facts, at, hands, event.id)


def whole(at: datetime) -> datetime:
    """Without the fraction of its second."""
    return at.replace(microsecond=0)


def _turned(
    hand: Hand | None, kind: Kind, facts: Facts, at: datetime, rules: SlaRules, hours: WorkingHours
) -> Hand | None:
    state, target = facts.wanted(kind), rules.target(kind, facts.priority, facts.category)
    if hand is None:
        return None if state == "stopped" else Hand(kind, state, facts.priority, target, 0, at)
    if hand.state == state and (state == "stopped" or (hand.priority, hand.target) == (facts.priority, target)):
        return hand  # it simply goes on
    moved = hand.at(at, hours)
    return replace(moved, since=at).turned(state, facts, target)
