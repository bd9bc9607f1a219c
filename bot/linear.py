"""A linear intent model on character n-grams and words, with a gate for what is out of scope.

Training uses scikit-learn; serving needs NumPy alone: one look-up for each feature, one gather, one product.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Dict, Mapping, Sequence, Tuple

import numpy as np

from bot.gate import Gate, Signals
from bot.tfidf import Linear
from zhtext.masking import masked
from zhtext.segment import words

SEED = 20261122


@dataclass(frozen=True)
class Guess:
    """Intents by probability, and how foreign the text is (0 familiar, 1 foreign); `rejected`: out of scope."""

    ranking: Tuple[Tuple[str, float], ...]
    out_of_scope: float
    rejected: bool


@lru_cache(maxsize=8)  # several components ask for those of the message at hand
def features(text: str) -> Tuple[str, ...]:
    """Character 1-3-grams with borders, and words: `c:` and `w:` keep them apart. Numbers and codes are masked."""
    plain = masked(text).lower()
    padded = f" {plain} "
    grams = [f"c:{padded[i : i + n]}" for n in (1, 2, 3) for i in range(len(padded) - n + 1)]
    return (*grams, *(f"w:{word}" for word in words(plain)))


@dataclass(frozen=True)
class LinearIntents:
    """The model: one-vs-rest margins of the intents, their temperature, and the gate."""

    labels: Tuple[str, ...]
    linear: Linear
    temperature: float
    gate: Gate

    def classify(self, text: str) -> Guess:
        """The intents of a normalised text, best first."""
        names = features(text)
        counts = Counter(names)
        margins = self.linear.values(counts)
        probabilities = softmax(margins, self.temperature)
        order = np.argsort(-probabilities)[:10]
        ranking = tuple((self.labels[i], float(probabilities[i])) for i in order)
        foreign = self.gate.score(signals(margins, probabilities, names, self.linear.vocabulary, text), counts)
        return Guess(ranking, foreign, foreign > 0.5)


def softmax(margins: Any, temperature: float) -> Any:
    """Probabilities from margins."""
    scaled = np.exp((margins - margins.max()) / temperature)
    return scaled / scaled.sum()


def signals(margins: Any, probabilities: Any, names: Sequence[str], known: Mapping[str, int], text: str) -> Signals:
    """What tells a foreign text: low margins, a flat distribution, n-grams and words nobody has written before."""
    top = np.sort(margins)[::-1]
    bigrams = [name for name in names if name.startswith("c:") and len(name) == 4]
    words_ = [name for name in names if name.startswith("w:")]
    return Signals(
        margin=float(top[0]),
        gap=float(top[0] - top[1]) if len(top) > 1 else 0.0,
        sure=float(probabilities.max()),
        entropy=float(-(probabilities * np.log(probabilities + 1e-9)).sum()),
        known_bigrams=_share(bigrams, known),
        known_words=_share(words_, known),
        length=math.log1p(len(text)),
    )


def _share(names: Sequence[str], known: Mapping[str, int]) -> float:
    return sum(name in known for name in names) / len(names) if names else 0.0


def to_arrays(model: LinearIntents) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """JSON and arrays, from which `from_arrays` makes the same model. No pickle."""
    data = {
        "labels": list(model.labels),
        "vocabulary": list(model.linear.vocabulary),
        "temperature": model.temperature,
        "gate": model.gate.to_json(),
    }
    arrays = {"weights": model.linear.weights, "bias": model.linear.bias, "idf": model.linear.idf}
    return data, {**arrays, **model.gate.arrays()}


def from_arrays(data: Mapping[str, Any], arrays: Mapping[str, Any]) -> LinearIntents:
    """The model of `to_arrays`."""
    vocabulary = {name: i for i, name in enumerate(data["vocabulary"])}
    return LinearIntents(
        labels=tuple(data["labels"]),
        linear=Linear(vocabulary, arrays["idf"], arrays["weights"], arrays["bias"]),
        temperature=float(data["temperature"]),
        gate=Gate.from_json(data["gate"], arrays),
    )
