"""Customer companies: their sites, licences and people, what the card shows of them, and how they are kept.

    account = accounts.of_ticket(session, ticket)
    account.maintenance(day)  # "valid", "ending", "expired" or "unknown"

Locks are taken in the order account, conversation, contact, ticket, which turns keep too.
"""

from desk.accounts.belonging import attach_contact, detach_contact
from desk.accounts.incoming import Clash, Counts, Incoming, Person, Taken, take
from desk.accounts.licences import BadLicence, add_licence, licence, normalised, remove_licence
from desk.accounts.merging import merge
from desk.accounts.model import ENDING_DAYS, Account, AccountDraft, Licence, Maintenance, Site, name_key
from desk.accounts.people import merge_contacts
from desk.accounts.reading import (
    Filter,
    by_ids,
    count,
    find,
    get,
    licences_of,
    listing,
    of_contact,
    of_ticket,
    open_tickets,
    sites_of,
    tickets_of,
)
from desk.accounts.recognising import recognise, suggested
from desk.accounts.saving import add_site, remove_site, save
from desk.accounts.touches import Touch, last_contacts

__all__ = [
    "ENDING_DAYS",
    "Account",
    "AccountDraft",
    "BadLicence",
    "Clash",
    "Counts",
    "Filter",
    "Incoming",
    "Licence",
    "Maintenance",
    "Person",
    "Site",
    "Taken",
    "Touch",
    "add_licence",
    "add_site",
    "attach_contact",
    "by_ids",
    "count",
    "detach_contact",
    "find",
    "get",
    "last_contacts",
    "licence",
    "licences_of",
    "listing",
    "merge",
    "merge_contacts",
    "name_key",
    "normalised",
    "of_contact",
    "of_ticket",
    "open_tickets",
    "recognise",
    "remove_licence",
    "remove_site",
    "save",
    "sites_of",
    "suggested",
    "take",
    "tickets_of",
]
