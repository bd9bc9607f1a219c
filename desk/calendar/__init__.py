"""Working time: when somebody is there, as data."""

from desk.calendar.hours import Interval, WorkingHours

__all__ = ["Interval", "WorkingHours"]
