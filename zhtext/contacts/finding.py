"""Every contact of a text, and those that are not the vendor's."""

from __future__ import annotations

from typing import List, Tuple

from zhtext.contacts.accounts import accounts
from zhtext.contacts.addresses import addresses
from zhtext.contacts.allowing import AllowList
from zhtext.contacts.contact import Contact
from zhtext.contacts.folding import fold
from zhtext.contacts.links import emails, hosts, urls
from zhtext.contacts.phones import phones
from zhtext.spans import Taken

# The more that is said of a contact, the earlier: a mail address holds a host, QQ 4001234567 is no hotline.
_SHORTEST = 4  # characters of t.cn; no number is shorter
_FINDERS = (urls, emails, accounts, hosts, phones, addresses)


def find_contacts(text: str) -> Tuple[Contact, ...]:
    """Every contact, left to right, no two overlapping."""
    if len(text) < _SHORTEST:
        return ()
    folded = fold(text)
    taken = Taken(len(folded.text))
    found: List[Contact] = []
    for finder in _FINDERS:
        for kind, start, end, value in finder(folded.text):
            if taken.take(start, end):
                place = folded.span(start, end)
                found.append(Contact(kind, text[slice(*place)], *place, value))
    return tuple(sorted(found, key=lambda contact: contact.start))


def strangers(text: str, allow: AllowList) -> Tuple[Contact, ...]:
    """The contacts of a text that are not on the list."""
    return tuple(contact for contact in find_contacts(text) if not allow.allows(contact))
