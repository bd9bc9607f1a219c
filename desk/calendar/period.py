"""What part of which day a moment falls into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from desk.calendar.days import SpecialDay

PeriodKind = Literal["working", "lunch", "before", "evening", "weekend", "holiday"]


@dataclass(frozen=True)
class Period:
    """`name` is the day's, such as 春节, and often empty; `makeup` says that the day is worked in exchange for another.

    `lunch` is any pause within a working day; `weekend` any day off that is no holiday.
    """

    kind: PeriodKind
    name: str = ""
    makeup: bool = False


def period(at: int, spans: Sequence[tuple[int, int]], special: SpecialDay | None) -> Period:
    """Of a moment, given the working spans of its day and what is decided about the day."""
    name = special.name if special else ""
    if special and special.kind == "holiday":
        return Period("holiday", name)
    if not spans:
        return Period("weekend", name)
    return Period(_part(at, spans), name, makeup=special is not None and special.kind == "workday")


def _part(at: int, spans: Sequence[tuple[int, int]]) -> PeriodKind:
    if any(start <= at < end for start, end in spans):
        return "working"
    if at < min(start for start, _ in spans):
        return "before"
    return "evening" if at >= max(end for _, end in spans) else "lunch"
