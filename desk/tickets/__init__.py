"""Tickets: what the bot could not settle, with a number, an owner and a history.

new -> assigned -> in_progress <-> waiting (for the customer) | on_site -> resolved -> closed
resolved and closed come back by `reopen`
"""

from desk.tickets.model import (
    Filter,
    Opened,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketEvent,
    Tier,
    ticket,
)
from desk.tickets.opening import open_ticket
from desk.tickets.reading import events, get, listing, owned
from desk.tickets.work import assign, change, close, move, note, reopen, reply, resolve, urge

__all__ = [
    "Filter",
    "Opened",
    "Priority",
    "Status",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "Tier",
    "assign",
    "change",
    "close",
    "events",
    "get",
    "listing",
    "move",
    "note",
    "open_ticket",
    "owned",
    "reopen",
    "reply",
    "resolve",
    "ticket",
    "urge",
]
