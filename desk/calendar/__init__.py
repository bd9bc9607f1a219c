"""Working time: when somebody is there, as data."""

from desk.calendar.china import CalendarWarning, statutory_days, statutory_years, warnings, year_warning
from desk.calendar.days import DayKind, SpecialDay
from desk.calendar.fixed import Calendar, FixedHours
from desk.calendar.hours import Interval, WorkingHours
from desk.calendar.live import LiveHours, read_hours
from desk.calendar.own import OwnDay
from desk.calendar.period import Period, PeriodKind

__all__ = [
    "Calendar",
    "CalendarWarning",
    "DayKind",
    "FixedHours",
    "Interval",
    "LiveHours",
    "OwnDay",
    "Period",
    "PeriodKind",
    "SpecialDay",
    "WorkingHours",
    "read_hours",
    "statutory_days",
    "statutory_years",
    "warnings",
    "year_warning",
]
