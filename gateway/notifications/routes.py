"""Which events go where, and when nobody wants to be rung for what can wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

Target = Literal["wecom", "dingtalk", "feishu", "email"]
Event = Literal[
    "p1_opened", "assigned", "queued", "sla_warned", "sla_escalated", "sla_breached", "urged", "complaint",
    "promise_due", "promise_broken", "next_contact", "incident_proposed", "incident_confirmed", "incident_closed",
    "morning_report", "low_score",
]  # fmt: skip

TARGETS: tuple[Target, ...] = get_args(Target)
EVENTS: tuple[Event, ...] = get_args(Event)
# What concerns one person: it goes where that person can be called by name, and is nobody else's e-mail.
PERSONAL: frozenset[Event] = frozenset(("assigned", "urged", "promise_due", "next_contact"))


@dataclass(frozen=True)
class Quiet:
    """A span of every day in which robots say urgent things only; it may go over midnight."""

    starts: time
    ends: time
    tz: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def until(self, now: datetime) -> datetime | None:
        """The end of the quiet that `now` lies in; None outside it."""
        local = now.astimezone(self.tz)
        overnight = self.starts > self.ends
        evening, morning = local.time() >= self.starts, local.time() < self.ends
        if not ((evening or morning) if overnight else (evening and morning)):
            return None
        day = local.date() + timedelta(days=1 if overnight and evening else 0)
        return datetime.combine(day, self.ends, self.tz)


@dataclass(frozen=True)
class Routes:
    """Targets (wecom, dingtalk, feishu, email) by event; an event that is not named goes nowhere."""

    by_event: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quiet: Quiet | None = None

    @classmethod
    def default(cls, targets: Iterable[str], quiet: Quiet | None = None) -> Routes:
        """Every event to every target that is set up."""
        known = tuple(target for target in targets if target in TARGETS)
        return cls(dict.fromkeys(cast(tuple[str, ...], EVENTS), known) if known else {}, quiet)

    def among(self, targets: Iterable[str]) -> Routes:
        """The same routes without the targets that are not set up."""
        there = frozenset(targets)
        kept = {event: tuple(one for one in wanted if one in there) for event, wanted in self.by_event.items()}
        return Routes({event: wanted for event, wanted in kept.items() if wanted}, self.quiet)
