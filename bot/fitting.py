"""Fit the intent model and its gate; every threshold comes from texts the model has not seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, List, Sequence, Tuple

import numpy as np

from bot.gate import PRIOR, Background, Gate, Signals, weighted
from bot.linear import SEED, LinearIntents, features, signals, softmax
from bot.tfidf import Linear

_NO_GATE = Gate(mean=(0.0,) * 7, deviation=(1.0,) * 7, weights=PRIOR, threshold=0.0)
_TEMPERATURES = (0.05, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0)


@dataclass(frozen=True)
class Examples:
    """Normalised texts with their intents, and texts that belong to none."""

    texts: Tuple[str, ...]
    labels: Tuple[str, ...]
    foreign: Tuple[str, ...] = ()


def fit(examples: Examples, *, budget: float = 0.05, strength: float = 1.0, folds: int = 5) -> LinearIntents:
    """The model on all examples; temperature, gate and threshold from `folds`-fold cross-validation (seed fixed).

    `budget` is the share of the cross-validated examples that the gate may reject.
    """
    held_out = _held_out(examples, strength, folds)
    temperature = _temperature(held_out.margins, held_out.right)
    gate = _fit_gate(held_out, temperature, budget)
    model = _fit_intents(examples.texts, examples.labels, strength)
    background = _fit_background(examples.texts, examples.foreign) if examples.foreign else None
    return replace(model, temperature=temperature, gate=replace(gate, background=background))


@dataclass(frozen=True)
class _HeldOut:
    """What models said of texts they had not seen."""

    margins: Any  # texts x labels
    right: Any  # the right column of each text
    ours: Any  # signals (and background) of the examples
    foreign: Any  # the same of the foreign texts; no rows when there are none


def _held_out(examples: Examples, strength: float, folds: int) -> _HeldOut:
    names = sorted(set(examples.labels))
    column = {name: i for i, name in enumerate(names)}
    margins = np.full((len(examples.texts), len(names)), -2.0, dtype=np.float32)
    width = len(PRIOR) + bool(examples.foreign)
    ours, foreign = np.zeros((len(examples.texts), width)), np.zeros((len(examples.foreign), width))
    for fold, (fit_rows, test_rows) in enumerate(_splits(examples.labels, folds)):
        seen = [examples.texts[i] for i in fit_rows]
        model = _fit_intents(seen, [examples.labels[i] for i in fit_rows], strength)
        kept, away = _alternate(examples.foreign, fold, folds)
        background = _fit_background(seen, [examples.foreign[i] for i in kept]) if kept else None
        order = [column[name] for name in model.labels]
        for i in test_rows:
            said, margins[i, order] = _look(model, background, examples.texts[i])
            ours[i] = said
        for i in away:
            foreign[i], _ = _look(model, background, examples.foreign[i])
    return _HeldOut(margins, np.array([column[name] for name in examples.labels]), ours, foreign)


def _look(model: LinearIntents, background: Any, text: str) -> Tuple[Tuple[float, ...], Any]:
    names = features(text)
    counts = Counter(names)
    margins = model.linear.values(counts)
    said: Signals = signals(margins, softmax(margins, model.temperature), names, model.linear.vocabulary, text)
    return said.values() + ((background.value(counts),) if background else ()), margins


def _splits(labels: Sequence[str], folds: int) -> Any:
    from sklearn.model_selection import StratifiedKFold

    enough = max(2, min(folds, min(Counter(labels).values())))
    return StratifiedKFold(enough, shuffle=True, random_state=SEED).split(np.zeros(len(labels)), labels)


def _alternate(foreign: Sequence[str], fold: int, folds: int) -> Tuple[List[int], List[int]]:
    """Foreign texts to fit on, and those to look at, in a fixed random order."""
    order = np.random.RandomState(SEED).permutation(len(foreign))
    away = order[fold::folds]
    return [int(i) for i in order if i not in set(away)], [int(i) for i in away]


def _fit_gate(held_out: _HeldOut, temperature: float, budget: float) -> Gate:
    """Logistic regression where there are foreign texts, the measured weights where there are none."""
    mean, deviation = held_out.ours.mean(axis=0), held_out.ours.std(axis=0)
    deviation[deviation == 0] = 1.0
    weights = _gate_weights(held_out, mean, deviation) if len(held_out.foreign) else np.array(PRIOR)
    parts = tuple(mean.tolist()), tuple(deviation.tolist()), tuple(weights.tolist())
    values = [weighted(tuple(row), *parts) for row in held_out.ours.tolist()]
    return Gate(*parts, threshold=float(np.quantile(values, 1.0 - budget)))


def _gate_weights(held_out: _HeldOut, mean: Any, deviation: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    rows = np.vstack([held_out.ours, held_out.foreign])
    truth = [0] * len(held_out.ours) + [1] * len(held_out.foreign)
    fitted = LogisticRegression(class_weight="balanced", max_iter=1000).fit((rows - mean) / deviation, truth)
    return fitted.coef_[0]


def _vectors(texts: Sequence[str]) -> Tuple[Any, Any, Any]:
    """Vocabulary, idf and the tf-idf matrix."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=features, sublinear_tf=True, dtype=np.float32)
    matrix = vectorizer.fit_transform(texts)
    order = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
    return {name: i for i, name in enumerate(order)}, vectorizer.idf_.astype(np.float32), matrix


def _fit_intents(texts: Sequence[str], labels: Sequence[str], strength: float) -> LinearIntents:
    from sklearn.svm import LinearSVC

    vocabulary, idf, matrix = _vectors(texts)
    svm = LinearSVC(C=strength, class_weight="balanced", random_state=SEED).fit(matrix, labels)
    weights, bias = svm.coef_.T.astype(np.float32), svm.intercept_.astype(np.float32)
    if len(bias) == 1:  # two classes share one hyperplane
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return LinearIntents(tuple(map(str, svm.classes_)), Linear(vocabulary, idf, weights, bias), 0.13, _NO_GATE)


def _fit_background(ours: Sequence[str], foreign: Sequence[str]) -> Background:
    from sklearn.linear_model import LogisticRegression

    vocabulary, idf, matrix = _vectors([*ours, *foreign])
    truth = [0] * len(ours) + [1] * len(foreign)
    fitted = LogisticRegression(C=10.0, class_weight="balanced", max_iter=2000).fit(matrix, truth)
    weights, bias = fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
    return Background(Linear(vocabulary, idf, weights, bias))


def _temperature(margins: Any, right: Any) -> float:
    """The softmax temperature with the smallest log loss on held-out margins."""

    def loss(temperature: float) -> float:
        scaled = margins / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(scaled)), right]).mean())

    return float(min(_TEMPERATURES, key=loss))
