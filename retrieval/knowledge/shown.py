"""An entry as the decision that shows it. Pure: whoever shows an entry needs no index."""

from __future__ import annotations

import re

from contract.decisions import Answer, Runbook
from retrieval.knowledge import tables
from retrieval.knowledge.entry import Entry, Variant
from retrieval.knowledge.links import plain

_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*([-*+]|\d+[.)、])\s")


def decision_for(
    entry: Entry, variant: Variant | None = None, *, probability: float, build_id: str, trace_id: str
) -> Answer | Runbook:
    """The decision that shows one entry, or its answer for some versions: a runbook for emergencies, else an answer."""
    blocks = split_blocks(plain(variant.answer if variant else entry.answer))
    title = f"{entry.title}（{variant.label}）" if variant else entry.title
    if entry.type == "runbook":
        return Runbook(entry_id=entry.id, title=title, blocks=blocks, source=entry.source, build_id=build_id,
                       trace_id=trace_id)  # fmt: skip
    return Answer(
        entry_id=entry.id, version=entry.version, title=title, blocks=blocks, source=entry.source,
        review=entry.review, probability=probability, build_id=build_id, trace_id=trace_id, code=entry.code,
        workaround=plain(entry.workaround) if entry.workaround else None,
    )  # fmt: skip


def split_blocks(markdown: str) -> tuple[str, ...]:
    """Paragraphs, lists, tables and fenced code, each one block; blank lines and the start of a list part them."""
    lines = markdown.strip().splitlines()
    blocks: list[list[str]] = [[]]
    fenced, at = False, 0
    while at < len(lines):
        line = lines[at]
        if not fenced and (rows := tables.length(lines, at)):
            blocks += [[row.strip() for row in lines[at : at + rows]], []]
            at += rows
            continue
        if not fenced and (not line.strip() or _starts_list(line, blocks[-1])):
            blocks.append([])
        if _FENCE.match(line):
            fenced = not fenced
        if fenced or line.strip():
            blocks[-1].append(line.rstrip())
        at += 1
    return tuple("\n".join(block) for block in blocks if block)


def _starts_list(line: str, block: list[str]) -> bool:
    """The first item after a paragraph; later items and their continuation lines stay with it."""
    return bool(block) and bool(_ITEM.match(line)) and not _ITEM.match(block[0])
