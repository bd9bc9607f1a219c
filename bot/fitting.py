"""Fit the intent model and its gate; every threshold comes from texts the model has not seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

from bot.gate import PRIOR, Background, Gate, Signals, weighted
from bot.linear import SEED, LinearIntents, features, signals, softmax
from bot.tfidf import Linear

_NO_GATE = Gate(mean=(0.0,) * 7, deviation=(1.0,) * 7, weights=PRIOR, threshold=0.0)
_FOREIGN = 0.75  # ours against our foreign texts: .88; foreign texts about the very things the intents are about: .5
_TEMPERATURES = (0.05, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0)


Analyzer = Callable[[str], Sequence[str]]


class _Memory:
    """The features of a text, computed once for all folds: that is most of the time a fit takes."""

    def __init__(self) -> None:
        self._known: Dict[str, Sequence[str]] = {}

    def __call__(self, text: str) -> Sequence[str]:
        if text not in self._known:
            self._known[text] = features(text)
        return self._known[text]


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
    read = _Memory()
    held_out = _held_out(examples, strength, folds, read)
    if examples.foreign and _told_apart(held_out) < _FOREIGN:
        # Other data than the foreign texts were collected for: what is foreign to one product is another's business.
        return fit(replace(examples, foreign=()), budget=budget, strength=strength, folds=folds)
    temperature = _temperature(held_out.margins, held_out.right)
    gate = _fit_gate(held_out, temperature, budget)
    model = _fit_intents(examples.texts, examples.labels, strength, read)
    background = _fit_background(examples.texts, examples.foreign, read) if examples.foreign else None
    return replace(model, temperature=temperature, gate=replace(gate, background=background))


@dataclass(frozen=True)
class _HeldOut:
    """What models said of texts they had not seen."""

    margins: Any  # texts x labels
    right: Any  # the right column of each text
    ours: Any  # signals (and background) of the examples
    foreign: Any  # the same of the foreign texts; no rows when there are none


def _held_out(examples: Examples, strength: float, folds: int, read: Analyzer) -> _HeldOut:
    names = sorted(set(examples.labels))
    column = {name: i for i, name in enumerate(names)}
    margins = np.full((len(examples.texts), len(names)), -2.0, dtype=np.float32)
    width = len(PRIOR) + bool(examples.foreign)
    ours, foreign = np.zeros((len(examples.texts), width)), np.zeros((len(examples.foreign), width))
    splits = _splits(examples.labels, folds)
    for fold, (fit_rows, test_rows) in enumerate(splits):
        seen = [examples.texts[i] for i in fit_rows]
        model = _fit_intents(seen, [examples.labels[i] for i in fit_rows], strength, read)
        kept, away = _alternate(examples.foreign, fold, folds)
        background = _fit_background(seen, [examples.foreign[i] for i in kept], read) if kept else None
        order = [column[name] for name in model.labels]
        for i in test_rows:
            said, margins[i, order] = _look(model, background, examples.texts[i], read)
            ours[i] = said
        for i in away:
            foreign[i], _ = _look(model, background, examples.foreign[i], read)
    right = np.array([column[name] for name in examples.labels])
    looked_at = sorted(row for _, test_rows in splits for row in test_rows) or list(range(len(right)))
    return _HeldOut(margins[looked_at], right[looked_at], ours[looked_at], foreign)


def _look(model: LinearIntents, background: Any, text: str, read: Analyzer) -> Tuple[Tuple[float, ...], Any]:
    names = read(text)
    counts = Counter(names)
    margins = model.linear.values(counts)
    said: Signals = signals(margins, softmax(margins, model.temperature), names, model.linear.vocabulary, text)
    return said.values() + ((background.value(counts),) if background else ()), margins


def _splits(labels: Sequence[str], folds: int) -> List[Tuple[List[int], List[int]]]:
    """Rows to fit on and rows to look at: every label spread evenly; the only example of a label is always fitted on,
    so that no model lacks a label."""
    by_label: Dict[str, List[int]] = defaultdict(list)
    for row in np.random.RandomState(SEED).permutation(len(labels)):
        by_label[labels[row]].append(int(row))
    dealt = [row for label in sorted(by_label) if len(by_label[label]) > 1 for row in by_label[label]]
    return [(sorted(set(range(len(labels))) - set(dealt[fold::folds])), dealt[fold::folds]) for fold in range(folds)]


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


def _told_apart(held_out: _HeldOut) -> float:
    """How well the measured weights alone tell foreign texts from held-out examples: area under the curve."""
    from sklearn.metrics import roc_auc_score

    mean, deviation = held_out.ours.mean(axis=0), held_out.ours.std(axis=0)
    deviation[deviation == 0] = 1.0
    rows = np.vstack([held_out.ours, held_out.foreign])
    values = ((rows - mean) / deviation)[:, : len(PRIOR)] @ np.array(PRIOR)
    return float(roc_auc_score([0] * len(held_out.ours) + [1] * len(held_out.foreign), values))


def _gate_weights(held_out: _HeldOut, mean: Any, deviation: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    rows = np.vstack([held_out.ours, held_out.foreign])
    truth = [0] * len(held_out.ours) + [1] * len(held_out.foreign)
    fitted = LogisticRegression(class_weight="balanced", max_iter=1000).fit((rows - mean) / deviation, truth)
    return fitted.coef_[0]


def vectors(texts: Sequence[str], analyzer: Analyzer = features, seen: int = 1) -> Tuple[Any, Any, Any]:
    """Vocabulary, idf and the tf-idf matrix; features of fewer than `seen` texts are left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, dtype=np.float32, min_df=seen)
    matrix = vectorizer.fit_transform(texts)
    order = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
    return {name: i for i, name in enumerate(order)}, vectorizer.idf_.astype(np.float32), matrix


def _fit_intents(texts: Sequence[str], labels: Sequence[str], strength: float, read: Analyzer) -> LinearIntents:
    from sklearn.svm import LinearSVC

    vocabulary, idf, matrix = vectors(texts, read)
    svm = LinearSVC(C=strength, class_weight="balanced", random_state=SEED).fit(matrix, labels)
    weights, bias = svm.coef_.T.astype(np.float32), svm.intercept_.astype(np.float32)
    if len(bias) == 1:  # two classes share one hyperplane
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return LinearIntents(tuple(map(str, svm.classes_)), Linear(vocabulary, idf, weights, bias), 0.13, _NO_GATE)


def _fit_background(ours: Sequence[str], foreign: Sequence[str], read: Analyzer) -> Background:
    from sklearn.linear_model import LogisticRegression

    vocabulary, idf, matrix = vectors([*ours, *foreign], read)
    truth = [0] * len(ours) + [1] * len(foreign)
    fitted = LogisticRegression(C=10.0, class_weight="balanced", solver="liblinear", random_state=SEED).fit(
        matrix, truth
    )
    weights, bias = fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
    return Background(Linear(vocabulary, idf, weights, bias))


def _temperature(margins: Any, right: Any) -> float:
    """The softmax temperature with the smallest log loss on held-out margins."""

    def loss(temperature: float) -> float:
        scaled = margins / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(scaled)), right]).mean())

    return float(min(_TEMPERATURES, key=loss))
