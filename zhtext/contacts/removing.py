"""A text without the sentences that name strangers.

The smallest unit is a sentence, in a Markdown table a cell; a line of which nothing is left goes with its marker.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import List, Sequence, Tuple

from zhtext.contacts.allowing import AllowList
from zhtext.contacts.contact import Contact
from zhtext.contacts.finding import strangers

_END = re.compile(r"[。！？!?；;…]+[”’」』）)\]】*]*|[.](?=\s)")
_NOTHING = re.compile(r"[\s>#*+•·|:：、.()（）\-]*(?:[0-9]{1,3}[.、)）])?[\s*_`~|:：、.()（）\-]*")
_PASSES = 8  # what is left may join into a number once more


def without_strangers(text: str, allow: AllowList) -> Tuple[str, Tuple[Contact, ...]]:
    """`text` without the sentences that hold a contact that is not on the list, and those contacts."""
    gone: List[Contact] = []
    for _ in range(_PASSES):
        found = strangers(text, allow)
        if not found:
            break
        gone += found
        text = without(text, found)
    return text, tuple(gone)


def without(text: str, spans: Sequence[Contact]) -> str:
    """`text` without the sentences around these places."""
    kept: List[str] = []
    at = 0
    for line in text.splitlines(keepends=True):
        inside = [(s.start - at, s.end - at) for s in spans if s.start < at + len(line) and s.end > at]
        kept.append(_line(line, inside) if inside else line)
        at += len(line)
    left = "".join(kept)
    return left if text.endswith("\n") else left.rstrip("\n")


def _line(line: str, spans: Sequence[Tuple[int, int]]) -> str:
    row = line.lstrip().startswith("|")
    units = _cells(line) if row else sentences(line, spans)
    left = "".join(
        line[start:end] if not _touched(start, end, spans) else ("  " if row else "") for start, end in units
    )
    return "" if _NOTHING.fullmatch(left) else left.rstrip() + line[len(line.rstrip("\r\n")) :]


def sentences(line: str, together: Sequence[Tuple[int, int]] = ()) -> List[Tuple[int, int]]:
    """Start and end of each sentence; no cut falls inside one of the spans `together`."""
    ends = [m.end() for m in _END.finditer(line) if not any(start < m.end() < end for start, end in together)]
    bounds = [0, *(end for end in ends if end < len(line)), len(line)]
    return list(pairwise(bounds))


def _cells(line: str) -> List[Tuple[int, int]]:
    """The cells of a Markdown row and, as units of their own, the bars between them."""
    bars = [m.start() for m in re.finditer(r"(?<!\\)\|", line)]
    bounds = sorted({0, len(line), *bars, *(bar + 1 for bar in bars)})
    return list(pairwise(bounds))


def _touched(start: int, end: int, spans: Sequence[Tuple[int, int]]) -> bool:
    return any(start < to and from_ < end for from_, to in spans)
