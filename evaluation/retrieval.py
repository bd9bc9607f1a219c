"""The live retrieval function beside its peers on the same entries and held-out questions.

`.venv/bin/python -m evaluation.retrieval --entries kb --queries evaluation/questions/kb_b.jsonl
--oos evaluation/questions/kb_unanswerable.jsonl`; for operators the same as `gongda eval retrieval`.
Everything happens in a scratch folder: the entries are published there, and that build is asked.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from evaluation import retrieval_figures, retrieval_memory, retrieval_report
from evaluation.asked import Asked
from evaluation.errors import Unfit
from evaluation.labelled import Question, other_script
from evaluation.overlap import seen_before
from evaluation.peers import FUSED, NAMES, Peer, ask, peers
from evaluation.report import surroundings, write
from evaluation.retrieval_input import Base, Trial, read_base, read_trial
from kb_ingest.publishing import Source, publish
from retrieval.asking.live import Live
from retrieval.asking.result import Result
from retrieval.asking.retriever import VERSION
from retrieval.building import manifest
from retrieval.indexing.encoder import DEFAULT_MODEL, Encoder, open_encoder
from retrieval.indexing.tokens import word_tokens
from retrieval.knowledge.entry import Entry
from zhtext.contacts import AllowList
from zhtext.normalize import normalize

BLOCK = 20

Ask = Callable[[Question], Asked]
Told = Callable[[str, int, int], None]  # the stage, how much of it is done, how much there is to do


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Setting:
    """What is measured with. `encoder_name` opens the same encoder in another process."""

    encoder: Encoder
    encoder_name: str
    now: datetime
    converted: bool = False  # ask everything once more in the other script
    told: Told = silent


def run(base: Base, trial: Trial, setting: Setting) -> dict[str, Any]:
    """Build, ask everybody in interleaved blocks, measure; the report's data. Raises IngestError, RetrievalError."""
    entries, encoder, told = base.entries, setting.encoder, setting.told
    held = _held_out(base, trial)
    warm_up()
    # One thread for all: idle BLAS threads spin, and their CPU time would be nobody's.
    with threadpool_limits(1), tempfile.TemporaryDirectory(prefix="gongda-evaluation-") as folder:
        told("build", 0, 1)
        began = time.perf_counter()
        made = publish(Source(entries, held.asked, held.uncovered), encoder, Path(folder), now=setting.now)
        seconds = {"ours": time.perf_counter() - began}
        told("memory", 0, 1)
        memory = retrieval_memory.measure(
            Path(folder), setting.encoder_name, [question.text for question in (*trial.queries, *trial.oos)]
        )
        live = Live(Path(folder), encoder)
        rivals, unfit = _rivals(entries, encoder, seconds, told)
        asked = ask_all({"ours": partial(_ours, live), **rivals}, trial, setting)
        told("figures", 0, 1)
        rows = manifest.read(Path(folder) / made.report.build_id).rows
        thresholds = dict(live.ask(trial.queries[0].text).thresholds)
    found = retrieval_figures.figures(asked, seconds, thresholds["answer"])
    found["ours"] |= {"rss_mb": memory["peak_mb"] if memory else None, "memory": memory}
    return {
        "surroundings": surroundings(),
        "encoder": encoder.name,
        **_circumstances(base, trial, encoder),
        "rows": rows,
        "asked": len(held.asked),
        "asked_held_out": len(base.asked) - len(held.asked) + len(base.uncovered) - len(held.uncovered),
        "thresholds": thresholds,
        "peers_left_out": unfit,
        **found,
    }


def _circumstances(base: Base, trial: Trial, encoder: Encoder) -> dict[str, Any]:
    rows = [text for entry in base.entries for text in (*entry.questions, entry.title)]
    sets = {"queries": trial.queries, "oos": trial.oos} if trial.oos else {"queries": trial.queries}
    lost = {one.id for one in base.left_out}
    return {
        "entries": len(base.ids),
        "entries_published": len(base.entries),
        "entries_without_answer": base.without_answer,
        "left_out": [vars(one) for one in base.left_out],
        "cleaned": dict(base.cleaned),
        "queries": len(trial.queries),
        "queries_without_their_entry": sum(question.label in lost for question in trial.queries),
        "oos": len(trial.oos),
        # Word for word or nearly: figures of such questions are no evidence.
        "seen_before": {name: sum(seen_before([q.text for q in some], rows)) for name, some in sets.items()},
        "seen_by_encoder": sum(encoder.has_seen(question.text) for question in trial.queries),
    }


