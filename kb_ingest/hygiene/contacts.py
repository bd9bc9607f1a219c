"""Sentences and cells that name strangers are taken out; of code, which cannot lose a line, the whole piece.

A link that calls itself the official site and leads elsewhere is refused whatever the address looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from zhtext.contacts import AllowList, Contact, find_contacts, strangers
from zhtext.contacts.removing import without

# Each part ends where the next can begin, so that no place is searched more than a few hundred times.
_LINK = re.compile(
    r"\[(?P<words>[^\[\]\n]{1,80})\]\((?P<address>[^()\s]{1,2000}(?:\([^()\s]{0,200})?)(?:[\s(][^)\n]{0,200})?\)"
)
_USER = re.compile(r"[^/\\]*[/\\]{2}[^/?#\\]*@")
_OFFICIAL = re.compile(r"官网|官網|官方|主页|主頁|official", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.\-]*:|//)", re.IGNORECASE)
_LONGEST_LABEL = 24  # characters of a cell that names what stands in another
_MAY_BE_CALLED = re.compile(r"\d|[A-Za-z]{3}|[零〇一二三四五六七八九]{4}|[\uff21-\uff5a]{3}")
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


def without_strangers_beside(label: str, cell: str, allow: AllowList) -> tuple[str, tuple[str, ...]]:
    """A table's `cell` without what only the word in another cell tells: 客服电话 | 6123-4567."""
    refused: list[str] = []
    label = label.strip()
    if not label or len(label) > _LONGEST_LABEL or not _MAY_BE_CALLED.search(cell):
        return cell, ()
    ahead = len(label) + 3
    for _ in range(_PASSES):
        found = [one for one in strangers(f"{label} | {cell}", allow) if one.start >= ahead]
        if not found:
            break
        refused += [contact.text for contact in found]
        cell = without(cell, [replace(one, start=one.start - ahead, end=one.end - ahead) for one in found])
    return cell, tuple(refused)


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
    if _USER.match(address):  # jiangheng.com(@evil.cn leads to evil.cn
        return False
    absolute = f"https:{address}" if address.startswith("//") else address
    found = find_contacts(absolute)
    return len(found) == 1 and found[0].start == 0 and allow.allows(found[0])
