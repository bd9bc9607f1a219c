"""Fit the situation model on labelled messages; the flags' thresholds come from cross-validation."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from bot.fitting import vectors
from bot.linear import SEED
from bot.situation import CHOICES, FLAGS, NONE, Head, Situations, situation_features
from bot.tfidf import Linear
from zhtext.normalize import normalize

_STRENGTH = 1.0  # inverse regularisation; .3 to 1 differ by less than a point in cross-validation
_SEEN_TWICE = 2  # what one message alone has says nothing about the next
_FOLDS = 5
# A flag is only worth raising where it is mostly right; of those thresholds the one with the best F1.
_PRECISION = {"negative": 0.8, "complaint": 0.8, "wants_human": 0.9}
# Intents that settle whether a person is wanted; of the unsettled ones some sentences want one and some do not.
_WANT = frozenset({"request_human", "callback_request"})
_UNSETTLED = frozenset({"complaint", "ticket_create", "ticket_urge", "remote_onsite_service", "feedback_unhelpful"})


@dataclass(frozen=True)
class Labelled:
    """One message with what is known of it; a head without a label here does not learn from it."""

    text: str  # normalised
    labels: Mapping[str, str]


def read_labelled(folder: Path) -> Tuple[Labelled, ...]:
    """`*.jsonl` of a folder: `text`, `priority`, `category` and the flags. Raises ValueError naming file and line."""
    return tuple(one for path in sorted(folder.glob("*.jsonl")) for one in _of_file(path))


# Said without displeasure, whatever their words: 不是, 再见, 几点下班.
_CALM = frozenset(
    {"greet", "thanks", "bye", "affirm", "deny", "skip", "cancel", "repeat", "praise", "provide_info", "cancel_human"}
    | {"feedback_helpful", "working_hours", "contact_query", "version_query", "service_scope", "sla_query"}
)
_UNTROUBLED = {"negative": "false", "complaint": "false"}


def wishes(texts: Sequence[str], intents: Sequence[str]) -> Tuple[Labelled, ...]:
    """Intent examples teach the wish for a human too, where the intent settles it; and calm ones what is calm."""
    settled = ((text, intent) for text, intent in zip(texts, intents, strict=True) if intent not in _UNSETTLED)
    return tuple(
        Labelled(text, {"wants_human": _flag(intent in _WANT), **(_UNTROUBLED if intent in _CALM else {})})
        for text, intent in settled
    )


def fit_situations(examples: Sequence[Labelled]) -> Situations:
    """The model on all examples. Deterministic."""
    vocabulary, idf, matrix = vectors([one.text for one in examples], situation_features, _SEEN_TWICE)
    heads: Dict[str, Head] = {}
    weights: List[Any] = []
    bias: List[Any] = []
    for name in (*CHOICES, *FLAGS):
        rows = [i for i, one in enumerate(examples) if name in one.labels]
        labels = np.array([examples[i].labels[name] for i in rows])
        fitted = _planes(name, matrix[rows], labels)
        first = sum(len(part) for part in bias)
        columns = tuple(range(first, first + len(fitted.bias)))
        threshold = _threshold(name, matrix[rows], labels) if name in FLAGS else 0.0
        heads[name] = Head(fitted.labels, columns, threshold)
        weights.append(fitted.weights)
        bias.append(fitted.bias)
    return Situations(Linear(vocabulary, idf, np.hstack(weights), np.concatenate(bias)), heads)


@dataclass(frozen=True)
class _Planes:
    """The hyperplanes of one head; `weights` is features x planes."""

    labels: Tuple[str, ...]
    weights: Any
    bias: Any


def _planes(name: str, matrix: Any, labels: Any) -> _Planes:
    """One plane for a flag, one for each label of a choice; what nobody has seen another label of is a constant."""
    seen = tuple(sorted(set(map(str, labels))))
    if len(seen) == 1:
        margin = -1.0 if seen == (_flag(False),) else 1.0
        return _Planes(seen, np.zeros((matrix.shape[1], 1), np.float32), np.array([margin], np.float32))
    model = _svm().fit(matrix, labels)
    weights, bias = model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)
    if name in CHOICES and len(bias) == 1:  # two labels share one hyperplane
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return _Planes(tuple(map(str, model.classes_)), weights, bias)


def _threshold(name: str, matrix: Any, labels: Any) -> float:
    """The margin with the best F1 among those whose cross-validated precision is high enough; 0 when none is,
    or when there is too little of one kind to hold any of it out.
    """
    from sklearn.metrics import precision_recall_curve
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rarest = min(Counter(labels.tolist()).values()) if len(set(labels)) > 1 else 0
    if rarest < _SEEN_TWICE:
        return 0.0
    folds = StratifiedKFold(min(_FOLDS, rarest), shuffle=True, random_state=SEED)
    margins = cross_val_predict(_svm(), matrix, labels, cv=folds, method="decision_function")
    precision, recall, thresholds = precision_recall_curve(labels == _flag(True), margins)
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    f1[precision < _PRECISION[name]] = 0.0
    return float(thresholds[int(f1.argmax())]) if f1.any() else 0.0


def _svm() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=_STRENGTH, class_weight="balanced", random_state=SEED)


def _of_file(path: Path) -> List[Labelled]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_labelled(line, f"{path.name}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _labelled(line: str, place: str) -> Labelled:
    try:
        data = json.loads(line)
        labels = {"priority": str(data["priority"] or NONE), "category": str(data["category"])}
        labels.update({name: _flag(data.get(name)) for name in FLAGS})
        return Labelled(normalize(data["text"]), labels)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{place}: a line needs text, priority, category and the flags {FLAGS}: {error}") from error


def _flag(value: Optional[bool]) -> str:
    return "true" if value else "false"
