"""The live retrieval function beside its peers on the same entries and held-out questions.

`.venv/bin/python -m evaluation.retrieval --entries kb --queries evaluation/questions/kb_b.jsonl
--oos evaluation/questions/kb_unanswerable.jsonl`
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from evaluation import retrieval_figures, retrieval_report
from evaluation.asked import Asked
from evaluation.labelled import Question, other_script, read_questions
from evaluation.overlap import seen_before
from evaluation.peers import Peer, Ranked, ask, peers
from evaluation.report import surroundings, write
from kb_ingest.asked import read_asked
from kb_ingest.folder import read_folder
from kb_ingest.publishing import Source, publish
from retrieval import manifest
from retrieval.encoder import DEFAULT_MODEL, Encoder, open_encoder
from retrieval.entry import Entry, read_entries
from retrieval.live import Live
from retrieval.result import Result

BLOCK = 20


@dataclass(frozen=True)
class Trial:
    """Everything that is asked."""

    queries: tuple[Question, ...]
    oos: tuple[Question, ...]

    @property
    def converted(self) -> tuple[Question, ...]:
        return tuple(map(other_script, self.queries))


Ask = Callable[[Question], Asked]


def run(entries: Sequence[Entry], trial: Trial, encoder: Encoder, real: Mapping[str, str]) -> dict[str, Any]:
    """Build, ask everybody in interleaved blocks, measure; the report's data."""
    # One thread for all: idle BLAS threads spin, and their CPU time would be nobody's.
    with threadpool_limits(1), tempfile.TemporaryDirectory(prefix="gongda-evaluation-") as folder:
        began = time.process_time()
        made = publish(Source(tuple(entries), real), encoder, Path(folder), now=datetime.now(timezone.utc))
        build_seconds = time.process_time() - began
        live = Live(Path(folder), encoder)
        askers: dict[str, Ask] = {"ours": lambda question: _ours(live, question)}
        seconds = {"ours": build_seconds}
        began = time.process_time()
        for name, peer in peers(entries, encoder):
            askers[name] = partial(_theirs, peer, entries)
            seconds[name], began = time.process_time() - began, time.process_time()
        asked = ask_all(askers, trial)
        rows = manifest.read(Path(folder) / made.report.build_id).rows
        thresholds = dict(live.ask(trial.queries[0].text).thresholds)
    return {
        "surroundings": surroundings(),
        "encoder": encoder.name,
        "entries": len(entries),
        "rows": rows,
        "queries": len(trial.queries),
        "oos": len(trial.oos),
        "seen_before": _overlap(entries, trial),
        "thresholds": thresholds,
        **retrieval_figures.figures(asked, {entry.id for entry in entries}, seconds),
    }


def ask_all(askers: dict[str, Ask], trial: Trial) -> dict[str, dict[str, list[Asked]]]:
    """By asker and set. Blocks alternate between the askers; a first block, not counted, warms them up."""
    sets = {"queries": trial.queries, "oos": trial.oos, "converted": trial.converted}
    asked: dict[str, dict[str, list[Asked]]] = {name: {kind: [] for kind in sets} for name in askers}
    for answer in askers.values():
        for question in trial.queries[:BLOCK]:
            answer(question)
    for kind, questions in sets.items():
        for start in range(0, len(questions), BLOCK):
            for name, answer in askers.items():
                asked[name][kind] += map(answer, questions[start : start + BLOCK])
    return asked


def _ours(live: Live, question: Question) -> Asked:
    return _timed(question, lambda: _result(live.ask(question.text)))


def _theirs(peer: Peer, entries: Sequence[Entry], question: Question) -> Asked:
    return _timed(question, lambda: _peer(ask(peer, entries, question.text)))


def _timed(question: Question, work: Callable[[], tuple[tuple[str, ...], float, str, tuple[str, ...], str]]) -> Asked:
    cpu, wall = time.process_time(), time.perf_counter()
    ids, score, decision, shown, reason = work()
    ms, cpu_ms = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
    return Asked(question, ids, score, decision, shown, ms, cpu_ms, reason)


def _result(result: Result) -> tuple[tuple[str, ...], float, str, tuple[str, ...], str]:
    """What a person would see first, then the other candidates."""
    offered = tuple(offer.entry_id for offer in result.offers) if result.decision == "choices" else ()
    shown = (result.entry_id,) if result.entry_id else offered
    ranked = tuple(dict.fromkeys((*shown, *(candidate.entry_id for candidate in result.candidates))))
    return ranked, result.probability, result.decision, shown, result.reason


def _peer(ranked: Ranked) -> tuple[tuple[str, ...], float, str, tuple[str, ...], str]:
    return ranked.ids, ranked.best, "answer", ranked.ids[:1], ""


def _overlap(entries: Sequence[Entry], trial: Trial) -> dict[str, int]:
    """How many questions stand, word for word or nearly, in the knowledge base; their figures are no evidence."""
    rows = [text for entry in entries for text in (*entry.questions, entry.title)]
    sets = {"queries": trial.queries, "oos": trial.oos}
    return {name: sum(seen_before([question.text for question in some], rows)) for name, some in sets.items()}


def _asked(path: Path, entries: Sequence[Entry]) -> dict[str, str]:
    """The real questions that lie beside a folder of entries; ours fits its thresholds on them."""
    return read_asked(path, frozenset(entry.id for entry in entries)) if path.is_dir() else {}


def _entries(path: Path) -> tuple[Entry, ...]:
    """A folder of YAML, or lines `{"id", "question", "similar", "answer"}`."""
    return read_folder(path) if path.is_dir() else read_entries(path)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.retrieval", description=__doc__)
    parser.add_argument("--entries", type=Path, required=True)
    parser.add_argument("--queries", type=Path, nargs="+", required=True)
    parser.add_argument("--oos", type=Path, required=True)
    parser.add_argument("--encoder", default=str(DEFAULT_MODEL), help="as GONGDA_ENCODER; hash needs no model")
    parser.add_argument("--out", type=Path, help="the JSON file; the Markdown lies beside it")
    given = parser.parse_args()
    queries = tuple(question for path in given.queries for question in read_questions(path))
    entries = _entries(given.entries)
    trial = Trial(queries, read_questions(given.oos))
    data = run(entries, trial, open_encoder(given.encoder), _asked(given.entries, entries))
    markdown = retrieval_report.markdown(data)
    print(markdown)
    print(write(given.out, "retrieval", data, markdown))


if __name__ == "__main__":
    main()
