"""Retrieval over synthetic corpora of growing size, beside FAISS Flat and plain BM25.

`.venv/bin/python -m evaluation.scale --sizes 10000 100000 1000000`

Each size is built once (`--builds FOLDER` keeps the builds and uses those it finds), then asked in blocks that
alternate between ours and the peers; loading and memory are measured in a process of its own. The corpus says nothing
about the quality of answers: see `evaluation.synthetic`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import psutil  # type: ignore[import-untyped]
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from evaluation import synthetic
from evaluation.engine_models import ROOT
from evaluation.measures import percentiles
from evaluation.okapi import Okapi
from evaluation.report import foot, surroundings, table, write
from evaluation.synthetic import Query
from retrieval.asking.live import Live
from retrieval.asking.retriever import Retriever
from retrieval.asking.scorer import Scorer
from retrieval.building import manifest, store
from retrieval.building.build import build
from retrieval.building.extend import extend
from retrieval.building.store import Index
from retrieval.indexing.encoder import Encoder, open_encoder
from retrieval.indexing.postings import hashed
from retrieval.indexing.recall import Truth
from retrieval.indexing.segment import MATCHED
from retrieval.indexing.tokens import char_tokens
from zhtext.normalize import normalize

BLOCK = 20
QUERIES = 200
TOP = 10
_OKAPI_UP_TO = 100_000  # above that one question takes it seconds
_EVEN = 1e-5
_BUILT = "built.json"
Ask = Callable[[Query], Any]


def run(sizes: Sequence[int], encoder: Encoder, builds: Path) -> dict[str, Any]:
    """The report's data."""
    with threadpool_limits(1):
        faiss.omp_set_num_threads(1)
        return {"surroundings": surroundings(), "encoder": encoder.name, "queries": QUERIES,
                "sizes": [_measured(size, encoder, builds / str(size)) for size in sizes],
                "ended": surroundings()}  # fmt: skip


def _measured(size: int, encoder: Encoder, root: Path) -> dict[str, Any]:
    built = _build(size, encoder, root)
    queries = synthetic.queries(QUERIES, size)
    index = store.load(root / store.current(root))
    exact = _flat(index.scorer)
    asked, found = _ask(index, exact, queries, encoder, size)
    vectors = np.stack([encoder.encode_query(normalize(query.text)) for query in queries])
    return {
        "entries": size,
        "rows": index.info.rows,
        **built,
        "bytes": sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file()),
        "plans": dict(index.info.dense),
        "asked": asked,
        "found_first": round(found / len(queries), 3),
        "recall": round(Truth.of(exact[1], vectors).recall(index.scorer.base.dense.nearest), 4),
        "lexical_equal": _lexical_equal(index.scorer, queries),
        **_in_a_process(root, size),
        "added": _added(root, encoder, size),
    }


def _build(size: int, encoder: Encoder, root: Path) -> dict[str, Any]:
    kept = root / _BUILT
    if kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    entries = list(synthetic.entries(size))
    root.mkdir(parents=True, exist_ok=True)
    wall, cpu = time.perf_counter(), time.process_time()
    info = build(entries, encoder, root, now=datetime.now(timezone.utc))
    built = {
        "build_seconds": round(time.perf_counter() - wall, 1),
        "build_cpu_seconds": round(time.process_time() - cpu, 1),
        "build_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    store.activate(root, info.build_id)
    kept.write_text(json.dumps(built), encoding="utf-8")
    return built


def _flat(scorer: Scorer) -> tuple[Any, NDArray[Any]]:
    """FAISS Flat over the same rows, and their vectors."""
    vectors = scorer.base.dense.all_vectors()
    flat = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(vectors), 65_536):
        flat.add(vectors[start : start + 65_536].astype(np.float32))
    return flat, vectors


