"""Duty: who is at work, who is on call, and who is away.

A line of the roster is a shift, a time on call or a leave of one agent, from `starts_at` until just before `ends_at`.
Lines of the same kind of one agent never overlap; lines of different kinds may, and then a leave wins.

Who is on duty at a moment, of the active agents, leads and administrators:

1. nobody who is on leave;
2. whoever has a shift then, within working hours or not;
3. on a day on which no shift of anybody begins, everybody during working hours. One shift makes a roster of the day:
   from then on only the rostered work. A night shift belongs to the day on which it begins.
"""

from desk.duty.keeping import add, listing, remove
from desk.duty.line import LONGEST, LONGEST_NOTE, Kind, Line, Overlapping
from desk.duty.rosters import Roster, on_call, on_duty, roster
from desk.duty.weeks import Copied, copy_week, week_of

__all__ = [
    "LONGEST",
    "LONGEST_NOTE",
    "Copied",
    "Kind",
    "Line",
    "Overlapping",
    "Roster",
    "add",
    "copy_week",
    "listing",
    "on_call",
    "on_duty",
    "remove",
    "roster",
    "week_of",
]
