from __future__ import annotations

from datetime import datetime, timezone

import pytest

from desk.calendar import WorkingHours
from gateway.console.knowledge.hit import Hit, read
from gateway.console.labels import Labels
from gateway.wording import Wording
from retrieval.asking.scorer import FEATURES

LABELS = Labels(Wording.load(), WorkingHours().tz, datetime(2026, 11, 23, tzinfo=timezone.utc))
REASONS = (
    "code", "exact", "confident", "codes_fold_together", "several_codes", "some_codes_unknown", "rivals", "vague", "unsure",
    "version", "empty", "unknown_code", "policy_only", "no_evidence",
)  # fmt: skip
FOUND = {
    "normalized": "材料怎么导", "decision": "choices", "reason": "unsure", "probability": 0.4, "codes": [],
    "thresholds": {"answer": 0.62, "choices": 0.21}, "weights": {"char": 4.0, "dense": 2.0},
    "offers": [{"entry_id": "how-import", "label": "导入材料"}],
    "candidates": [
        {"entry_id": "how-import", "title": "导入材料", "probability": 0.4, "features": {"dense": 0.5, "char": 0.5, "exact": 0.0},
         "contributions": {"dense": 1.0, "char": 2.0}},
        {"entry_id": "how-export", "title": "导出材料", "probability": 0.3, "features": {"dense": 0.9, "char": 0.1, "exact": 0.0},
         "contributions": {"dense": 1.8, "char": -0.4}},
    ],
}  # fmt: skip


def shown(hit: Hit, place: int) -> dict[str, tuple[float | None, float, float | None]]:
    """Contribution, size and lead by feature."""
    return {one.name: (one.contribution, round(one.size, 2), one.ahead) for one in hit.candidates[place].features}


def test_what_counts_most_stands_first_and_is_compared_with_the_rival() -> None:
    hit = read(FOUND)

    assert list(shown(hit, 0)) == ["char", "dense", "exact"]
    assert shown(hit, 0) == {"char": (2.0, 1.0, 2.4), "dense": (1.0, 0.5, -0.8), "exact": (None, 0.0, None)}
    assert shown(hit, 1) == {"dense": (1.8, 0.9, 0.8), "char": (-0.4, 0.2, -2.4), "exact": (None, 0.0, None)}
    assert [one.total for one in hit.candidates] == [3.0, pytest.approx(1.4)]


def test_without_contributions_values_are_shown_and_nothing_is_added_up() -> None:
    hit = read({"candidates": [{"entry_id": "a", "title": "A", "features": {"char": 0.2, "made_up": 7.5}}]})

    assert shown(hit, 0) == {"made_up": (None, 1.0, None), "char": (None, 0.2, None)}
    assert hit.candidates[0].total is None


def test_an_empty_answer_is_no_error() -> None:
    hit = read({})

    assert (hit.decision, hit.candidates, hit.names) == ("", (), ())


def test_every_feature_has_a_name_and_a_line_that_says_what_it_is() -> None:
    nameless = [
        name for name in FEATURES for group in ("feature", "feature_note") if not LABELS.name(group, name, default="")
    ]

    assert nameless == []


def test_a_feature_that_nobody_has_named_stands_for_itself() -> None:
    assert LABELS.name("feature", "made_up") == "made_up"


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_told_in_a_sentence_with_its_figures(reason: str) -> None:
    hit = read({**FOUND, "reason": reason, "codes": ["ERR-1042"]})

    sentence = LABELS.name("because", reason, default="", **hit.figures)

    assert sentence.endswith("。")
    assert "$" not in sentence


def test_the_sentence_names_probability_and_thresholds() -> None:
    sentence = LABELS.name("because", "unsure", **read(FOUND).figures)

    assert "0.400" in sentence
    assert "0.620" in sentence
    assert "0.210" in sentence
