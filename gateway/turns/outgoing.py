"""The last look at what is about to be said: nobody but the vendor may be named in an answer.

Ingest and review have looked before. This look is for what came in another way, so finding something is an error: the
sentence goes, and with nothing of use left the whole answer.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from contract.decisions import ENTRY, Answer, Choices, Decline, Option, Runbook
from gateway.engine import Part
from zhtext.contacts import AllowList, Contact, strangers, without_strangers

log = logging.getLogger(__name__)

Entry = TypeVar("Entry", Answer, Runbook)

_LEAST = 6  # letters and characters; what is shorter helps nobody
_LETTER = re.compile(r"[^\W\d_]")


def checked(part: Part, allow: AllowList) -> Part:
    """A part of a turn as it may be said; a decline when nothing of use is left of an answer or of the choices."""
    if isinstance(part, Answer):
        return cleared(part, allow) or _declined(part)
    if isinstance(part, Runbook):
        return cleared(part, allow) or _declined(part)
    if isinstance(part, Choices):
        options = _options(part.options, allow)
        return replace(part, options=options) if options else _declined(part)
    if isinstance(part, Decline):
        return replace(part, neighbours=_options(part.neighbours, allow))
    return part


def cleared(entry: Entry, allow: AllowList) -> Entry | None:
    """An entry without the sentences that name strangers; None when nothing of use is left."""
    workaround = entry.workaround if isinstance(entry, Answer) else None
    gone = [c for text in (entry.title, *entry.blocks, entry.source, workaround or "") for c in strangers(text, allow)]
    if not gone:
        return entry
    _tell(entry.entry_id, gone)
    blocks = tuple(left for block in entry.blocks if (left := _left(block, allow).strip()))
    title = _left(entry.title, allow)
    if not title or len(_LETTER.findall("".join(blocks))) < _LEAST:
        return None
    said: dict[str, Any] = {"title": title, "blocks": blocks, "source": _left(entry.source, allow)}
    if workaround:
        said["workaround"] = _left(workaround, allow) or None
    return replace(entry, **said)


def _declined(part: Answer | Runbook | Choices) -> Decline:
    return Decline("no_evidence", build_id=part.build_id, trace_id=part.trace_id, question=part.question)


def _options(options: Sequence[Option], allow: AllowList) -> tuple[Option, ...]:
    kept = []
    for option in options:
        if gone := strangers(option.label, allow):
            _tell(option.id.removeprefix(ENTRY), gone)
        else:
            kept.append(option)
    return tuple(kept)


def _left(text: str, allow: AllowList) -> str:
    return without_strangers(text, allow)[0]


def _tell(entry_id: str, gone: Sequence[Contact]) -> None:
    """Kinds only: the numbers themselves are somebody's."""
    kinds = ", ".join(sorted({contact.kind for contact in gone}))
    log.error("entry %s names %d contacts outside the allow-list (%s); left out", entry_id, len(gone), kinds)
