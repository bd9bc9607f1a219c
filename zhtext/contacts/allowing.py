"""The vendor's own contacts: the only ones that may stand in an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import FrozenSet, Tuple

from zhtext.contacts.contact import Contact
from zhtext.contacts.folding import fold
from zhtext.contacts.hosts import split
from zhtext.contacts.phones import digits

_LABEL = re.compile(r"^\s*(?:QQ群?|微信号?|公众号|wechat|地址|电话|热线|邮箱|网址|官网)\s*[:：]\s*", re.IGNORECASE)
_NUMBER = re.compile(r"[+(]?[0-9][-0-9\s()]{3,20}")
_MAIL = re.compile(r"[^\s@/]*@[^\s@/]+\.[^\s@/]{2,}", re.IGNORECASE)
_HOST = re.compile(
    r"(?:https?://)?(?:[^\W_](?:[\w\-]*[^\W_])?\.)+[^\W\d_]{2,24}(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_ACCOUNT = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{5,19}")
_NAME = re.compile(r"[^\s@]*[\u4e00-\u9fff][^@]*")
# A list that allows these would allow everybody; of the public suffix list only what vendors here could mean.
_EVERYBODY = frozenset(
    f"{kind}.{land}" for kind in ("com", "net", "org", "gov", "edu", "co") for land in ("cn", "hk", "tw", "uk", "jp")
)
_LOCAL = 7  # digits of a land line without its area code


@dataclass(frozen=True)
class AllowList:
    """What support.toml allows: numbers, hosts (with all below them) or links, mail addresses or `@host`, accounts,
    postal addresses. Anything else is a stranger's."""

    values: FrozenSet[str] = frozenset()

    def allows(self, contact: Contact) -> bool:
        if contact.kind == "url":
            return any(_covers(site, contact.value) for site in self._sites)
        if contact.kind == "email":
            return contact.value in self._plain or "@" + contact.value.rpartition("@")[2] in self._plain
        if contact.kind == "address":
            return any(
                place in contact.value or contact.value in place for place in self._plain if len(place) >= _LOCAL
            )
        if contact.value in self._plain:
            return True
        local = contact.kind == "phone" and len(contact.value) in (_LOCAL, _LOCAL + 1)
        return local and any(known.startswith("0") and known.endswith(contact.value) for known in self._plain)

    @cached_property
    def _plain(self) -> FrozenSet[str]:
        return frozenset(plain for kind, plain in self._read if kind != "url")

    @cached_property
    def _sites(self) -> FrozenSet[str]:
        return frozenset(plain for kind, plain in self._read if kind == "url")

    @cached_property
    def _read(self) -> Tuple[Tuple[str, str], ...]:
        return tuple(read for value in self.values if (read := read_value(value)) is not None)


def read_value(value: str) -> Tuple[str, str] | None:
    """Kind and plain form of one value of the list; None when it is no contact, or everybody's."""
    plain = _LABEL.sub("", fold(value).text).strip()
    if _NUMBER.fullmatch(plain):
        return "number", digits(plain)
    if _MAIL.fullmatch(plain):
        return "email", plain.lower()
    if _HOST.fullmatch(plain):
        host, path = split(re.sub(r"^https?://", "", plain, flags=re.IGNORECASE))
        return None if host in _EVERYBODY else ("url", host + path)
    if _ACCOUNT.fullmatch(plain):
        return "account", plain.lower()
    if _NAME.fullmatch(plain):
        return "name", re.sub(r"\s", "", plain).lower()
    return None


def is_contact(value: str) -> bool:
    """Whether the list can make anything of a value."""
    return read_value(value) is not None


def _covers(site: str, link: str) -> bool:
    """jiangheng.com covers help.jiangheng.com/a and itself; with a path, only that path and what is below it."""
    host, _, path = site.partition("/")
    other, _, rest = link.partition("/")
    if path:
        return other == host and (rest == path or rest.startswith((path + "/", path + "?", path + "#")))
    other = re.split("[?#]", other)[0]
    return other == host or other.endswith("." + host)
