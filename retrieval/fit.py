"""Fusion weights and thresholds from the knowledge base's own questions, none of which scores itself.

Each sampled question is asked twice: without its own row, and as one the knowledge base does not
cover: without its whole entry and without the entries most like it (several entries may settle one
question, and those that would are not wrong). Half of the share that is assumed to be unanswerable
is questions of that kind, half is talk from out of scope. Weights for the thresholds come from five
folds by entry.

Questions that people really asked, with the entry that answers them, tell more than the editors' own:
where there are enough of them, they take the place of the answerable ones in the thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import fusion
from retrieval.codes import CodeTable
from retrieval.decision import MIN_CASES, Case, Risk, Thresholds, thresholds_for
from retrieval.encoder import Encoder
from retrieval.fusion import Fusion
from retrieval.learned import LearnedFit
from retrieval.rows import QUESTION
from retrieval.scorer import Hidden, Scored, Scorer
from zhtext.normalize import normalize

# Each question costs 4 ms at 300 entries and 20 ms at 10,000; more of them hardly move the weights.
MAX_QUESTIONS = 800
FOLDS = 5
# Entries most like the one left out that are left out with it.
TWINS = 3
_SEED = 20_261_122
_OUT_OF_SCOPE_FILE = Path(__file__).parent / "out_of_scope.txt"


@dataclass(frozen=True)
class Trial:
    """One question asked once with something hidden; `right` marks the candidate that should win."""

    entry: int
    scored: Scored
    right: NDArray[np.bool_]
    answerable: bool
    importance: float


@dataclass(frozen=True)
class Asked:
    """A question somebody asked, and the number of the entry that a human says answers it."""

    text: str
    entry: int


def fit_fusion(
    scorer: Scorer,
    learned: LearnedFit | None,
    codes: CodeTable,
    encoder: Encoder,
    risk: Risk,
    shipped: tuple[Fusion, Thresholds],
    asked: Sequence[Asked] = (),
) -> tuple[Fusion, Thresholds]:
    """Weights and thresholds; the shipped ones where there are too few questions."""
    own = list(_trials(scorer, learned, codes, encoder, risk))
    around, thresholds = shipped
    if len(own) < MIN_CASES:
        return around, thresholds_for((), risk, thresholds)
    weight = sum(trial.importance for trial in own if trial.answerable)
    real = _asked_trials(scorer, codes, encoder, asked, weight)
    judged = [trial for trial in own if not trial.answerable] + real if len(real) >= MIN_CASES else own
    cases = _held_out_cases(own + real, judged, around)
    return _fit(own + real, around), thresholds_for(cases, risk, thresholds)


def _asked_trials(
    scorer: Scorer, codes: CodeTable, encoder: Encoder, asked: Sequence[Asked], weight: float
) -> list[Trial]:
    """Asked as they are: none of them stands in the index. Together they weigh `weight`."""
    usable = [one for one in asked if not codes.match(one.text).found and not scorer.same_text(one.text)]
    trials = []
    for one in usable:
        scored = scorer.score(scorer.evidence(one.text, encoder.encode_query(one.text)))
        trials.append(Trial(one.entry, scored, scored.entries == one.entry, True, weight / len(usable)))
    return trials


def _trials(
    scorer: Scorer, learned: LearnedFit | None, codes: CodeTable, encoder: Encoder, risk: Risk
) -> Iterator[Trial]:
    sample = _sample(scorer, codes, encoder)
    strangers = _out_of_scope() if sample else ()
    unanswerable = risk.unanswerable / 2
    alike: dict[int, tuple[int, ...]] = {}
    for row in sample:
        entry = int(scorer.rows.owners[row])
        text = scorer.rows.texts[row]
        evidence = scorer.evidence(text, encoder.encode_query(text))
        own = np.union1d([row], [same for same in scorer.same_text(text) if scorer.rows.owners[same] == entry])
        if entry not in alike:
            alike[entry] = (entry, *scorer.alike(entry, TWINS))
        for rows, without in ((own, ()), (scorer.rows_of(entry), alike[entry])):
            classified = learned.without(rows, row) if learned else None
            scored = scorer.score(evidence, hidden=Hidden(entry, rows, without, classified))
            importance = unanswerable if without else 1 - risk.unanswerable
            yield Trial(entry, scored, scored.entries == entry, not without, importance)
    for number, text in enumerate(strangers):
        scored = scorer.score(scorer.evidence(text, encoder.encode_query(text)))
        yield Trial(number, scored, np.zeros(len(scored.entries), dtype=bool), False,
                    unanswerable * len(sample) / len(strangers))  # fmt: skip


@lru_cache(maxsize=1)
def _out_of_scope() -> tuple[str, ...]:
    """Questions that no such knowledge base covers, normalised."""
    lines = _OUT_OF_SCOPE_FILE.read_text(encoding="utf-8").splitlines()
    return tuple(normalize(line) for line in lines if line and not line.startswith("#"))


def _sample(scorer: Scorer, codes: CodeTable, encoder: Encoder) -> list[int]:
    """Questions of entries that keep other rows; those with a code are not decided by fusion.

    Those that the encoder was trained on would flatter it.
    """
    owners, kinds = scorer.rows.owners, scorer.rows.kinds
    several = np.bincount(owners) > 2
    usable = [row for row, kind in enumerate(kinds) if kind == QUESTION and several[owners[row]]]
    order = np.random.default_rng(_SEED).permutation(usable).tolist() if usable else []
    chosen: list[int] = []
    for row in order:
        if len(chosen) == MAX_QUESTIONS:
            break
        text = scorer.rows.texts[row]
        if not codes.match(text).found and not encoder.has_seen(text):
            chosen.append(row)
    return chosen


def _fit(trials: Sequence[Trial], around: Fusion) -> Fusion:
    return fusion.fit([(trial.scored.features, trial.right, trial.importance) for trial in trials], around)


def _held_out_cases(trials: Sequence[Trial], judged: Sequence[Trial], around: Fusion) -> list[Case]:
    """Each of the `judged` under weights that have not seen its entry."""
    cases = []
    for fold in range(FOLDS):
        fused = _fit([trial for trial in trials if trial.entry % FOLDS != fold], around)
        cases += [_case(trial, fused) for trial in judged if trial.entry % FOLDS == fold]
    return cases


def _case(trial: Trial, fused: Fusion) -> Case:
    order, probabilities = fused.ranked(trial.scored.features)
    right = np.flatnonzero(trial.right[order])
    place = int(right[0]) if len(right) else None
    return Case(tuple(probabilities.tolist()), place, trial.answerable, trial.importance)
