"""How well unanswered questions are gathered: character n-grams alone, the encoder alone, and both.

`.venv/bin/python -m evaluation.gap_clusters [--questions FILE…] [--out FILE]`

Pairs of questions are what is counted: of the pairs put together, how many belong together (precision), and of those
that belong together, how many were put together (recall). A threshold is never chosen on the groups it is measured
on: half of the groups of the first file choose it, the other half is measured, and the reverse. The later files are
measured with what ships. Questions come in nightly batches in several orders, as they do in a running desk.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.labelled import Question, read_questions
from evaluation.report import foot, surroundings, table, write
from kb_ingest.gaps.clusters import NGRAMS, THRESHOLD, Cluster, assign
from kb_ingest.gaps.clusters import Question as Asked
from retrieval.indexing.encoder import Encoder, open_encoder

HERE = Path(__file__).parent / "gaps"
FILES = (HERE / "questions.jsonl", HERE / "questions_b.jsonl")
KINDS = {"只用 n-gram": 1.0, "只用编码器": 0.0, "两者": NGRAMS}
CANDIDATES = tuple(round(0.08 + 0.02 * step, 2) for step in range(20))
BATCH, ORDERS, SEED = 15, 5, 20_261_122


@dataclass(frozen=True)
class Figures:
    """Over pairs of questions."""

    precision: float
    recall: float
    clusters: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def to_json(self) -> dict[str, float]:
        figures = {"precision": self.precision, "recall": self.recall, "f1": self.f1, "clusters": self.clusters}
        return {name: round(value, 4) for name, value in figures.items()}


class Gathering:
    """One way of gathering."""

    def __init__(self, encoder: Encoder, ngrams: float) -> None:
        self._encoder, self._ngrams = encoder, ngrams

    def gather(self, questions: Sequence[Question], threshold: float, batch: int) -> list[int | None]:
        """The cluster of each question when `batch` come at a time."""
        found: list[int | None] = [None] * len(questions)
        members: dict[int, list[str]] = defaultdict(list)
        for start in range(0, len(questions), batch):
            asked = [Asked(start + place, one.text) for place, one in enumerate(questions[start : start + batch])]
            known = [Cluster(number, tuple(texts)) for number, texts in members.items()]
            first_new = len(members)
            for one, given in zip(
                asked, assign(asked, known, self._encoder, threshold=threshold, ngrams=self._ngrams), strict=True
            ):
                number = first_new + given.group if given.group is not None else given.cluster_id
                if number is not None:
                    members[number].append(one.text)
                found[one.id] = number
        return found

    def measure(self, questions: Sequence[Question], threshold: float) -> Figures:
        """Mean over several orders of arrival."""
        parts = []
        for seed in range(ORDERS):
            order = random.Random(SEED + seed).sample(list(questions), len(questions))  # noqa: S311
            parts.append(compare(self.gather(order, threshold, BATCH), [one.label for one in order]))
        return Figures(*(sum(values) / ORDERS for values in zip(*map(_values, parts), strict=True)))

    def best(self, questions: Sequence[Question]) -> float:
        """The threshold with the highest F1, all questions at once."""
        labels = [one.label for one in questions]
        scored = [(compare(self.gather(questions, t, len(questions)), labels).f1, t) for t in CANDIDATES]
        return max(scored)[1]


def compare(found: Sequence[int | None], truth: Sequence[str]) -> Figures:
    """Pairwise figures; what is in no cluster is in no pair."""
    together = _pairs([number for number in found if number is not None])
    belonging = _pairs(truth)
    right = _pairs([(n, label) for n, label in zip(found, truth, strict=True) if n is not None])
    clusters = len({number for number in found if number is not None})
    return Figures(right / together if together else 0.0, right / belonging if belonging else 0.0, float(clusters))


def run(files: Sequence[Path], encoder: Encoder) -> dict[str, Any]:
    """The report's data."""
    sets = {path.stem: read_questions(path) for path in files}
    first = [question for question in next(iter(sets.values())) if question.label]
    return {
        "surroundings": surroundings(),
        "encoder": encoder.name,
        "shipped": {"threshold": THRESHOLD, "ngrams": NGRAMS},
        "sets": {name: _size(questions) for name, questions in sets.items()},
        "cross_validated": {name: _cross(Gathering(encoder, share), first) for name, share in KINDS.items()},
        "as_shipped": {
            name: Gathering(encoder, NGRAMS).measure([one for one in questions if one.label], THRESHOLD).to_json()
            for name, questions in sets.items()
        },
        "noise": {name: _noise(Gathering(encoder, NGRAMS), questions) for name, questions in sets.items()},
    }


