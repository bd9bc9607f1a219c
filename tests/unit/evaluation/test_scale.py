import math

import numpy as np
import pytest

from evaluation import scale, synthetic
from evaluation.okapi import K1, B, Okapi
from retrieval.indexing.dense import DenseIndex


def test_a_synthetic_corpus_is_the_same_each_time_and_says_what_it_is():
    first, again = list(synthetic.entries(30)), list(synthetic.entries(30))

    assert first == again
    assert len({one.id for one in first}) == 30
    assert {one.source for one in first} == {"synthetic"}
    assert all(one.question != one.similar[0] for one in first)


def test_synthetic_questions_are_worded_otherwise_than_the_entry_they_come_from():
    asked = synthetic.queries(40, 30)

    known = {one.id: one for one in synthetic.entries(30)}
    assert asked == synthetic.queries(40, 30)
    assert all(one.text not in known[one.entry_id].questions for one in asked)
    shared = [len(set(one.text) & set(known[one.entry_id].question)) / len(set(one.text)) for one in asked]
    assert np.median(shared) > 0.4


def test_okapi_is_the_formula():
    documents = [list("甲乙"), list("甲丙丙"), list("丁戊"), list("丁己庚辛")]
    idf = math.log(4 - 1 + 0.5) - math.log(1 + 0.5)
    norm = K1 * (1 - B + B * 3 / (11 / 4))

    found = Okapi(documents)

    assert found.scores(["丙"]) == pytest.approx([0, idf * 2 * (K1 + 1) / (2 + norm), 0, 0])
    assert found.top(list("丁辛"), 2).tolist() == [3, 2]


def test_the_report_shows_every_size():
    figures = {"ms": {"p50": 1.0, "p95": 2.0}, "cpu_ms": {"p50": 1.0, "p95": 2.0}}
    plan = DenseIndex.of(np.eye(8, dtype=np.float32)).plan
    one = {
        "entries": 10, "rows": 20, "asked": {"ours": figures, "flat": figures, "okapi": figures}, "recall": 1.0,
        "plans": {"rows": vars(plan)}, "lexical_equal": {"char": 1.0}, "found_first": 0.9, "build_seconds": 1,
        "build_cpu_seconds": 1, "build_peak_mb": 100, "bytes": 3 << 20, "load_seconds": 0.1, "verify_seconds": 0.1,
        "rss_mb": 200, "private_mb": 100, "added": {"seconds": None},
    }  # fmt: skip
    larger = {**one, "entries": 1_000, "asked": {name: figures for name in ("ours", "flat")}}

    text = scale.markdown({"queries": 5, "sizes": [one, larger]})

    assert text.count("| 10 |") == text.count("| 1000 |") == 3
    assert "合成" in text
