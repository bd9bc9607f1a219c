from __future__ import annotations

import pytest

from evaluation.measures import (
    auroc,
    confusions,
    coverage_at_risk,
    f1_by_label,
    interval,
    macro_f1,
    percentiles,
    share,
    threshold_for,
)


def test_macro_f1_counts_every_label_alike() -> None:
    truth = ["a"] * 9 + ["b"]
    predicted = ["a"] * 10

    assert macro_f1(truth, predicted) == pytest.approx((2 * 0.9 / 1.9 + 0) / 2, abs=1e-4)


def test_a_label_that_is_only_guessed_does_not_enter_the_mean() -> None:
    assert f1_by_label(["a", "a"], ["a", "z"]).keys() == {"a"}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [([1, 2], [3, 4], 1.0), ([3, 4], [1, 2], 0.0), ([1, 1], [1, 1], 0.5), ([1, 3], [2], 0.5)],
)
def test_auroc_is_the_chance_that_high_scores_above_low(low: list[float], high: list[float], expected: float) -> None:
    assert auroc(low, high) == expected


def test_auroc_of_nothing_is_unknown() -> None:
    assert auroc([], [1.0]) is None


def test_the_threshold_lets_the_stated_share_be_rejected() -> None:
    scores = [number / 100 for number in range(100)]

    threshold = threshold_for(scores, rejected=0.05)

    assert share([score > threshold for score in scores]) == 0.05


def test_coverage_stops_where_too_much_would_be_wrong() -> None:
    scores = [0.9, 0.8, 0.7, 0.6]
    right = [True, True, False, True]

    assert coverage_at_risk(scores, right, [True] * 4, risk=0.0) == 0.5
    assert coverage_at_risk(scores, right, [True] * 4, risk=0.25) == 1.0


def test_coverage_counts_only_questions_that_have_an_answer() -> None:
    assert coverage_at_risk([0.9, 0.8], [True, False], [True, False], risk=0.5) == 1.0


def test_nothing_is_covered_when_the_surest_answer_is_wrong() -> None:
    assert coverage_at_risk([0.9, 0.8], [False, True], [True, True], risk=0.1) == 0.0


def test_the_interval_holds_the_mean_and_is_wider_for_fewer_groups() -> None:
    values = [1.0, 0.0] * 50

    alone = interval(values, range(100))
    together = interval(sorted(values), [number // 10 for number in range(100)])

    assert alone[0] <= 0.5 <= alone[1]
    assert together[1] - together[0] > alone[1] - alone[0]


def test_confusions_come_with_the_commonest_first() -> None:
    found = confusions(["a", "a", "b", "b"], ["b", "b", "a", "b"], ["一", "二", "三", "四"], top=1)

    assert found == [{"truth": "a", "said": "b", "count": 2, "texts": ["一", "二"]}]


def test_percentiles_of_nothing_are_zero() -> None:
    assert percentiles([], 50, 99) == {"p50": 0.0, "p99": 0.0}