def _held_out(base: Base, trial: Trial) -> Base:
    """Thresholds must not be fitted on what is asked afterwards, nor on what is nearly the same."""
    texts = [*base.asked, *base.uncovered]
    known = seen_before(texts, [question.text for question in (*trial.queries, *trial.oos)])
    kept = {text for text, met in zip(texts, known, strict=True) if not met}
    asked = {text: entry_id for text, entry_id in base.asked.items() if text in kept}
    return replace(base, asked=asked, uncovered=tuple(text for text in base.uncovered if text in kept))


def _rivals(
    entries: Sequence[Entry], encoder: Encoder, seconds: dict[str, float], told: Told
) -> tuple[dict[str, Ask], dict[str, str]]:
    """Every peer that can be built, and why the others cannot; the seconds that each took."""
    rivals: dict[str, Ask] = {}
    unfit: dict[str, str] = {}
    told("peers", 0, len(NAMES))
    began = time.perf_counter()
    for number, (name, peer) in enumerate(peers(entries, encoder), 1):
        if isinstance(peer, Unfit):
            unfit[name] = str(peer)
        else:
            rivals[name] = partial(_theirs, peer, entries)
        seconds[name], began = time.perf_counter() - began, time.perf_counter()
        told("peers", number, len(NAMES))
    seconds["rrf"] += sum(seconds[name] for name in FUSED)
    return rivals, unfit


def warm_up() -> None:
    """Libraries and dictionaries that load on first use, before anybody's time is taken."""
    import sklearn.feature_extraction.text  # type: ignore[import-untyped]
    import sklearn.svm  # type: ignore[import-untyped]  # noqa: F401

    word_tokens(normalize("預熱"))


def ask_all(askers: Mapping[str, Ask], trial: Trial, setting: Setting) -> dict[str, dict[str, list[Asked]]]:
    """By asker and set. Blocks alternate between the askers, another one first each time; a first block, not counted,
    warms them up."""
    sets = {"queries": trial.queries, "oos": trial.oos}
    if setting.converted:
        sets["converted"] = tuple(map(other_script, trial.queries))
    asked: dict[str, dict[str, list[Asked]]] = {name: {kind: [] for kind in sets} for name in askers}
    for answer in askers.values():
        for question in trial.queries[:BLOCK]:
            answer(question)
    done, total = 0, sum(map(len, sets.values()))
    for kind, questions in sets.items():
        for start in range(0, len(questions), BLOCK):
            block = questions[start : start + BLOCK]
            for name, answer in _rotated(askers, start // BLOCK):
                asked[name][kind] += map(answer, block)
            done += len(block)
            setting.told("ask", done, total)
    return asked


def _rotated(askers: Mapping[str, Ask], by: int) -> list[tuple[str, Ask]]:
    turns = list(askers.items())
    first = by % len(turns)
    return turns[first:] + turns[:first]


def _ours(live: Live, question: Question) -> Asked:
    cpu, wall = time.process_time(), time.perf_counter()
    result = live.ask(question.text)
    ms, cpu_ms = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
    shown = (result.entry_id,) if result.entry_id else offered(result)
    # What a person would see first, then the other candidates.
    ranked = tuple(dict.fromkeys((*shown, *(candidate.entry_id for candidate in result.candidates))))
    return Asked(question, ranked, result.probability, result.decision, shown, ms, cpu_ms, result.reason)


def _theirs(peer: Peer, entries: Sequence[Entry], question: Question) -> Asked:
    cpu, wall = time.process_time(), time.perf_counter()
    ranked = ask(peer, entries, question.text)
    ms, cpu_ms = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
    return Asked(question, ranked.ids, ranked.best, "answer", ranked.ids[:1], ms, cpu_ms)


def offered(result: Result) -> tuple[str, ...]:
    """The entries among the choices, each once. Only choices between versions carry more than an id, and a vendor's
    ids may hold any character."""
    if result.decision != "choices":
        return ()
    return result.offered if result.reason == VERSION else tuple(offer.entry_id for offer in result.offers)


def main() -> None:
    """The command line of the project's own campaigns; `gongda eval retrieval` is the operator's."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.retrieval", description=__doc__)
    parser.add_argument("--entries", type=Path, required=True)
    parser.add_argument("--queries", type=Path, nargs="+", required=True)
    parser.add_argument("--oos", type=Path)
    parser.add_argument("--encoder", default=str(DEFAULT_MODEL), help="as GONGDA_ENCODER; hash needs no model")
    parser.add_argument("--out", type=Path, help="the JSON file; the Markdown lies beside it")
    given = parser.parse_args()
    now = datetime.now(timezone.utc)
    base = read_base(given.entries, AllowList(), now)
    trial = read_trial(given.queries, given.oos, base.ids)
    data = run(base, trial, Setting(open_encoder(given.encoder), given.encoder, now, converted=True))
    markdown = retrieval_report.markdown(data)
    print(markdown)
    print(write(given.out, "retrieval", data, markdown))


if __name__ == "__main__":
    main()
