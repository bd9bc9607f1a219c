"""`python -m retrieval.training.weights --kb kb`: learn the shipped weights and the cases that thresholds start from.

Run it after the encoder has changed: what a similarity is worth depends on it. Takes two minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from retrieval.asking.scorer import COMPARED, Scorer
from retrieval.indexing.codes import CodeTable
from retrieval.indexing.encoder import DEFAULT_MODEL, Encoder, StaticEncoder
from retrieval.indexing.indexes import index
from retrieval.knowledge.entry import Entry
from retrieval.learning.belief import fold_of
from retrieval.learning.fit import Trial, cases_of
from retrieval.learning.fusion import Fusion, Judged, fit_rank, leaders
from retrieval.learning.shipped import PRIOR_FILE, Shipped
from retrieval.training import situations
from retrieval.training.bases import Base, of_entries, of_situations
from retrieval.training.growing import grow
from zhtext.normalize import normalize

_SEED = 20_261_122
# Every base counts as so many questions, however many it has; of them so many are uncovered.
_WEIGHT, UNANSWERABLE = 200.0, 0.2
# A weak prior around nothing.
_STRENGTH = 1.0
# So many cases are shipped.
_CASES = 1_200


def main(arguments: list[str] | None = None) -> int:
    """Read, ask, fit, write."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.training.weights", description=__doc__)
    parser.add_argument("--kb", type=Path, default=Path("kb"), help="folder with entries as YAML and asked/*.jsonl")
    parser.add_argument("--out", type=Path, default=PRIOR_FILE)
    options = parser.parse_args(arguments)
    entries, asked, uncovered = read(options.kb)
    bases = [*of_entries(entries, asked, uncovered, _SEED), *of_situations(situations.read(), _SEED)]
    found = learn(bases, StaticEncoder(DEFAULT_MODEL), lambda line: print(line, flush=True))
    found.save(options.out)
    return 0


def read(kb: Path) -> tuple[list[Entry], dict[str, str], list[str]]:
    """Entries, questions that people asked with the entry of each, and questions that none answers."""
    entries = [
        Entry.from_json(data)
        for path in sorted(kb.rglob("*.yml"))
        for data in yaml.safe_load(path.read_text(encoding="utf-8")) or []
        if isinstance(data, dict) and data.get("question")
    ]
    lines = [json.loads(line) for path in sorted((kb / "asked").glob("*.jsonl"))
             for line in path.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    return (
        entries,
        {one["text"]: one["id"] for one in lines if one["id"]},
        [one["text"] for one in lines if not one["id"]],
    )


def learn(bases: Sequence[Base], encoder: Encoder, say: Callable[[str], None]) -> Shipped:
    """Weights and trees from all bases; cases from each group of bases under those of the other groups."""
    trials: dict[str, list[Trial]] = {}
    for base in bases:
        trials.setdefault(base.group, []).extend(_trials(base, encoder))
        say(f"{base.name}: {len(base.entries)} entries, {len(base.asked)} + {len(base.uncovered)} questions")
    cases = []
    for group, own in trials.items():
        others = _fit([trial for name, some in trials.items() if name != group for trial in some], folds=False)
        cases += cases_of(own, others)
        say(f"{group}: R@1 {_first(own, others):.3f} under the weights of the others")
    everything = [trial for some in trials.values() for trial in some]
    found = _fit(everything, folds=True)
    say(f"all: R@1 {_first(everything, found):.3f} {json.dumps(dict(found.rank), indent=1)}")
    kept = np.random.default_rng(_SEED).choice(len(cases), min(_CASES, len(cases)), replace=False)
    return Shipped(found, tuple(cases[place] for place in sorted(kept.tolist())))


def _trials(base: Base, encoder: Encoder) -> Iterator[Trial]:
    scorer, codes = Scorer(index(base.entries, encoder)), CodeTable.of(base.entries)
    number = {entry.id: place for place, entry in enumerate(base.entries)}
    texts = [(normalize(text), number[entry_id]) for text, entry_id in base.asked]
    texts += [(normalize(text), -1) for text in base.uncovered]
    plain = [(text, entry) for text, entry in texts if not codes.match(text).found and not scorer.same_text(text)]
    covered = sum(entry >= 0 for _, entry in plain)
    for text, entry in plain:
        scored = scorer.score(scorer.evidence(text, encoder.encode_query(text)))
        share = (1 - UNANSWERABLE) / max(1, covered) if entry >= 0 else UNANSWERABLE / max(1, len(plain) - covered)
        yield Trial(entry, scored, scored.entries == entry, entry >= 0, share * _WEIGHT, fold_of(text))


def _fit(trials: Sequence[Trial], *, folds: bool) -> Fusion:
    judged = [Judged(one.scored.features, one.right, one.importance, one.fold) for one in trials if len(one.right)]
    rank = fit_rank([one for one in judged if one.right.any()], dict.fromkeys(COMPARED, 0.0), _STRENGTH)
    told, right, weight, fold = [], [], [], []
    for one in judged:
        first, about = leaders(one.features, rank)
        told.append(about)
        right.append(one.right[first])
        weight += [one.importance] * len(first)
        fold += [one.fold] * len(first)
    belief = grow(np.concatenate(told), np.concatenate(right), np.array(weight), np.array(fold) if folds else None)
    return Fusion(rank, {"slope": 1.0, "intercept": 0.0}, belief)


def _first(trials: Sequence[Trial], fused: Fusion) -> float:
    right: list[Any] = [trial.right[fused.ranked(trial.scored.features)[0][0]] for trial in trials
                        if trial.answerable and len(trial.right)]  # fmt: skip
    return float(np.mean(right))


if __name__ == "__main__":
    sys.exit(main())
