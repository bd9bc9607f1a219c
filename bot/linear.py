"""A linear intent model on character n-grams and words, with an out-of-scope threshold.

Training uses scikit-learn; serving needs NumPy alone.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Tuple

import numpy as np

from zhtext.segment import words

Array = "np.ndarray[Any, np.dtype[np.float32]]"


@dataclass(frozen=True)
class Guess:
    """Intents by probability, and how little the text resembles any of them (0 familiar, 1 foreign)."""

    ranking: Tuple[Tuple[str, float], ...]
    out_of_scope: float
    rejected: bool


def features(text: str) -> List[str]:
    """Character 1-3-grams with borders, and words: `c:` and `w:` keep them apart."""
    plain = text.lower()
    padded = f" {plain} "
    grams = [f"c:{padded[i : i + n]}" for n in (1, 2, 3) for i in range(len(padded) - n + 1)]
    return grams + [f"w:{word}" for word in words(plain)]


@dataclass
class LinearIntents:
    """`weights` is features x labels, already scaled by idf."""

    labels: Tuple[str, ...]
    vocabulary: Dict[str, int]
    weights: Any
    bias: Any
    norms: List[float]  # idf of each feature, for the length of the text vector
    temperature: float
    threshold: float  # the best margin below which a text is out of scope
    spread: float = field(default=1.0)  # scale that turns the distance to the threshold into a score

    def classify(self, text: str) -> Guess:
        margins = self.margins(text)
        best = float(margins.max())
        scaled = np.exp((margins - best) / self.temperature)
        probabilities = scaled / scaled.sum()
        order = np.argsort(-probabilities)[:10]
        score = 1.0 / (1.0 + math.exp((best - self.threshold) / self.spread))
        ranking = tuple((self.labels[i], float(probabilities[i])) for i in order)
        return Guess(ranking, score, best < self.threshold)

    def margins(self, text: str) -> Any:
        """One-vs-rest decision values, one for each label."""
        counts = Counter(feature for feature in features(text) if feature in self.vocabulary)
        if not counts:
            return self.bias
        rows = np.fromiter((self.vocabulary[name] for name in counts), dtype=np.int64, count=len(counts))
        tf = np.fromiter((1.0 + math.log(n) for n in counts.values()), dtype=np.float32, count=len(counts))
        values = tf * np.take(self.norms, rows)
        return (values / np.linalg.norm(values)) @ self.weights[rows] + self.bias

    def to_json(self) -> Dict[str, Any]:
        return {
            "labels": list(self.labels),
            "vocabulary": list(self.vocabulary),
            "norms": [round(float(n), 6) for n in self.norms],
            "temperature": self.temperature,
            "threshold": self.threshold,
            "spread": self.spread,
        }

    @classmethod
    def from_json(cls, data: Dict[str, Any], weights: Any, bias: Any) -> LinearIntents:
        return cls(
            labels=tuple(data["labels"]),
            vocabulary={name: i for i, name in enumerate(data["vocabulary"])},
            weights=weights,
            bias=bias,
            norms=np.asarray(data["norms"], dtype=np.float32),  # type: ignore[arg-type]
            temperature=data["temperature"],
            threshold=data["threshold"],
            spread=data["spread"],
        )


def train_linear_intents(
    texts: List[str], labels: List[str], budget: float = 0.05, strength: float = 1.0, folds: int = 5
) -> LinearIntents:
    """Fit on all, with temperature and threshold from `folds`-fold cross-validation (seed fixed)."""
    held_out, truth = _cross_validated(texts, labels, strength, folds)
    names = sorted(set(labels))
    best = held_out.max(axis=1)
    threshold = float(np.quantile(best, budget))
    return _fit(texts, labels, strength, _temperature(held_out, truth, names), threshold, float(best.std()) / 2 or 1.0)


def _fit(
    texts: List[str], labels: List[str], strength: float, temperature: float, threshold: float, spread: float
) -> LinearIntents:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(analyzer=features, sublinear_tf=True, dtype=np.float32)
    matrix = vectorizer.fit_transform(texts)
    svm = LinearSVC(C=strength, class_weight="balanced", random_state=20261122)
    svm.fit(matrix, labels)
    weights, bias = svm.coef_.T.astype(np.float32), svm.intercept_.astype(np.float32)
    order = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
    return LinearIntents(
        labels=tuple(svm.classes_),
        vocabulary={name: i for i, name in enumerate(order)},
        weights=weights if weights.shape[1] > 1 else np.hstack([-weights, weights]),
        bias=bias if len(bias) > 1 else np.concatenate([-bias, bias]),
        norms=vectorizer.idf_.astype(np.float32),
        temperature=temperature,
        threshold=threshold,
        spread=spread,
    )


def _cross_validated(texts: List[str], labels: List[str], strength: float, folds: int) -> Tuple[Any, List[str]]:
    """Decision values of every text from a model that has not seen it."""
    from sklearn.model_selection import StratifiedKFold

    names = sorted(set(labels))
    column = {name: i for i, name in enumerate(names)}
    margins = np.full((len(texts), len(names)), -2.0, dtype=np.float32)
    enough = min(Counter(labels).values())
    split = StratifiedKFold(max(2, min(folds, enough)), shuffle=True, random_state=20261122)
    for fit_rows, test_rows in split.split(texts, labels):
        model = _fit([texts[i] for i in fit_rows], [labels[i] for i in fit_rows], strength, 1.0, 0.0, 1.0)
        order = [column[name] for name in model.labels]
        for i in test_rows:
            margins[i, order] = model.margins(texts[i])
    return margins, labels


def _temperature(margins: Any, truth: Iterable[str], names: List[str]) -> float:
    """The softmax temperature with the smallest log loss on held-out margins."""
    column = {name: i for i, name in enumerate(names)}
    rows = np.arange(len(margins))
    right = np.array([column[name] for name in truth])

    def loss(temperature: float) -> float:
        scaled = margins / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(scaled).sum(axis=1))
        return float((log_sum - scaled[rows, right]).mean())

    return float(min((0.05, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0), key=loss))
