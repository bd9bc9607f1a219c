"""Tickets: what the bot could not settle, with a number, an owner and a history.

new -> assigned -> in_progress <-> waiting (for the customer) | on_site -> resolved -> closed
resolved and closed come back by `reopen`; the whole table is in `moves`
"""

from desk.tickets.care import consent, consents_over, contact_reached, contacts_due, expire_consent, schedule
from desk.tickets.filter import Filter
from desk.tickets.folding import Standing, fold
from desk.tickets.linking import Link, link, links, links_of, original_of, unlink
from desk.tickets.model import (
    Opened,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketEvent,
    Tier,
    ticket,
)
from desk.tickets.moves import MOVES, STATIONS, TIERS
from desk.tickets.once import once
from desk.tickets.opening import open_ticket
from desk.tickets.reading import count, events, events_of, get, listing, owned, page
from desk.tickets.rules import CareRules
from desk.tickets.settling import close, close_resolved, reopen, resolve, settled
from desk.tickets.work import (
    assign,
    change,
    heard,
    move,
    move_tier,
    note,
    plan,
    reply,
    set_incident,
    urge,
)

__all__ = [
    "MOVES",
    "STATIONS",
    "TIERS",
    "CareRules",
    "Filter",
    "Link",
    "Opened",
    "Priority",
    "Standing",
    "Status",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "Tier",
    "assign",
    "change",
    "close",
    "close_resolved",
    "consent",
    "consents_over",
    "contact_reached",
    "contacts_due",
    "count",
    "events",
    "events_of",
    "expire_consent",
    "fold",
    "get",
    "heard",
    "link",
    "links",
    "links_of",
    "listing",
    "move",
    "move_tier",
    "note",
    "once",
    "open_ticket",
    "original_of",
    "owned",
    "page",
    "plan",
    "reopen",
    "reply",
    "resolve",
    "schedule",
    "set_incident",
    "settled",
    "ticket",
    "unlink",
    "urge",
]
