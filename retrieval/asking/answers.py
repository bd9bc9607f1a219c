"""A result as the decision the engine returns."""

from __future__ import annotations

from contract.decisions import Answer, Choices, Decline, Option, Runbook
from retrieval.asking.decision import ANSWER, CHOICES
from retrieval.asking.result import Offer, Result
from retrieval.asking.retriever import VERSION, Retriever, variant_offers
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.shown import decision_for


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


def _options(offers: tuple[Offer, ...]) -> tuple[Option, ...]:
    return tuple(Option(id=offer.entry_id, label=offer.label) for offer in offers)
