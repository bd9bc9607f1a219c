"""A text without the sentences that name strangers.

The smallest unit is a sentence, in a Markdown table a cell; a line of which nothing is left goes with its marker.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from typing import Dict, List, Sequence, Tuple

from zhtext.contacts.allowing import AllowList
from zhtext.contacts.contact import Contact
from zhtext.contacts.finding import strangers
from zhtext.spans import Taken

_END = re.compile(r"[。！？!?；;…]+[”’」』）)\]】*]*|[.](?=\s)")
# The sign after the first star must not be one of its own: two stars that share signs cost the square of their run.
_NOTHING = re.compile(
    r"[\s>#*+•·|:：、.()（）\-]*(?![\s>#*+•·|:：、.()（）\-])(?:[0-9]{1,3}[.、)）])?[\s*_`~|:：、.()（）\-]*"
)
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
    lines = text.splitlines(keepends=True)
    starts = list(accumulate(map(len, lines), initial=0))
    inside = _by_line(starts, spans)
    for number, line in enumerate(lines):
        kept.append(_line(line, inside[number]) if number in inside else line)
    left = "".join(kept)
    return left if text.endswith("\n") else left.rstrip("\n")


def _by_line(starts: Sequence[int], spans: Sequence[Contact]) -> Dict[int, List[Tuple[int, int]]]:
    """For each line the spans that touch it, counted from its start."""
    inside: Dict[int, List[Tuple[int, int]]] = {}
    for span in spans:
        for number in range(bisect_right(starts, span.start) - 1, bisect_left(starts, span.end)):
            inside.setdefault(number, []).append((span.start - starts[number], span.end - starts[number]))
    return inside


def _line(line: str, spans: Sequence[Tuple[int, int]]) -> str:
    row = line.lstrip().startswith("|")
    units = _cells(line) if row else sentences(line, spans)
    touched = Taken(len(line))
    for span in spans:
        touched.mark(*span)
    left = "".join(
        line[start:end] if not touched.touches(start, end) else ("  " if row else "") for start, end in units
    )
    return "" if _NOTHING.fullmatch(left) else left.rstrip() + line[len(line.rstrip("\r\n")) :]


def sentences(line: str, together: Sequence[Tuple[int, int]] = ()) -> List[Tuple[int, int]]:
    """Start and end of each sentence; no cut falls inside one of the spans `together`."""
    inner = Taken(len(line))
    for start, end in together:
        inner.mark(start + 1, end)
    ends = [m.end() for m in _END.finditer(line) if not inner.touches(m.end(), m.end() + 1)]
    bounds = [0, *(end for end in ends if end < len(line)), len(line)]
    return list(pairwise(bounds))


def _cells(line: str) -> List[Tuple[int, int]]:
    """The cells of a Markdown row and, as units of their own, the bars between them."""
    bars = [m.start() for m in re.finditer(r"(?<!\\)\|", line)]
    bounds = sorted({0, len(line), *bars, *(bar + 1 for bar in bars)})
    return list(pairwise(bounds))