def _cross(gathering: Gathering, questions: Sequence[Question]) -> dict[str, Any]:
    groups = sorted({one.label for one in questions})
    halves = [[one for one in questions if groups.index(one.label) % 2 == half] for half in (0, 1)]
    thresholds = [gathering.best(half) for half in halves]
    parts = [gathering.measure(halves[1 - half], thresholds[half]) for half in (0, 1)]
    mean = Figures(*(sum(values) / 2 for values in zip(*map(_values, parts), strict=True)))
    return {"thresholds": thresholds, **mean.to_json()}


def _noise(gathering: Gathering, questions: Sequence[Question]) -> dict[str, Any]:
    """Gibberish that was taken for a question, and questions that were taken for gibberish."""
    found = gathering.gather(questions, THRESHOLD, len(questions))
    pairs = list(zip(questions, found, strict=True))
    return {
        "noise": sum(not one.label for one in questions),
        "gathered": [one.text for one, number in pairs if number is not None and not one.label],
        "dropped": [one.text for one, number in pairs if number is None and one.label],
    }


def _size(questions: Sequence[Question]) -> dict[str, int]:
    labels = Counter(one.label for one in questions)
    return {"questions": len(questions) - labels[""], "groups": len(labels) - ("" in labels), "noise": labels[""]}


def _pairs(labels: Sequence[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())


def _values(figures: Figures) -> tuple[float, float, float]:
    return figures.precision, figures.recall, figures.clusters


def markdown(data: Mapping[str, Any]) -> str:
    """The tables."""
    head = ("", "阈值", "查准", "查全", "F1", "簇数")
    crossed = [
        (name, " / ".join(map(str, f["thresholds"])), f["precision"], f["recall"], f["f1"], f["clusters"])
        for name, f in data["cross_validated"].items()
    ]
    shipped = [
        (f"{name}（{size['questions']} 问，{size['groups']} 组）", THRESHOLD, f["precision"], f["recall"], f["f1"],
         f["clusters"])
        for (name, f), size in zip(data["as_shipped"].items(), data["sets"].values(), strict=True)
    ]  # fmt: skip
    noise = [
        (name, f["noise"], len(f["gathered"]), "、".join(f["gathered"]), len(f["dropped"]), "、".join(f["dropped"]))
        for name, f in data["noise"].items()
    ]
    return (
        f"# 未答问题的归并\n\n编码器 {data['encoder']}；每批 {BATCH} 条，{ORDERS} 种先后次序的平均；按问题对计。\n"
        "\n## 三种相似度（阈值在一半组上选，在另一半组上量）\n\n" + table(head, crossed)
        + "\n## 出厂设置\n\n" + table(head, shipped)
        + "\n## 乱敲与一个词\n\n" + table(("", "乱敲", "误收", "", "误弃", ""), noise)
        + foot(dict(data))
    )  # fmt: skip


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m evaluation.gap_clusters", description=__doc__)
    options.add_argument("--questions", type=Path, nargs="+", default=list(FILES))
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    data = run(given.questions, open_encoder())
    text = markdown(data)
    print(text)
    print(write(given.out, "gap-clusters", data, text))


if __name__ == "__main__":
    main()
