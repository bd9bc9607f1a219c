"""Sentences and cells that name strangers are taken out; of code, which cannot lose a line, the whole piece.

A link that calls itself the official site and leads elsewhere is refused whatever the address looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhtext.contacts import AllowList, Contact, find_contacts, strangers
from zhtext.contacts.removing import without

_LINK = re.compile(r"\[(?P<words>[^\]\n]{1,80})\]\((?P<address>[^)\s]{1,2000})[^)\n]{0,200}\)")
_OFFICIAL = re.compile(r"官网|官網|官方|主页|主頁|official", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.\-]*:|//)", re.IGNORECASE)
_PASSES = 8  # what is left may join into a number once more


def without_strangers(text: str, allow: AllowList) -> tuple[str, tuple[str, ...]]:
    """`text` without the sentences that name strangers, and the names."""
    refused: list[str] = []
    for _ in range(_PASSES):
        found = (*hijacked(text, allow), *strangers(text, allow))
        if not found:
            break
        refused += [contact.text for contact in found]
        text = without(text, found)
    return text, tuple(refused)


def hijacked(text: str, allow: AllowList) -> Iterator[Contact]:
    """Links whose words say 官网, or another address, and that do not lead to the vendor."""
    if "](" not in text:
        return
    for link in _LINK.finditer(text):
        words, address = link["words"], link["address"]
        if not _OUTSIDE.match(address) or _leads_to_vendor(address, allow):
            continue
        if _OFFICIAL.search(words) or any(contact.kind == "url" for contact in find_contacts(words)):
            yield Contact("url", f"{words} → {address}", link.start(), link.end(), address.lower())


def _leads_to_vendor(address: str, allow: AllowList) -> bool:
    absolute = f"https:{address}" if address.startswith("//") else address
    found = find_contacts(absolute)
    return len(found) == 1 and found[0].start == 0 and allow.allows(found[0])
