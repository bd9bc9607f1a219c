"""Routing: who gets which ticket, and why.

routed = dispatch(session, number, rules, hours, now=now)   # in the transaction that opened the ticket
numbers = due(session, rules, hours, now=now)               # what a timer has to dispatch
"""

from desk.routing.candidates import candidates
from desk.routing.choose import choose, decide
from desk.routing.dispatch import dispatch
from desk.routing.model import Candidate, Choice, Code, Need, Reason, Routed, Standing
from desk.routing.queue import due, waiting
from desk.routing.rules import RoutingRules
from desk.routing.skill import skill_of

__all__ = [
    "Candidate",
    "Choice",
    "Code",
    "Need",
    "Reason",
    "Routed",
    "RoutingRules",
    "Standing",
    "candidates",
    "choose",
    "decide",
    "dispatch",
    "due",
    "skill_of",
    "waiting",
]
