"""A way to reach somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

KINDS = ("phone", "hotline", "url", "email", "qq", "wechat", "address")

# What a finder tells of a folded text: kind, start, end, value.
Found = Tuple[str, int, int, str]


@dataclass(frozen=True)
class Contact:
    """Where in the text one stands: `text` as written there, `value` in its one plain form.

    Offsets count characters of the text searched, end exclusive. `value` is digits for a number (no country code
    86, no extension), `host/path` in lower case for a link, the account or the address without blanks otherwise.
    `wechat` stands for every messenger's account and for public accounts by name.
    """

    kind: str
    text: str
    start: int
    end: int
    value: str = ""
