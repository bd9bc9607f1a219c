"""The working time of one year as sorted spans with running totals; microseconds since 1970 in UTC."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Year:
    """Spans that neither overlap nor touch; `before[i]` is what is worked before the i-th."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Year:
        """Of spans in any order: those that overlap are one, and empty ones (clocks that change) are none."""
        merged: list[tuple[int, int]] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        before, total = [], 0
        for start, end in merged:
            before.append(total)
            total += end - start
        return cls(tuple(start for start, _ in merged), tuple(end for _, end in merged), tuple(before), total)

    def contains(self, at: int) -> bool:
        """Whether somebody works."""
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]

    def opening(self, at: int) -> int | None:
        """The first start after `at`."""
        index = bisect_right(self.starts, at)
        return self.starts[index] if index < len(self.starts) else None

    def worked(self, at: int) -> int:
        """What is worked until `at`."""
        index = bisect_right(self.starts, at) - 1
        return 0 if index < 0 else self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def reached(self, worked: int) -> int:
        """When so much is worked, at the earliest; 0 < `worked` <= `total`."""
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]


def microseconds(at: datetime) -> int:
    """Exact, unlike `timestamp()`."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int, tz: tzinfo) -> datetime:
    """The way back."""
    return (_EPOCH + at * _MICROSECOND).astimezone(tz)


def year_of(at: int, tz: tzinfo) -> int:
    """The year on the clock of the team."""
    return moment(at, tz).year