def _ask(
    index: Index, exact: tuple[Any, NDArray[Any]], queries: Sequence[Query], encoder: Encoder, size: int
) -> tuple[dict[str, Any], int]:
    """Milliseconds by asker, and how often ours had the entry first that the question was made from."""
    retriever = Retriever(index, encoder)
    firsts: dict[str, bool] = {}

    def ours(query: Query) -> None:
        candidates = retriever.ask(query.text).candidates
        firsts[query.text] = bool(candidates) and candidates[0].entry_id == query.entry_id

    vectors = {query.text: encoder.encode_query(normalize(query.text)).reshape(1, -1) for query in queries}
    askers: dict[str, Ask] = {"ours": ours, "flat": lambda query: exact[0].search(vectors[query.text], TOP)}
    if size <= _OKAPI_UP_TO:
        okapi = Okapi([char_tokens(text) for text in index.scorer.rows.texts])
        askers["okapi"] = lambda query: okapi.top(char_tokens(normalize(query.text)), TOP)
    for ask in askers.values():
        ask(queries[0])
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in askers}
    for start in range(0, len(queries), BLOCK):
        for name, ask in askers.items():
            # A question takes the plain BM25 seconds at the end; two of a block tell enough.
            block = queries[start : start + (BLOCK if name != "okapi" else 2)]
            spent[name] += [_timed(ask, query) for query in block]
    return {name: _figures(times) for name, times in spent.items()}, sum(firsts.values())


def _timed(ask: Ask, query: Query) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    ask(query)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _figures(times: Sequence[tuple[float, float]]) -> dict[str, Any]:
    wall, cpu = zip(*times, strict=True)
    return {"ms": percentiles(wall, 50, 95), "cpu_ms": percentiles(cpu, 50, 95)}


def _lexical_equal(scorer: Scorer, queries: Sequence[Query]) -> dict[str, float]:
    """Share of questions whose ten best scores are those that scoring every document gives."""
    shares = {}
    for name in MATCHED:
        postings = getattr(scorer.base, name)
        groups = scorer.rows.groups if name == "char" else None
        equal = 0
        for query in queries:
            terms = hashed(char_tokens(normalize(query.text)))
            pruned = postings.ask(terms, small=0).top(TOP, groups=groups)[1]
            every = postings.ask(terms, small=len(postings)).top(TOP, groups=groups)[1]
            equal += pruned.shape == every.shape and bool(np.abs(pruned - every).max(initial=0.0) < _EVEN)
        shares[name] = round(equal / len(queries), 3)
    return shares


