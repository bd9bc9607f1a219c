"""Telephone numbers, addresses of every sort and messenger accounts in a text, and whose they may be.

`find_contacts` finds them in any disguise, `AllowList` knows the vendor's own, `strangers` are the others and
`without_strangers` takes the sentence around them out. Pure and fast: an answer is checked every time it is said.
"""

from zhtext.contacts.allowing import AllowList, is_contact
from zhtext.contacts.contact import KINDS, Contact
from zhtext.contacts.finding import find_contacts, strangers
from zhtext.contacts.removing import without_strangers

__all__ = ["KINDS", "AllowList", "Contact", "find_contacts", "is_contact", "strangers", "without_strangers"]
