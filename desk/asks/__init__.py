"""Asks: is it solved, and how was it? Nobody is asked the same thing twice.

due -> asked -> answered | expired (nobody answered, there was no way to ask, or the ticket is worked on again)

Whether a ticket is solved can be answered before it is asked: with the buttons of the message that tells the solution.
"""

from desk.asks.keeping import answer, ask, asked_in, due, get, pending_in, request, scored, ticket_of
from desk.asks.model import Ask, AskRules, Kind, State
from desk.asks.resolutions import expire, offer, plan, to_expire, to_plan

__all__ = [
    "Ask",
    "AskRules",
    "Kind",
    "State",
    "answer",
    "ask",
    "asked_in",
    "due",
    "expire",
    "get",
    "offer",
    "pending_in",
    "plan",
    "request",
    "scored",
    "ticket_of",
    "to_expire",
    "to_plan",
]
