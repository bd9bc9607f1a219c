"""Learned fusion in two steps: which candidate leads, and whether it may be believed.

The order comes from a conditional logit (McFadden 1974: softmax over the candidates of one
question), because what is common to all candidates must not disturb their order. The probability
comes from a logistic model over the leader's lead and its absolute evidence, because that is what
tells an answerable question from one the knowledge base does not cover.

Both maximise the posterior under a Gaussian prior centred at the shipped weights: a knowledge base
with few similar questions keeps the prior, one with many outvotes it. The shipped rank weights are
balanced by hand and the prior is strong, because editors write similar questions to differ from each
other: left out one by one they say that shared wording is worth nothing, and real askers share it. A
verbatim question and a code cannot be learned from questions that are left out: they are rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.newton import Doubles, maximise
from retrieval.scorer import COMPARED, FEATURES, RULES

Floats = NDArray[np.floating[Any]]

PRIOR_FILE = Path(__file__).parent / "prior.json"
# Precision of the prior on each weight.
PRIOR_STRENGTH = 10.0
# What a verbatim question or a code is worth: more than any other evidence, less than certainty.
RULE_LOGIT = {"exact": 100.0, "code": 200.0}
RULE_PROBABILITY = 0.99
CONFIDENCE = ("lead", "strength", "dense", "answer", "short", "intercept")
# Only leaders and their nearest rivals ever become answers or choices.
_FITTED_PLACES = 3


@dataclass(frozen=True)
class Fusion:
    """`rank` weighs the compared features, `confidence` what follows from them; both by name."""

    rank: Mapping[str, float]
    confidence: Mapping[str, float]

    def ranked(self, features: Floats) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Positions of the candidates from best to worst, and their probabilities in that order, never rising."""
        if not len(features):
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        strength = self.strength(features)
        order = np.argsort(-(strength + _rules(features)), kind="stable")
        weights = np.array([self.confidence[name] for name in CONFIDENCE])
        probabilities = sigmoid(confidence_features(features, strength) @ weights)
        matched = features[:, [FEATURES.index(name) for name in RULES]].max(axis=1) > 0
        probabilities = np.where(matched, RULE_PROBABILITY, probabilities)
        return order, np.minimum.accumulate(probabilities[order])

    def strength(self, features: Floats) -> Doubles:
        """The conditional logit's score without rules; only differences within one question mean anything."""
        weights = np.array([self.rank[name] for name in COMPARED])
        strength: Doubles = features[:, : len(COMPARED)].astype(np.float64) @ weights
        return strength

    def to_json(self) -> dict[str, Any]:
        return {"rank": dict(self.rank), "confidence": dict(self.confidence)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fusion:
        return cls({name: float(data["rank"][name]) for name in COMPARED},
                   {name: float(data["confidence"][name]) for name in CONFIDENCE})  # fmt: skip


def prior() -> Fusion:
    """The shipped weights."""
    return Fusion.from_json(json.loads(PRIOR_FILE.read_text(encoding="utf-8"))["fusion"])


def confidence_features(features: Floats, strength: Doubles) -> Doubles:
    """What the probability of each candidate is computed from, in the order of `CONFIDENCE`."""
    named = [features[:, FEATURES.index(name)] for name in ("dense", "answer", "short")]
    return np.column_stack([_lead(strength), strength, *named, np.ones(len(features))]).astype(np.float64)


def fit(questions: Sequence[tuple[Floats, NDArray[np.bool_], float]], around: Fusion) -> Fusion:
    """Weights from questions: features of the candidates, which of them is right (if any), importance."""
    rank = _fit_rank([(features, right) for features, right, _ in questions if right.any()], around)
    return _fit_confidence(questions, Fusion(rank, around.confidence))


def _fit_rank(questions: Sequence[tuple[Floats, NDArray[np.bool_]]], around: Fusion) -> dict[str, float]:
    centre = np.array([around.rank[name] for name in COMPARED])
    if not questions:
        return dict(around.rank)
    design = np.concatenate([features[:, : len(COMPARED)] for features, _ in questions]).astype(np.float64)
    right = np.concatenate([right for _, right in questions]).astype(np.float64)
    sizes = np.array([len(right) for _, right in questions])
    starts = np.concatenate([[0], np.cumsum(sizes[:-1])])

    def model(weights: Doubles) -> tuple[float, Doubles, Doubles]:
        logits = design @ weights
        logits -= np.repeat(np.maximum.reduceat(logits, starts), sizes)
        weight = np.exp(logits)
        total = np.add.reduceat(weight, starts)
        share = weight / np.repeat(total, sizes)
        mean = np.add.reduceat(design * share[:, None], starts)
        loss = float(np.log(total).sum() - right @ logits)
        return loss, design.T @ (share - right), (design * share[:, None]).T @ design - mean.T @ mean

    return dict(zip(COMPARED, map(float, maximise(model, centre, PRIOR_STRENGTH)), strict=True))


def _fit_confidence(questions: Sequence[tuple[Floats, NDArray[np.bool_], float]], ranked: Fusion) -> Fusion:
    rows, right, importance = [], [], []
    for features, truth, weight in questions:
        if not len(features):
            continue
        strength = ranked.strength(features)
        leaders = np.argsort(-strength, kind="stable")[:_FITTED_PLACES]
        rows.append(confidence_features(features, strength)[leaders])
        right.append(truth[leaders])
        importance.append(np.full(len(leaders), weight))
    design, target, weights = np.concatenate(rows), np.concatenate(right).astype(np.float64), np.concatenate(importance)

    def model(found: Doubles) -> tuple[float, Doubles, Doubles]:
        logits = design @ found
        probability = sigmoid(logits)
        loss = float(weights @ (np.logaddexp(0.0, logits) - target * logits))
        curve = (design * (weights * probability * (1 - probability))[:, None]).T @ design
        return loss, design.T @ (weights * (probability - target)), curve

    centre = np.array([ranked.confidence[name] for name in CONFIDENCE])
    fitted = maximise(model, centre, PRIOR_STRENGTH)
    return Fusion(ranked.rank, dict(zip(CONFIDENCE, map(float, fitted), strict=True)))


def sigmoid(logits: Floats) -> Doubles:
    """1 / (1 + e^-x) without overflow."""
    probabilities: Doubles = np.exp(-np.logaddexp(0.0, -np.asarray(logits, dtype=np.float64)))
    return probabilities


def _rules(features: Floats) -> Doubles:
    weights = np.zeros(len(FEATURES))
    weights[[FEATURES.index(name) for name in RULES]] = [RULE_LOGIT[name] for name in RULES]
    bonus: Doubles = features.astype(np.float64) @ weights
    return bonus


def _lead(strength: Doubles) -> Doubles:
    """Lead over the best other candidate; negative for all but the first."""
    if len(strength) == 1:
        return np.maximum(strength, 0.0)
    second, first = np.partition(strength, -2)[-2:]
    lead: Doubles = strength - np.where(strength == first, second, first)
    return lead
