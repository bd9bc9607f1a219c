"""In scope or not: a logistic gate over what the intent model says and what the words look like.

Out of scope is a decision, not a class: foreign examples, where a vendor has some, train only this gate,
never the intents. Without any, the gate stands on the signals alone, with weights that were measured once.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

from bot.tfidf import Linear


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
    """Ours or foreign, by the words alone: a linear model with one output, added as one more signal."""

    linear: Linear

    def value(self, counts: Mapping[str, int]) -> float:
        """Positive for foreign text."""
        return float(self.linear.values(counts)[0])


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
            data["background"] = {"vocabulary": list(self.background.linear.vocabulary)}
        return data

    def arrays(self) -> Dict[str, Any]:
        """What is too large for JSON."""
        if self.background is None:
            return {}
        linear = self.background.linear
        return {"background_idf": linear.idf, "background_weights": linear.weights, "background_bias": linear.bias}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], arrays: Mapping[str, Any]) -> Gate:
        background = None
        if "background" in data:
            vocabulary = {name: i for i, name in enumerate(data["background"]["vocabulary"])}
            linear = Linear(
                vocabulary, arrays["background_idf"], arrays["background_weights"], arrays["background_bias"]
            )
            background = Background(linear)
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
