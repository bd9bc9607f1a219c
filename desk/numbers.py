"""Ticket numbers: GD-20261122-0042-7 is the 42nd ticket of 2026-11-22 (Beijing), with check digit 7."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from desk.errors import MalformedNumber

_BEIJING = ZoneInfo("Asia/Shanghai")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−ー_.·/#:]+")
# Any starting value finds the same errors; this one makes the number above, which our documents quote, a true one.
_START = 8
_NUMBER = re.compile(r"(?:GD)?([0-9]{8})([0-9]{4,6})([0-9])")
# The totally anti-symmetric quasigroup of order 10 from Damm's thesis, page 111.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


@dataclass(frozen=True)
class TicketNumber:
    """One ticket's number; `str()` writes it."""

    day: date  # in Beijing
    running: int  # from 1, within the day

    def __str__(self) -> str:
        day, running = f"{self.day:%Y%m%d}", f"{self.running:04d}"
        return f"GD-{day}-{running}-{check_digit(day + running)}"

    @classmethod
    def parse(cls, text: str) -> TicketNumber:
        """Read a number as people write it: full width, lower case, other dashes, blanks or none, without GD.

        Raises MalformedNumber, also when the check digit does not fit.
        """
        found = _NUMBER.fullmatch(_SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper())
        if not found:
            raise MalformedNumber(f"{text[:40]!r} is not a ticket number; one looks like GD-20261122-0042-7")
        day, running, check = found.groups()
        if check != str(check_digit(day + running)):
            raise MalformedNumber(f"{text[:40]!r} has a wrong digit somewhere: the check digit {check} does not fit")
        try:
            number = cls(date(int(day[:4]), int(day[4:6]), int(day[6:])), int(running))
        except ValueError as error:
            raise MalformedNumber(f"{text[:40]!r} names no day: {day} does not exist") from error
        if f"{number.running:04d}" != running:
            raise MalformedNumber(f"{text[:40]!r} has more zeros than its running number needs")
        return number


def day_of(now: datetime) -> date:
    """The Beijing date on which a ticket opened `now` is counted."""
    return now.astimezone(_BEIJING).date()


def check_digit(digits: str, start: int = _START) -> int:
    """Damm's check digit: finds every wrong digit and every swap of two neighbours.

    H. Michael Damm, Total anti-symmetrische Quasigruppen, Marburg 2004; there `start` is 0.
    """
    interim = start
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim
