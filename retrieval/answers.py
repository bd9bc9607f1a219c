"""A result as the decision the engine returns."""

from __future__ import annotations

import re

from contract.decisions import Answer, Choices, Decline, Option, Runbook
from retrieval.decision import ANSWER, CHOICES
from retrieval.entry import Entry, Variant
from retrieval.result import Offer, Result
from retrieval.retriever import VERSION, Retriever, variant_offers

_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*([-*+]|\d+[.)、])\s")


def decision_of(result: Result, retriever: Retriever) -> Answer | Choices | Decline | Runbook:
    """The contract's decision for a result of this very retriever."""
    if result.decision == ANSWER and result.entry_id is not None:
        entry = retriever.entry(result.entry_id)
        if entry is not None:
            variant = next((one for one in entry.variants if one.versions == result.variant), None)
            return decision_for(entry, variant, probability=result.probability, build_id=result.build_id,
                                trace_id=result.trace_id)  # fmt: skip
    if result.decision == CHOICES:
        return Choices(options=_options(result.offers), build_id=result.build_id, trace_id=result.trace_id,
                       about=VERSION if result.reason == VERSION else "")  # fmt: skip
    reason = "unknown_code" if result.reason == "unknown_code" else "no_evidence"
    return Decline(reason=reason, codes=result.codes, neighbours=_options(result.offers), build_id=result.build_id,
                   trace_id=result.trace_id)  # fmt: skip


def decision_picked(
    entry: Entry, versions: str, *, known: str | None, build_id: str, trace_id: str
) -> Answer | Choices | Runbook:
    """The decision for an entry somebody picked from choices: `versions` if one of its versions was picked, else the
    answer for the version that is `known`, or the question which one it is."""
    variant = next((one for one in entry.variants if one.versions == versions), None)
    if variant is None and known:
        variant = entry.variant(known)
    elif variant is None and entry.variants:
        return Choices(options=_options(variant_offers(entry)), build_id=build_id, trace_id=trace_id, about=VERSION)
    return decision_for(entry, variant, probability=1.0, build_id=build_id, trace_id=trace_id)


def decision_for(
    entry: Entry, variant: Variant | None = None, *, probability: float, build_id: str, trace_id: str
) -> Answer | Runbook:
    """The decision that shows one entry, or its answer for some versions: a runbook for emergencies, else an answer."""
    blocks = split_blocks(variant.answer if variant else entry.answer)
    title = f"{entry.title}（{variant.label}）" if variant else entry.title
    if entry.type == "runbook":
        return Runbook(entry_id=entry.id, title=title, blocks=blocks, source=entry.source, build_id=build_id,
                       trace_id=trace_id)  # fmt: skip
    return Answer(
        entry_id=entry.id, version=entry.version, title=title, blocks=blocks, source=entry.source,
        review=entry.review, probability=probability, build_id=build_id, trace_id=trace_id, code=entry.code,
        workaround=entry.workaround,
    )  # fmt: skip


def split_blocks(markdown: str) -> tuple[str, ...]:
    """Paragraphs, lists and fenced code, each one block; blank lines and the start of a list part them."""
    blocks: list[list[str]] = [[]]
    fenced = False
    for line in markdown.strip().splitlines():
        if not fenced and (not line.strip() or _starts_list(line, blocks[-1])):
            blocks.append([])
        if _FENCE.match(line):
            fenced = not fenced
        if fenced or line.strip():
            blocks[-1].append(line.rstrip())
    return tuple("\n".join(block) for block in blocks if block)


def _starts_list(line: str, block: list[str]) -> bool:
    """The first item after a paragraph; later items and their continuation lines stay with it."""
    return bool(block) and bool(_ITEM.match(line)) and not _ITEM.match(block[0])


def _options(offers: tuple[Offer, ...]) -> tuple[Option, ...]:
    return tuple(Option(id=offer.entry_id, label=offer.label) for offer in offers)
