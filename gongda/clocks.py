"""The clock of all processes: the machine's, or for development one that a file moves.

GONGDA_DEV_CLOCK=/tmp/clock gongda up
echo 2026-11-22T22:30:00+08:00 > /tmp/clock      # it is that time now, and time goes on from there
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path

from desk.clock import Clock, system_clock
from gongda.errors import BadSetting
from gongda.settings import Settings

log = logging.getLogger(__name__)


class MovedClock:
    """The machine's time shifted so that it was `file`'s content when the file was last written.

    Without the file, or with an empty one, it is the machine's time. For development only: a service whose clock is
    moved promises the wrong times. Raises BadSetting for a file that holds no time with an offset.
    """

    def __init__(self, file: Path, clock: Clock = system_clock) -> None:
        self._file = file
        self._clock = clock
        self._read: tuple[int, timedelta] = (0, timedelta())  # when the file was written (ns), and the shift

    def __call__(self) -> datetime:
        return self._clock() + self._shift()

    def _shift(self) -> timedelta:
        try:
            written = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if written != self._read[0]:
            text = self._file.read_text(encoding="utf-8").strip()
            if not text:
                return timedelta()  # not remembered: it may just be written
            self._read = (written, self._shift_of(text, written))
            log.warning("development clock: %s", self._clock() + self._read[1])
        return self._read[1]

    def _shift_of(self, text: str, written: int) -> timedelta:
        try:
            wanted = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadSetting(f"{self._file} 里的 {text[:40]!r} 不是时间，写成 2026-11-22T22:30:00+08:00") from error
        if wanted.tzinfo is None:
            raise BadSetting(f"{self._file} 里的 {text[:40]!r} 缺时区，写成 2026-11-22T22:30:00+08:00")
        return wanted - datetime.fromtimestamp(written / 1e9, wanted.tzinfo)


def clock_of(settings: Settings) -> Clock:
    """What the time is for this installation."""
    return system_clock if settings.dev_clock is None else MovedClock(settings.dev_clock)
