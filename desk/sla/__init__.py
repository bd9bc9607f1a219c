"""Promised times: a projection of the tickets' events.

Nobody but this package writes `sla`, `sla_clocks` and `sla_marks`; who wants to know reads `clocks`.
"""

from desk.sla.marking import Mark, due_tickets, mark_due
from desk.sla.model import Clock, MarkName, State
from desk.sla.projecting import has_news, project, recompute, reproject_open
from desk.sla.reading import clocks
from desk.sla.rules import KINDS, Kind, SlaRules, Target

__all__ = [
    "KINDS",
    "Clock",
    "Kind",
    "Mark",
    "MarkName",
    "SlaRules",
    "State",
    "Target",
    "clocks",
    "due_tickets",
    "has_news",
    "mark_due",
    "project",
    "recompute",
    "reproject_open",
]
