"""Weights and thresholds of a build, from questions none of which scores itself.

What people really asked tells most: the entry that answers it, that none does, or that the one they were shown did not
help. The knowledge base's own similar questions, each asked without its own row, tell less, because editors write them
to differ from each other: they help to put candidates in order, but probabilities learned from them trust nothing any
more (decision 0018). What is learned starts from the shipped weights (`retrieval.learning.shipped`).

Thresholds come from real questions alone, each under weights that have not seen its entry, together with the shipped
cases, which count like a hundred of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.asking.decision import Case, Risk, Thresholds, thresholds_for
from retrieval.asking.scorer import Hidden, Scored, Scorer
from retrieval.indexing.codes import CodeTable
from retrieval.indexing.encoder import Encoder
from retrieval.indexing.rows import QUESTION
from retrieval.indexing.tokens import text_key
from retrieval.knowledge.labels import Labels
from retrieval.learning import fusion
from retrieval.learning.belief import fold_of
from retrieval.learning.fusion import Fusion, Judged
from retrieval.learning.shipped import Shipped
from zhtext.normalize import normalize

# Each question costs 4 ms at 300 entries and 20 ms at 10,000; more of them hardly move the weights.
MAX_QUESTIONS = 300
FOLDS = 5
# What a similar question tells beside one that somebody asked.
OWN = 0.25
_SEED = 20_261_122


@dataclass(frozen=True)
class Trial:
    """One question asked once, perhaps with something hidden; `right` marks the candidate that should win.

    `group` is equal for trials that tell about each other; `fold` says which of the shipped trees have not seen the
    question.
    """

    group: int
    scored: Scored
    right: NDArray[np.bool_]
    answerable: bool
    importance: float
    fold: int | None = None


@dataclass(frozen=True)
class _Bench:
    """What questions are put to."""

    scorer: Scorer
    codes: CodeTable
    encoder: Encoder

    def usable(self, text: str) -> bool:
        """Codes and sentences of the base are decided by rules, and so is a text without words."""
        return bool(text_key(text)) and not self.codes.match(text).found and not self.scorer.same_text(text)

    def ask(self, text: str) -> Scored:
        return self.scorer.score(self.scorer.evidence(text, self.encoder.encode_query(text)))


def fit_fusion(
    scorer: Scorer, codes: CodeTable, encoder: Encoder, risk: Risk, start: Shipped, labels: Labels,
    number: Mapping[str, int],
) -> tuple[Fusion, Thresholds]:  # fmt: skip
    """Weights and thresholds. `number` maps the ids of the entries to their places."""
    bench = _Bench(scorer, codes, encoder)
    real = _shared(list(_real(bench, labels, number, start.fusion)), risk)
    own = [_weighing(trial, OWN) for trial in _own(bench)]
    cases = _held_out_cases(real, own, start.fusion)
    return _fit(real, own, start.fusion), thresholds_for(cases, risk, start.cases)


def cases_of(trials: Sequence[Trial], fused: Fusion) -> list[Case]:
    """What the trials come to under weights that have not seen them."""
    return [_case(trial, fused) for trial in trials]


def _real(bench: _Bench, labels: Labels, number: Mapping[str, int], around: Fusion) -> Iterator[Trial]:
    """Asked as they are: none of them stands in the index. Those of entries that are gone are left aside, and rejected
    ones that would not lead."""
    for text, entry_id in labels.asked.items():
        plain, entry = normalize(text), number.get(entry_id)
        if entry is not None and bench.usable(plain):
            scored = bench.ask(plain)
            yield Trial(entry, scored, scored.entries == entry, True, 1.0, fold_of(plain))
    for text in labels.uncovered:
        plain = normalize(text)
        if bench.usable(plain):
            yield _unanswerable(plain, bench.ask(plain))
    for text, entry_id in labels.rejected.items():
        plain, entry = normalize(text), number.get(entry_id)
        if entry is not None and text not in labels.asked and bench.usable(plain):
            scored = bench.ask(plain)
            leader = scored.entries[around.ranked(scored.features)[0][:1]]
            yield from [_unanswerable(plain, scored)] if entry in leader else []


def _own(bench: _Bench) -> Iterator[Trial]:
    """The base's own questions, each as if it were not there."""
    scorer = bench.scorer
    for row in _sample(bench):
        entry, text = int(scorer.rows.owners[row]), scorer.rows.texts[row]
        evidence = scorer.evidence(text, bench.encoder.encode_query(text))
        rows = np.union1d([row], [same for same in scorer.same_text(text) if scorer.rows.owners[same] == entry])
        scored = scorer.score(evidence, hidden=Hidden(entry, rows))
        yield Trial(entry, scored, scored.entries == entry, True, 1.0)


def _unanswerable(text: str, scored: Scored) -> Trial:
    return Trial(
        zlib.crc32(text.encode()), scored, np.zeros(len(scored.entries), dtype=bool), False, 1.0, fold_of(text)
    )


def _shared(trials: Sequence[Trial], risk: Risk) -> list[Trial]:
    """Each of importance 1 on average, answerable and other ones as the risk says."""
    answerable = sum(trial.answerable for trial in trials)
    others = len(trials) - answerable
    if not answerable or not others:
        return list(trials)
    share = {True: (1 - risk.unanswerable) / answerable, False: risk.unanswerable / others}
    return [_weighing(trial, len(trials) * share[trial.answerable]) for trial in trials]


def _weighing(trial: Trial, importance: float) -> Trial:
    return replace(trial, importance=importance)


def _sample(bench: _Bench) -> list[int]:
    """Questions of entries that keep other rows; those with a code are not decided by fusion.

    Those that the encoder was trained on would flatter it.
    """
    rows = bench.scorer.rows
    several = np.bincount(rows.owners) > 2
    usable = [row for row, kind in enumerate(rows.kinds) if kind == QUESTION and several[rows.owners[row]]]
    order = np.random.default_rng(_SEED).permutation(usable).tolist() if usable else []
    chosen: list[int] = []
    for row in order:
        if len(chosen) == MAX_QUESTIONS:
            break
        text = rows.texts[row]
        if not bench.codes.match(text).found and not bench.encoder.has_seen(text):
            chosen.append(row)
    return chosen


def _fit(real: Sequence[Trial], own: Sequence[Trial], around: Fusion) -> Fusion:
    return fusion.fit(_judged([*real, *own]), around, believed=_judged(real))


def _judged(trials: Sequence[Trial]) -> list[Judged]:
    return [Judged(trial.scored.features, trial.right, trial.importance, trial.fold) for trial in trials]


def _held_out_cases(real: Sequence[Trial], own: Sequence[Trial], around: Fusion) -> list[Case]:
    """Each real question under weights that have seen neither it nor others of its entry."""
    cases = []
    for fold in range(FOLDS if real else 0):
        others, questions = ([trial for trial in some if trial.group % FOLDS != fold] for some in (real, own))
        fused = _fit(others, questions, around)
        cases += cases_of([trial for trial in real if trial.group % FOLDS == fold], fused)
    return cases


def _case(trial: Trial, fused: Fusion) -> Case:
    order, probabilities = fused.ranked(trial.scored.features, trial.fold)
    right = np.flatnonzero(trial.right[order])
    place = int(right[0]) if len(right) else None
    return Case(tuple(probabilities.tolist()), place, trial.answerable, trial.importance)
