from __future__ import annotations

import pytest

from evaluation.measures import (
    Bin,
    auroc,
    auroc_interval,
    calibration_error,
    confusions,
    coverage_and_risk,
    coverage_at_risk,
    f1_by_label,
    interval,
    macro_f1,
    percentiles,
    rejected_at,
    reliability,
    share,
    share_interval,
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


def test_no_threshold_parts_equal_scores() -> None:
    assert coverage_at_risk([0.9, 0.8, 0.8], [True, True, False], [True] * 3, risk=0.0) == 0.3333


@pytest.mark.parametrize(
    ("hits", "n", "expected"), [(8, 10, (0.4902, 0.9433)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0))]
)
def test_the_interval_of_a_share_is_wilsons(hits: int, n: int, expected: tuple[float, float]) -> None:
    assert share_interval([True] * hits + [False] * (n - hits)) == expected


def test_nothing_has_no_interval() -> None:
    assert share_interval([]) is None
    assert auroc_interval([], [1.0]) is None
    assert auroc_interval([1.0], []) is None


def test_sides_that_never_mix_leave_no_doubt() -> None:
    assert auroc_interval([1.0, 2.0], [3.0, 4.0, 5.0]) == (1.0, 1.0)


def test_sides_that_are_all_equal_leave_a_coin() -> None:
    assert auroc_interval([1.0] * 3, [1.0] * 4) == (0.5, 0.5)


def test_the_interval_of_auroc_holds_it_and_is_the_same_each_time() -> None:
    low, high = [0.1, 0.4, 0.5, 0.7], [0.3, 0.6, 0.8, 0.9]
    found = auroc_interval(low, high)
    area = auroc(low, high)

    assert found is not None
    assert area is not None
    assert found[0] < area < found[1]
    assert auroc_interval(low, high) == found


def test_coverage_is_of_the_answerable_and_risk_of_all_answers() -> None:
    scores, right, known = [0.9, 0.8, 0.6, 0.4], [True, False, True, False], [True, False, True, True]

    assert coverage_and_risk(scores, right, known, 0.6) == (0.6667, 0.3333, 3)


def test_where_nothing_is_answered_the_risk_is_unknown() -> None:
    assert coverage_and_risk([0.2], [True], [True], 0.9) == (0.0, None, 0)


def test_strangers_below_what_nineteen_of_twenty_reach_are_rejected() -> None:
    answerable = [float(number) for number in range(1, 21)]

    assert rejected_at(0.95, answerable, [0.0, 1.0, 2.0, 30.0]) == [True, True, False, False]


def test_reliability_compares_promise_and_outcome_in_bins_of_equal_numbers() -> None:
    bins = reliability([0.9, 0.1, 0.7, 0.3], [True, False, True, True], bins=2)

    assert bins == (Bin(0.2, 0.5, 2), Bin(0.8, 1.0, 2))


def test_calibration_error_weighs_each_bin_by_its_questions() -> None:
    assert calibration_error([Bin(0.2, 0.5, 1), Bin(0.8, 1.0, 3)]) == pytest.approx((0.3 * 1 + 0.2 * 3) / 4)
    assert calibration_error([]) is None


def test_fewer_questions_than_bins_make_fewer_bins() -> None:
    assert len(reliability([0.2, 0.4], [True, True], bins=10)) == 2
