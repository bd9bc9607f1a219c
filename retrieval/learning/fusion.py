"""Learned fusion in two steps: which candidate leads, and whether it may be believed.

The order comes from a conditional logit (McFadden 1974: softmax over the candidates of one
question), because what is common to all candidates must not disturb their order. The probability
comes from boosted trees (`retrieval.learning.belief`) over the leader's lead and its absolute evidence, because
that is what tells an answerable question from one the knowledge base does not cover.

The trees are shipped; a knowledge base learns what their logit means for it. That and the order
maximise the posterior under a Gaussian prior centred at the shipped weights: a knowledge base with few
questions keeps the prior, one with many outvotes it. What is shipped is learned on many bases
(`retrieval.training.weights`). A verbatim question and a code cannot be learned from questions that
are left out: they are rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.asking.scorer import COMPARED, FEATURES, RULES
from retrieval.learning.belief import Belief
from retrieval.learning.newton import Doubles, maximise

Floats = NDArray[np.floating[Any]]

# Precision of the prior on each weight.
PRIOR_STRENGTH = 10.0
# What a verbatim question or a code is worth: more than any other evidence, less than certainty.
RULE_LOGIT = {"exact": 100.0, "code": 200.0}
RULE_PROBABILITY = 0.99
# What belief is drawn from. Of a candidate: its lead over the best other one, its strength and that of the rival, the
# third best, its share of the softmax over all candidates and how evenly that is spread (entropy), and the evidence.
KNOWN = (
    "lead", "strength", "rival", "third", "share", "spread", "short", "dense", "dense_mean", "aligned", "answer",
    "answer_dense", "whole", "cover", "char",
)  # fmt: skip
CONFIDENCE = ("slope", "intercept")
BELIEVED = 10
# Only leaders and their nearest rivals ever become answers or choices.
_FITTED_PLACES = 3


class Judged(NamedTuple):
    """Features of the candidates of one question, which of them is right (at most one), and what the question counts.

    `fold` says which of the trees have not seen the question; None where none has.
    """

    features: Floats
    right: NDArray[np.bool_]
    importance: float
    fold: int | None = None


@dataclass(frozen=True)
class Fusion:
    """`rank` weighs the compared features; `belief` says how far a candidate may be believed, and `confidence` (slope
    and intercept of its logit) what that means in this knowledge base."""

    rank: Mapping[str, float]
    confidence: Mapping[str, float]
    belief: Belief

    def ranked(self, features: Floats, fold: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Positions of the candidates from best to worst, and their probabilities in that order, never rising.

        Behind the first `BELIEVED` nobody looks: they have the probability of the last of those.
        """
        if not len(features):
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        strength = self.strength(features)
        order = np.argsort(-(strength + _rules(features)), kind="stable")
        first = order[:BELIEVED]
        logits = self.belief.logits(known(features, strength)[first], fold)
        probabilities = sigmoid(self.confidence["slope"] * logits + self.confidence["intercept"])
        matched = features[first][:, [FEATURES.index(name) for name in RULES]].max(axis=1) > 0
        falling = np.minimum.accumulate(np.where(matched, RULE_PROBABILITY, probabilities))
        return order, np.append(falling, np.full(len(order) - len(first), falling[-1]))

    def strength(self, features: Floats) -> Doubles:
        """The conditional logit's score without rules; only differences within one question mean anything."""
        weights = np.array([self.rank[name] for name in COMPARED])
        strength: Doubles = features[:, : len(COMPARED)].astype(np.float64) @ weights
        return strength

    def to_json(self) -> dict[str, Any]:
        return {"rank": dict(self.rank), "confidence": dict(self.confidence), "belief": self.belief.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fusion:
        return cls({name: float(data["rank"][name]) for name in COMPARED},
                   {name: float(data["confidence"][name]) for name in CONFIDENCE},
                   Belief.from_json(data["belief"]))  # fmt: skip


def known(features: Floats, strength: Doubles) -> Doubles:
    """What is known of each candidate, in the order of `KNOWN`."""
    falling = np.sort(strength)[::-1]
    third = np.full(len(strength), falling[min(2, len(falling) - 1)])
    share = _softmax(strength)
    spread = np.full(len(share), -float(share @ np.log(np.maximum(share, 1e-12))))
    lead = _lead(strength)
    named = [features[:, FEATURES.index(name)] for name in KNOWN[6:]]
    return np.column_stack([lead, strength, strength - lead, third, share, spread, *named]).astype(np.float64)


def fit(
    questions: Sequence[Judged], around: Fusion, *, believed: Sequence[Judged] | None = None,
    strength: float = PRIOR_STRENGTH,
) -> Fusion:  # fmt: skip
    """Weights from questions. What belief means is learned from the `believed` ones only, if that is said; `strength`
    is the precision of the prior around known weights."""
    rank = fit_rank([question for question in questions if question.right.any()], around.rank, strength)
    told = [one for one in (questions if believed is None else believed) if len(one.features)]
    return Fusion(rank, _fit_confidence(told, rank, around, strength), around.belief)


def fit_rank(questions: Sequence[Judged], around: Mapping[str, float], strength: float) -> dict[str, float]:
    """The conditional logit alone; each question has a right candidate."""
    centre = np.array([around[name] for name in COMPARED])
    if not questions:
        return dict(around)
    design = np.concatenate([one.features[:, : len(COMPARED)] for one in questions]).astype(np.float64)
    right = np.concatenate([one.right for one in questions]).astype(np.float64)
    sizes = np.array([len(one.right) for one in questions])
    importance = np.array([one.importance for one in questions])
    each = np.repeat(importance, sizes)
    starts = np.concatenate([[0], np.cumsum(sizes[:-1])])

    def model(weights: Doubles) -> tuple[float, Doubles, Doubles]:
        logits = design @ weights
        logits -= np.repeat(np.maximum.reduceat(logits, starts), sizes)
        weight = np.exp(logits)
        total = np.add.reduceat(weight, starts)
        share = weight / np.repeat(total, sizes)
        mean = np.add.reduceat(design * share[:, None], starts)
        loss = float(importance @ np.log(total) - (each * right) @ logits)
        curve = (design * (each * share)[:, None]).T @ design - (mean * importance[:, None]).T @ mean
        return loss, design.T @ (each * (share - right)), curve

    return dict(zip(COMPARED, map(float, maximise(model, centre, strength)), strict=True))


def leaders(features: Floats, rank: Mapping[str, float]) -> tuple[NDArray[np.int64], Doubles]:
    """Positions of the candidates that may become answers or choices, and what is known of each."""
    strength: Doubles = features[:, : len(COMPARED)].astype(np.float64) @ np.array([rank[name] for name in COMPARED])
    first = np.argsort(-strength, kind="stable")[:_FITTED_PLACES]
    return first, known(features, strength)[first]


def _fit_confidence(
    questions: Sequence[Judged], rank: Mapping[str, float], around: Fusion, prior: float
) -> dict[str, float]:
    """Slope and intercept of the trees' logit (Platt 1999)."""
    if not questions:
        return dict(around.confidence)
    logits, right, importance = [], [], []
    for one in questions:
        first, about = leaders(one.features, rank)
        logits.append(around.belief.logits(about, one.fold))
        right.append(one.right[first])
        importance.append(np.full(len(first), one.importance))
    told = np.concatenate(logits)
    design = np.column_stack([told, np.ones(len(told))])
    target, weights = np.concatenate(right).astype(np.float64), np.concatenate(importance)

    def model(found: Doubles) -> tuple[float, Doubles, Doubles]:
        logits = design @ found
        probability = sigmoid(logits)
        loss = float(weights @ (np.logaddexp(0.0, logits) - target * logits))
        curve = (design * (weights * probability * (1 - probability))[:, None]).T @ design
        return loss, design.T @ (weights * (probability - target)), curve

    centre = np.array([around.confidence[name] for name in CONFIDENCE])
    return dict(zip(CONFIDENCE, map(float, maximise(model, centre, prior)), strict=True))


def sigmoid(logits: Floats) -> Doubles:
    """1 / (1 + e^-x) without overflow."""
    probabilities: Doubles = np.exp(-np.logaddexp(0.0, -np.asarray(logits, dtype=np.float64)))
    return probabilities


def _rules(features: Floats) -> Doubles:
    weights = np.zeros(len(FEATURES))
    weights[[FEATURES.index(name) for name in RULES]] = [RULE_LOGIT[name] for name in RULES]
    bonus: Doubles = features.astype(np.float64) @ weights
    return bonus


def _softmax(strength: Doubles) -> Doubles:
    weight = np.exp(strength - strength.max())
    share: Doubles = weight / weight.sum()
    return share


def _lead(strength: Doubles) -> Doubles:
    """Lead over the best other candidate; negative for all but the first."""
    if len(strength) == 1:
        return np.maximum(strength, 0.0)
    second, first = np.partition(strength, -2)[-2:]
    lead: Doubles = strength - np.where(strength == first, second, first)
    return lead
