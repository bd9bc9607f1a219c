"""In scope or not: a logistic gate over what the intent model says and what the words look like.

Out of scope is a decision, not a class: foreign examples, where a vendor has some, train only this gate,
never the intents. Without any, the gate stands on the signals alone, with weights that were measured once.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

import numpy as np


@dataclass(frozen=True)
class Signals:
    """What a text looks like to the intent model."""

    margin: float  # of the best intent
    gap: float  # to the second best
    sure: float  # probability of the best
    entropy: float  # of all, in nats
    known_bigrams: float  # share seen in training
    known_words: float  # share seen in training
    length: float  # log of the characters

    def values(self) -> Tuple[float, ...]:
        return astuple(self)


# Weights of standardised signals, for data without foreign examples: fitted once on this repository's
# training data (decision 0005), signs as one would expect except `sure` and `length`, which stay out.
PRIOR = (-0.7, -0.4, 0.0, 0.4, -0.9, -0.6, 0.0)


@dataclass(frozen=True)
class Background:
    """Ours or foreign, by the words alone: a linear model whose value is added as one more signal."""

    vocabulary: Mapping[str, int]
    idf: Any
    weights: Any
    bias: float

    def value(self, counts: Mapping[str, int]) -> float:
        """Positive for foreign text."""
        rows = [(self.vocabulary[name], n) for name, n in counts.items() if name in self.vocabulary]
        if not rows:
            return self.bias
        places = np.fromiter((row for row, _ in rows), dtype=np.int64, count=len(rows))
        tf = np.fromiter((1.0 + math.log(n) for _, n in rows), dtype=np.float32, count=len(rows))
        scaled = tf * self.idf[places]
        return float((scaled / np.linalg.norm(scaled)) @ self.weights[places] + self.bias)


@dataclass(frozen=True)
class Gate:
    """`mean` and `deviation` standardise the signals; a value over `threshold` is out of scope."""

    mean: Tuple[float, ...]
    deviation: Tuple[float, ...]
    weights: Tuple[float, ...]
    threshold: float
    background: Optional[Background] = None

    def score(self, signals: Signals, counts: Mapping[str, int]) -> float:
        """From 0 (familiar) to 1 (foreign); .5 is the threshold."""
        return 1.0 / (1.0 + math.exp(min(30.0, max(-30.0, self.threshold - self.value(signals, counts)))))

    def value(self, signals: Signals, counts: Mapping[str, int]) -> float:
        """The weighted sum before the threshold."""
        values = signals.values() + ((self.background.value(counts),) if self.background else ())
        return weighted(values, self.mean, self.deviation, self.weights)

    def to_json(self) -> Dict[str, Any]:
        data: Dict[str, Any] = {
            "mean": list(self.mean),
            "deviation": list(self.deviation),
            "weights": list(self.weights),
            "threshold": self.threshold,
        }
        if self.background is not None:
            data["background"] = {"vocabulary": list(self.background.vocabulary), "bias": self.background.bias}
        return data

    def arrays(self) -> Dict[str, Any]:
        """What is too large for JSON."""
        if self.background is None:
            return {}
        return {"background_idf": self.background.idf, "background_weights": self.background.weights}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], arrays: Mapping[str, Any]) -> Gate:
        background = None
        if "background" in data:
            background = Background(
                vocabulary={name: i for i, name in enumerate(data["background"]["vocabulary"])},
                idf=arrays["background_idf"],
                weights=arrays["background_weights"],
                bias=float(data["background"]["bias"]),
            )
        return cls(
            mean=tuple(data["mean"]),
            deviation=tuple(data["deviation"]),
            weights=tuple(data["weights"]),
            threshold=float(data["threshold"]),
            background=background,
        )


def weighted(
    values: Tuple[float, ...], mean: Tuple[float, ...], deviation: Tuple[float, ...], weights: Tuple[float, ...]
) -> float:
    """The sum of standardised values times weights."""
    parts = zip(values, mean, deviation, weights, strict=True)
    return sum(weight * (value - middle) / spread for value, middle, spread, weight in parts)
