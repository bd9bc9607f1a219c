"""Ticket and telephone numbers, typed or dictated digit by digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhtext.slots.found import Found

_TICKET = re.compile(r"(?<![A-Za-z0-9])GD[\s\-_]?\d{8}[\s\-_]?\d{4,6}[\s\-_]?\d(?!\d)", re.IGNORECASE)

_SPOKEN = dict(zip("零〇一二两三四五六七八九幺洞", "00122345678910", strict=True))
_DIGITS = str.maketrans(_SPOKEN)
# Seven in a row are dictated; 一二三四 may still count something.
_DICTATED = re.compile(f"[0-9{''.join(_SPOKEN)}](?:[ -]?[0-9{''.join(_SPOKEN)}]){{7,14}}")

_PHONE = re.compile(
    r"(?<![\d.\-])(?:\+?86[- ]?)?1[3-9]\d(?:(?:[- ]?\d{4}){2}|[- ]\d{3}[- ]\d{5}|\d{2}[- ]\d{6}|\d[- ]\d{3}[- ]\d{4})(?!\d)"  # mainland mobile
    r"|(?<![\d.\-])\(?0\d{2,3}\)?[- ]?\d{7,8}(?:-\d{1,5})?(?!\d)"  # mainland land line
    r"|(?<![\d.\-])(?:\+?886[- ]?|0)9\d{2}[- ]?\d{3}[- ]?\d{3}(?!\d)"  # Taiwan mobile
    r"|(?<![\d.\-])\(?0[2-8]\)?[- ]\d{3,4}[- ]\d{4}(?!\d)"  # Taiwan land line
    r"|(?<![\d.\-])\+?85[23][- ]?[2-9]\d{3}[- ]?\d{4}(?!\d)"  # Hong Kong, Macau
    r"|\+\d{1,3}(?:[- ]?\d{2,4}){2,4}(?!\d)"  # the rest of the world writes its plus
    r"|(?:电话|手机|号码|手提|致电|联系|联络|打(?:返|回)?(?:给|畀)?我?|[覆回]我|whatsapp|call)[^\d。]{0,6}(?P<local>[2-9]\d{3}[- ]?\d{4})(?!\d|-\d)",  # Hong Kong at home
    re.IGNORECASE,
)


def tickets(text: str) -> Iterator[Found]:
    """Our own ticket numbers; the desk knows their check digit."""
    for match in _TICKET.finditer(text):
        yield Found("ticket_number", re.sub(r"[\s_]", "-", match.group().upper()), *match.span())


def phones(text: str) -> Iterator[Found]:
    """Telephone numbers: digits only, a leading plus kept."""
    for match in _PHONE.finditer(_with_dictated_digits(text)):
        group = "local" if match.group("local") else 0
        yield Found("phone", re.sub(r"[^\d+]", "", match.group(group)), *match.span(group))


def _with_dictated_digits(text: str) -> str:
    """一三八零零… -> 13800…, one character for one, so that places stay."""
    return _DICTATED.sub(lambda run: run.group().translate(_DIGITS), text)
