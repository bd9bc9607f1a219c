"""Which intents the words alone do not keep apart: cross-validation on the training examples themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.linear import SEED, features
from bot.tools.measures import macro_f1, share
from bot.tools.training_data import Row
from zhtext.normalize import normalize
from zhtext.patterns import groups, wording

FOLDS = 5


@dataclass(frozen=True)
class Confusion:
    """Two intents, how often one was taken for the other, and of how many examples of both."""

    intents: tuple[str, str]
    count: int
    of: int
    rows: tuple[tuple[Row, str], ...]  # with what each was taken for

    def __str__(self) -> str:
        examples = "；".join(f"“{row.text}”（{row.label}）判成 {said}" for row, said in self.rows[:2])
        return f"{self.intents[0]} ~ {self.intents[1]} {self.count}/{self.of}：{examples}"


@dataclass(frozen=True)
class CrossValidation:
    """Accuracy, macro F1 and confusions, the commonest first."""

    accuracy: float | None
    macro_f1: float | None
    confusions: tuple[Confusion, ...]


def cross_validate(rows: Sequence[Row]) -> CrossValidation:
    """Every example judged by a model that has seen neither it nor one that is nearly the same; the model is the
    shipped classifier's (tf-idf of characters and words, one linear SVM a class). Nothing without two intents of
    `FOLDS` examples each."""
    counts = Counter(row.label for row in rows)
    enough = [row for row in rows if counts[row.label] >= FOLDS]
    if len({row.label for row in enough}) < 2:
        return CrossValidation(None, None, ())
    said = _predicted(enough)
    truth = [row.label for row in enough]
    return CrossValidation(
        share([t == s for t, s in zip(truth, said, strict=True)]), macro_f1(truth, said), _confusions(enough, said)
    )


def _predicted(rows: Sequence[Row]) -> list[str]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    known = [features(normalize(row.text)) for row in rows]
    model = make_pipeline(
        TfidfVectorizer(analyzer=_itself, sublinear_tf=True), LinearSVC(class_weight="balanced", random_state=SEED)
    )
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    alike = groups([wording(row.text) for row in rows])
    return [str(s) for s in cross_val_predict(model, known, [row.label for row in rows], groups=alike, cv=folds)]


def _itself(names: Any) -> Any:
    return names


def _confusions(rows: Sequence[Row], said: Sequence[str]) -> tuple[Confusion, ...]:
    counts = Counter(row.label for row in rows)
    found: dict[tuple[str, str], list[tuple[Row, str]]] = {}
    for row, label in zip(rows, said, strict=True):
        if row.label != label:
            one, other = sorted((row.label, label))
            found.setdefault((one, other), []).append((row, label))
    pairs = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Confusion(p, len(on), counts[p[0]] + counts[p[1]], tuple(on)) for p, on in pairs)
