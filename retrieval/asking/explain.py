"""Why a candidate stands where it stands: what each feature added to its score."""

from __future__ import annotations

from typing import Any

from retrieval.asking.retriever import Retriever
from retrieval.learning.fusion import Fusion

_DIGITS = 6


def explained(retriever: Retriever, question: str, *, top: int = 10) -> dict[str, Any]:
    """`Result.to_json` with `weights`, and `contributions` of each candidate.

    Weights are those of the features that are weighed against each other, by name; a contribution is weight times
    value. Features that have none (rules, and what only the probability is computed from) are left out of both.
    """
    data = retriever.ask(question, top=top).to_json()
    weights = _weights(retriever.fitted.fusion)
    candidates = [{**one, "contributions": _contributions(one["features"], weights)} for one in data["candidates"]]
    return {**data, "weights": weights, "candidates": candidates}


def _weights(fusion: Fusion) -> dict[str, float]:
    return {name: round(float(weight), _DIGITS) for name, weight in fusion.rank.items()}


def _contributions(features: dict[str, float], weights: dict[str, float]) -> dict[str, float]:
    return {name: round(weights[name] * value, _DIGITS) for name, value in features.items() if name in weights}