def _in_a_process(root: Path, size: int) -> dict[str, Any]:
    """Seconds to load and megabytes after fifty questions, of a fresh process."""
    command = [sys.executable, "-W", "ignore", "-m", "evaluation.scale", "--serve", str(root), "--sizes", str(size)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def serve(root: Path, size: int) -> dict[str, Any]:
    """What `_in_a_process` runs. `private_mb` leaves out what the system can drop and share: mapped files."""
    encoder = open_encoder()
    folder = root / store.current(root)
    began = time.perf_counter()
    manifest.verify(folder)
    verified = time.perf_counter()
    index = store.load(folder)
    loaded = time.perf_counter()
    retriever = Retriever(index, encoder)
    for query in synthetic.queries(50, size):
        retriever.ask(query.text)
    memory = psutil.Process().memory_full_info()
    return {"verify_seconds": round(verified - began, 2), "load_seconds": round(loaded - verified, 2),
            "rss_mb": memory.rss >> 20, "private_mb": memory.uss >> 20}  # fmt: skip


def _added(root: Path, encoder: Encoder, size: int) -> dict[str, Any]:
    """Seconds from the wish to add one entry until a server that is running answers with it. None where the base is
    too small to be extended."""
    live = Live(root, encoder)
    live.ask("开始")
    name, times = store.current(root), []
    for number in range(3):
        entry = replace(synthetic.entry(size + number), id=f"added-{number}")
        began = time.perf_counter()
        made = extend(root, name, [entry], [], encoder, now=datetime.now(timezone.utc) + timedelta(seconds=number))
        if made is None:
            return {"seconds": None}
        store.activate(root, made.build_id)
        live.reload()
        found = live.ask(entry.question).entry_id == entry.id
        times.append(round(time.perf_counter() - began, 3))
        store.activate(root, name)
        live.reload()
        store.discard(root, made.build_id)
        if not found:
            raise RuntimeError(f"{entry.question} does not lead to the entry just added")
    return {"seconds": sorted(times)[1], "all": times}


_NOTES = (
    "语料是合成的（每条一个问题、一个相似问法、一段短答案），只量速度与内存，不说明回答质量。",
    "每个规模 {queries} 个改写过的问题，各家分块轮流问，一律单线程。普通 BM25 是照 rank_bm25 的 BM25Okapi 公式写的对手",
    "（该包没有安装），只做到十万条。墙钟随别的程序的负载变，比较请看 CPU 与比值。",
)
_SPEED = (
    "条目",
    "行",
    "问一次 p50 / p95 毫秒",
    "其中 CPU",
    "CPU 是最小规模的",
    "FAISS Flat CPU 毫秒",
    "普通 BM25 CPU 毫秒",
)
_RIGHT = ("条目", "向量前十召回", "向量索引（精排数）", "词索引前十与逐条计算相同", "原条目排第一")
_COST = (
    "条目",
    "建 秒",
    "CPU 秒",
    "建时峰值 MB",
    "索引 MB",
    "载入 秒",
    "其中校验 秒",
    "内存 MB（独占）",
    "加一条到可答 秒",
)


def markdown(data: Mapping[str, Any]) -> str:
    """For people."""
    sizes = data["sizes"]
    first = sizes[0]["asked"]["ours"]["cpu_ms"]["p50"]
    parts = (
        table(_SPEED, [_speed(one, one["asked"], first) for one in sizes]),
        table(_RIGHT, map(_right, sizes)),
        table(_COST, map(_cost, sizes)),
    )
    return "\n".join(["# 从一万条到一百万条", "", "".join(_NOTES).format(queries=data["queries"]), "", *parts])


def _speed(one: Mapping[str, Any], asked: Mapping[str, Any], first: float) -> Sequence[object]:
    ours, okapi = asked["ours"], asked.get("okapi")
    return (one["entries"], one["rows"], _pair(ours["ms"]), _pair(ours["cpu_ms"]),
            f"{ours['cpu_ms']['p50'] / first:.1f} 倍", _pair(asked["flat"]["cpu_ms"]),
            _pair(okapi["cpu_ms"]) if okapi else None)  # fmt: skip


def _right(one: Mapping[str, Any]) -> Sequence[object]:
    plans = "；".join(f"{plan['kind']} {plan['refined']}" for plan in one["plans"].values())
    equal = "，".join(f"{name} {share}" for name, share in one["lexical_equal"].items())
    return one["entries"], one["recall"], plans, equal, one["found_first"]


def _cost(one: Mapping[str, Any]) -> Sequence[object]:
    return (one["entries"], one["build_seconds"], one["build_cpu_seconds"], one["build_peak_mb"], one["bytes"] >> 20,
            one["load_seconds"], one["verify_seconds"], f"{one['rss_mb']}（{one['private_mb']}）",
            one["added"]["seconds"])  # fmt: skip


def _pair(values: Mapping[str, float]) -> str:
    return f"{values['p50']:.1f} / {values['p95']:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--builds", type=Path, help="keep the builds here, and use those that are there")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        print(json.dumps(serve(options.serve, options.sizes[0])))
        return
    with tempfile.TemporaryDirectory(prefix="gongda-scale-") as folder:
        data = run(options.sizes, open_encoder(), options.builds or Path(folder))
    text = markdown(data)
    print(write(options.out, "scale", data, text + foot(data)))
    print(text)


if __name__ == "__main__":
    main()
