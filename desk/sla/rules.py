"""What is promised by when: rules as the operator decides them, and terms as they are kept for each ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["first_response", "resolution", "plan"]
KINDS: tuple[Kind, ...] = ("first_response", "resolution", "plan")
PRIORITIES = ("P1", "P2", "P3", "P4")
MINUTE, HOUR = 60, 3600


def _frozen(**values: Any) -> Mapping[str, Any]:
    return MappingProxyType(values)


@dataclass(frozen=True)
class Target:
    """Seconds until somebody is warned, until it is escalated (the target) and until the promise is broken."""

    seconds: int
    breach: int
    warn: int
    wall: bool  # around the clock; otherwise in working time


@dataclass(frozen=True)
class SlaRules:
    """Statement D6 of the product. All times are seconds, by priority.

    `resolution_of` are targets of resolution for a category that differ; a priority without a `breach` breaks its
    promise at the target. Clocks of `around_the_clock` priorities run 7x24, all others in working time.
    Raises ValueError for rules that contradict themselves.
    """

    first_response: Mapping[str, int] = field(
        default_factory=lambda: _frozen(P1=15 * MINUTE, P2=HOUR, P3=HOUR, P4=2 * HOUR)
    )
    resolution: Mapping[str, int] = field(default_factory=lambda: _frozen(**dict.fromkeys(PRIORITIES, 4 * HOUR)))
    resolution_of: Mapping[str, Mapping[str, int]] = field(
        default_factory=lambda: _frozen(data_loss=_frozen(P1=6 * HOUR))
    )
    breach: Mapping[str, int] = field(default_factory=lambda: _frozen(P2=24 * HOUR, P3=24 * HOUR, P4=24 * HOUR))
    plan: int = 24 * HOUR
    around_the_clock: frozenset[str] = frozenset({"P1"})
    warn: float = 0.8  # share of the target

    def __post_init__(self) -> None:
        if not 0 < self.warn < 1:
            raise ValueError(f"warn is a share between 0 and 1, not {self.warn:g}")
        for name, of in (("first_response", self.first_response), ("resolution", self.resolution)):
            missing = [priority for priority in PRIORITIES if of.get(priority, 0) < MINUTE]
            if missing:
                raise ValueError(f"{name} needs at least {MINUTE} seconds for {', '.join(missing)}")
        if self.plan < MINUTE:
            raise ValueError(f"plan needs at least {MINUTE} seconds, not {self.plan}")

    def terms(self) -> dict[str, Any]:
        """What is kept with a ticket, as JSON."""
        return {
            "first_response": dict(self.first_response),
            "resolution": dict(self.resolution),
            "resolution_of": {category: dict(of) for category, of in self.resolution_of.items()},
            "breach": dict(self.breach),
            "plan": self.plan,
            "around_the_clock": sorted(self.around_the_clock),
            "warn": self.warn,
        }

    @classmethod
    def of_terms(cls, terms: Mapping[str, Any]) -> SlaRules:
        """The rules a ticket was opened under; what a later version has added is as shipped."""
        known = {one.name: terms[one.name] for one in fields(cls) if one.name in terms}
        return cls(**{**known, "around_the_clock": frozenset(terms["around_the_clock"])})

    def target(self, kind: Kind, priority: str, category: str) -> Target:
        """Of one clock."""
        if kind == "first_response":
            seconds = breach = self.first_response[priority]
        elif kind == "plan":
            seconds = breach = self.plan
        else:
            seconds = self.resolution_of.get(category, {}).get(priority, self.resolution[priority])
            breach = max(seconds, self.breach.get(priority, seconds))
        return Target(seconds, breach, round(seconds * self.warn), priority in self.around_the_clock)
