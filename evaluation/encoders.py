"""Sentence encoders side by side: what they find alone, what a question costs, how large they are.

`.venv/bin/python -m evaluation.encoders shipped shipped@64 hash DIR…`: `@64` keeps the first 64 dimensions of a static
table. Asked are wordings of situations that training has never seen and the real questions of `kb/asked`: development
sets, not held-out ones.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from evaluation.report import foot, surroundings, table, write
from kb_ingest.asked import read_asked
from kb_ingest.folder import read_folder
from retrieval.indexing.encoder import DEFAULT_MODEL, Encoder, open_encoder
from retrieval.indexing.rows import rows_of
from retrieval.training import situations
from zhtext.normalize import normalize

Floats = NDArray[np.float32]
_TIMED = 500


@dataclass(frozen=True)
class Task:
    """Questions, the texts among which they look, the owner of each text, and the right owner of each question."""

    name: str
    questions: tuple[str, ...]
    texts: tuple[str, ...]
    owners: NDArray[np.int64]
    right: NDArray[np.int64]


class Shortened:
    """The first dimensions of another encoder."""

    def __init__(self, whole: Encoder, dimensions: int) -> None:
        self._whole = whole
        self.dimensions = dimensions

    def encode_query(self, text: str) -> Floats:
        return _unit(self._whole.encode_query(text)[: self.dimensions])

    def encode_documents(self, texts: Sequence[str]) -> Floats:
        return _unit(self._whole.encode_documents(texts)[:, : self.dimensions])


def run(names: Sequence[str], kb: Path) -> dict[str, Any]:
    """Figures of each encoder; one thread."""
    tasks = (_situations(), _asked(kb))
    with threadpool_limits(1):
        return {"surroundings": surroundings(), "tasks": {task.name: len(task.questions) for task in tasks},
                "encoders": {Path(name).name: _figures(name, tasks) for name in names}}  # fmt: skip


def _figures(name: str, tasks: Sequence[Task]) -> dict[str, float]:
    encoder, megabytes = _open(name)
    found: dict[str, float] = {"megabytes": megabytes, "dimensions": encoder.dimensions}
    for task in tasks:
        scores = encoder.encode_documents(task.questions) @ encoder.encode_documents(task.texts).T
        places = _places(scores, task)
        found[f"{task.name}_r1"] = float((places < 1).mean())
        found[f"{task.name}_r5"] = float((places < 5).mean())
    texts = [text for task in tasks for text in task.questions][:_TIMED]
    began = time.process_time()
    for text in texts:
        encoder.encode_query(text)
    found["cpu_ms"] = (time.process_time() - began) * 1000 / len(texts)
    return found


def _open(name: str) -> tuple[Encoder | Shortened, float]:
    whole, _, dimensions = name.partition("@")
    path = DEFAULT_MODEL if whole == "shipped" else Path(whole)
    encoder = open_encoder(path if path.is_dir() else whole)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 2**20 if path.is_dir() else 0.0
    if not dimensions:
        return encoder, size
    return Shortened(encoder, int(dimensions)), size * int(dimensions) / encoder.dimensions


def _places(scores: Floats, task: Task) -> NDArray[np.int64]:
    """How many owners come before the right one."""
    order = np.argsort(task.owners, kind="stable")
    starts = np.flatnonzero(np.diff(task.owners[order], prepend=-1))
    best = np.maximum.reduceat(scores[:, order], starts, axis=1)
    own = best[np.arange(len(task.right)), task.right]
    places: NDArray[np.int64] = (best > own[:, None]).sum(axis=1)
    return places


def _situations() -> Task:
    """Every second wording of a held-out situation looks for it among the titles and the other wordings."""
    held_out = [one for one in situations.read() if one.held_out]
    shown = [(text, number) for number, one in enumerate(held_out) for text in one.texts[::2]]
    asked = [(text, number) for number, one in enumerate(held_out) for text in one.texts[1::2]]
    return Task("situations", tuple(text for text, _ in asked), tuple(text for text, _ in shown),
                np.array([number for _, number in shown]), np.array([number for _, number in asked]))  # fmt: skip


def _asked(kb: Path) -> Task:
    """Real questions look for their entry among the questions and titles of all entries."""
    entries = read_folder(kb)
    number = {entry.id: place for place, entry in enumerate(entries)}
    asked = read_asked(kb, frozenset(number)).covered
    rows = rows_of(entries)
    return Task("asked", tuple(map(normalize, asked)), tuple(rows.texts), rows.owners.astype(np.int64),
                np.array([number[entry_id] for entry_id in asked.values()]))  # fmt: skip


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit


def _markdown(data: dict[str, Any]) -> str:
    columns = ("situations_r1", "situations_r5", "asked_r1", "asked_r5")
    rows = [
        [name, f"{one['megabytes']:.1f}", f"{one['dimensions']:.0f}", f"{one['cpu_ms']:.3f}",
         *(f"{one[column]:.3f}" for column in columns)]
        for name, one in data["encoders"].items()
    ]  # fmt: skip
    heads = ["encoder", "MB", "dimensions", "CPU ms a question", *columns]
    asked = ", ".join(f"{name}: {number} questions" for name, number in data["tasks"].items())
    return "\n".join(["# Encoders alone", "", f"Development sets. {asked}.", "", table(heads, rows), foot(data)])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.encoders", description=__doc__)
    parser.add_argument("names", nargs="*", default=["shipped", "shipped@128", "shipped@64", "hash"])
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--out", type=Path, help="the JSON file; the Markdown lies beside it")
    given = parser.parse_args()
    data = run(given.names, given.kb)
    markdown = _markdown(data)
    print(markdown)
    print(write(given.out, "encoders", data, markdown))


if __name__ == "__main__":
    main()
