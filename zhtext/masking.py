"""Numbers and codes as words: what a message asks for does not depend on which one it names.

`催一下 GD-20261122-0042-7` must stay the intent of `催一下`; the digits would only add features that no
training example shares.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Iterator, List, Tuple

from zhtext.codes import find_codes
from zhtext.slots import find_slots

# No training example is written like that, so a masked number is never mistaken for somebody's word.
TICKET, PHONE, VERSION, CODE = "某工单号", "某电话号", "某版本号", "某故障码"

_SLOT_WORDS = {"ticket_number": TICKET, "phone": PHONE, "version": VERSION}

_MARKS = re.compile(r"([!?！？。.…~])\1+")
Span = Tuple[int, int, str]


def masked(text: str) -> str:
    """A normalised text with every ticket number, phone number, version and error code replaced by a fixed word.

    Codes are told by their shape alone: the same text has the same features whatever the corpus holds.
    """
    text = _calm(text)
    parts: List[str] = []
    last = 0
    for start, end, word in sorted(_spans(text)):
        parts += [text[last:start], word]
        last = end
    return "".join([*parts, text[last:]])


def _calm(text: str) -> str:
    """Without pictures and with one mark where several stand, unless the text is nothing else: 👍 says something."""
    if not any(map(str.isalnum, text)):
        return text
    plain = "".join(char for char in text if unicodedata.category(char) not in ("So", "Sk"))
    return _MARKS.sub(r"\1", plain).strip()


def _spans(text: str) -> Iterator[Span]:
    """What to replace; no two overlap, and a number that is a slot is no code."""
    slots = [slot for slot in find_slots(text) if slot.name in _SLOT_WORDS]
    for slot in slots:
        yield slot.start, slot.end, _SLOT_WORDS[slot.name]
    for code in find_codes(text):
        if all(code.end <= slot.start or slot.end <= code.start for slot in slots):
            yield code.start, code.end, CODE
