"""Fusion weights and thresholds from the knowledge base's own questions, none of which scores itself.

Each sampled question is asked three times: without its own row; without its row and the half of
its siblings that resemble it most (users are less helpful than authors); and without its whole
entry, when nothing may be answered. Weights for the thresholds come from five folds by entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.codes import CodeTable
from retrieval.decision import MIN_CASES, Case, Risk, Thresholds, thresholds_for
from retrieval.encoder import Encoder
from retrieval.fusion import Fusion, calibrate, fit_weights
from retrieval.learned import LearnedFit
from retrieval.rows import QUESTION
from retrieval.scorer import Evidence, Scored, Scorer

Ints = NDArray[np.int64]

# Each question costs about 3 ms; more than this no longer moves the weights.
MAX_QUESTIONS = 1_200
FOLDS = 5
_SEED = 20_261_122


@dataclass(frozen=True)
class Trial:
    """One question asked once with something hidden; `right` marks the candidate that should win."""

    entry: int
    scored: Scored
    right: NDArray[np.bool_]
    answerable: bool
    importance: float


def fit_fusion(scorer: Scorer, learned: LearnedFit | None, codes: CodeTable, encoder: Encoder, risk: Risk,
               shipped: tuple[Fusion, Thresholds]) -> tuple[Fusion, Thresholds]:  # fmt: skip
    """Weights and thresholds; the shipped ones where there are too few similar questions."""
    trials = list(_trials(scorer, learned, codes, encoder, risk))
    around, thresholds = shipped
    if len(trials) < MIN_CASES:
        return around, thresholds_for((), risk, thresholds)
    held_out = _held_out_logits(trials, around)
    fused = _fit(trials, around)
    best, right, importance = _best(trials, held_out)
    calibrated = calibrate(fused, best, right, importance * len(trials) / importance.sum())
    return calibrated, thresholds_for(_cases(trials, held_out, calibrated), risk, thresholds)


def _trials(scorer: Scorer, learned: LearnedFit | None, codes: CodeTable, encoder: Encoder, risk: Risk) -> Iterator[Trial]:
    answerable = (1 - risk.unanswerable) / 2
    for row in _sample(scorer, codes):
        entry = int(scorer.rows.owners[row])
        text = scorer.rows.texts[row]
        evidence = scorer.evidence(text, encoder.encode_query(text))
        own = np.union1d([row], [same for same in scorer.same_text(text) if scorer.rows.owners[same] == entry])
        everything = scorer.rows_of(entry)
        for hidden in (own, _with_close_siblings(evidence, own, everything)):
            scores = learned.without(hidden, row) if learned else None
            scored = scorer.score(evidence, hidden=hidden, learned=scores)
            yield Trial(entry, scored, scored.entries == entry, True, answerable)
        scores = learned.without(everything, row) if learned else None
        scored = scorer.score(evidence, hidden=everything, without=entry, learned=scores)
        yield Trial(entry, scored, np.zeros(len(scored.entries), dtype=bool), False, risk.unanswerable)


def _sample(scorer: Scorer, codes: CodeTable) -> list[int]:
    """Questions of entries that keep other rows; those with a code are not decided by fusion."""
    owners, kinds = scorer.rows.owners, scorer.rows.kinds
    several = np.bincount(owners) > 2
    usable = [row for row, kind in enumerate(kinds) if kind == QUESTION and several[owners[row]]]
    order = np.random.default_rng(_SEED).permutation(usable).tolist() if usable else []
    chosen: list[int] = []
    for row in order:
        if len(chosen) == MAX_QUESTIONS:
            break
        if not codes.match(scorer.rows.texts[row]).found:
            chosen.append(row)
    return chosen


def _with_close_siblings(evidence: Evidence, own: Ints, everything: Ints) -> Ints:
    """`own` and the nearer half of the entry's other rows; at least one row stays."""
    siblings = np.setdiff1d(everything, own)
    nearest = siblings[np.argsort(-evidence.char[siblings], kind="stable")]
    return np.union1d(own, nearest[: len(nearest) // 2])


def _fit(trials: Sequence[Trial], around: Fusion) -> Fusion:
    features = np.concatenate([trial.scored.features for trial in trials])
    right = np.concatenate([trial.right for trial in trials])
    importance = np.concatenate([np.full(len(trial.right), trial.importance) for trial in trials])
    return fit_weights(features, right, importance, around)


def _held_out_logits(trials: Sequence[Trial], around: Fusion) -> list[NDArray[np.float64]]:
    """Logits of every trial under weights that have not seen its entry."""
    logits: list[NDArray[np.float64]] = [np.zeros(0)] * len(trials)
    for fold in range(FOLDS):
        fused = _fit([trial for trial in trials if trial.entry % FOLDS != fold], around)
        for position, trial in enumerate(trials):
            if trial.entry % FOLDS == fold:
                logits[position] = fused.logits(trial.scored.features)
    return logits


def _best(trials: Sequence[Trial], logits: Sequence[NDArray[np.float64]]
          ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:  # fmt: skip
    """Logit of each trial's best candidate, whether it is right, and the trial's importance."""
    shown = [(trial, values, int(np.argmax(values))) for trial, values in zip(trials, logits, strict=True) if len(values)]
    return (np.array([values[top] for _, values, top in shown]), np.array([trial.right[top] for trial, _, top in shown]),
            np.array([trial.importance for trial, _, _ in shown]))  # fmt: skip


def _cases(trials: Sequence[Trial], logits: Sequence[NDArray[np.float64]], calibrated: Fusion) -> list[Case]:
    cases = []
    for trial, values in zip(trials, logits, strict=True):
        order = np.argsort(-values, kind="stable")
        probabilities = calibrated.calibrated(values[order])
        right = np.flatnonzero(trial.right[order])
        cases.append(Case(tuple(probabilities.tolist()), int(right[0]) if len(right) else None, trial.answerable,
                          trial.importance))  # fmt: skip
    return cases
