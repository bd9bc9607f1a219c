"""Working hours as they are at this moment: what operators change in the console counts within seconds."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from desk.calendar.china import statutory_days
from desk.calendar.hours import WorkingHours
from desk.calendar.own import special_days
from desk.clock import Clock
from desk.database import Database
from desk.errors import StoreError
from desk.session import Session

log = logging.getLogger(__name__)

KEEP_FOR = timedelta(seconds=10)


class LiveHours:
    """`base` is support.toml's; the shipped table lies below it, the operator's own days above.

    Cached for at most 10 s of `clock`. A store that does not answer changes nothing: the hours read last go on.
    """

    def __init__(self, db: Database, base: WorkingHours, clock: Clock) -> None:
        self._db = db
        self._hours = base
        self._clock = clock
        self._read_at: datetime | None = None

    def current(self) -> WorkingHours:
        """The same object as long as nothing has changed."""
        now = self._clock()
        if self._read_at is None or not timedelta(0) <= now - self._read_at < KEEP_FOR:
            self._hours = self._read()
            self._read_at = now
        return self._hours

    def _read(self) -> WorkingHours:
        try:
            with self._db.read() as session:
                return read_hours(session, self._hours)
        except StoreError as error:
            log.warning("the calendar could not be read, the hours read before go on: %s", error)
            return self._hours if self._hours.table else replace(self._hours, table=statutory_days())


def read_hours(session: Session, hours: WorkingHours) -> WorkingHours:
    """`hours` with the shipped table and what the operator has decided by now; itself when nothing has changed."""
    own = special_days(session)
    if hours.table and own == hours.own:
        return hours
    return replace(hours, table=hours.table or statutory_days(), own=own)
