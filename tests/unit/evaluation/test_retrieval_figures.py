from __future__ import annotations

from typing import Any

import pytest

from evaluation.asked import Asked
from evaluation.labelled import Question
from evaluation.retrieval_figures import figures


def asked(label: str, ids: str, score: float, decision: str = "answer", **more: Any) -> Asked:
    """`ids` one letter each, best first; an answer shows the first, choices the first two."""
    question = Question(f"问{label}", label, more.get("script", ""), more.get("style", ""), also=more.get("also", ()))
    shown = {"answer": ids[:1], "choices": ids[:2], "decline": ""}[decision]
    return Asked(question, tuple(ids), score, decision, tuple(shown), more.get("ms", 1.0), 1.0, more.get("reason", ""))


QUERIES = [
    asked("a", "abc", 0.9, script="hans", ms=1.0),
    asked("b", "cab", 0.8, script="hans", ms=2.0),
    asked("c", "acb", 0.4, "choices", script="hant", ms=3.0),
    asked("d", "abc", 0.1, "decline", script="hant", ms=4.0),
]
OOS = [asked("", "abc", 0.7), asked("", "cab", 0.2, "decline")]


def measured(queries: list[Asked], oos: list[Asked], **more: list[Asked]) -> dict[str, Any]:
    worse = [asked("a", "bac", 0.5), asked("b", "b", 0.6), asked("c", "ab", 0.4), asked("d", "ab", 0.3)]
    sets: dict[str, Any] = {"ours": {"queries": queries, "oos": oos, **more}}
    sets["dense"] = {"queries": worse[: len(queries)], "oos": oos, **more}
    return figures(sets, {"ours": 1.234, "dense": 0.5}, threshold=0.75)


def test_recall_and_reciprocal_rank_go_by_the_place_of_the_right_entry() -> None:
    ours = measured(QUERIES, OOS)["ours"]

    assert (ours["r1"], ours["r3"], ours["r5"]) == (0.25, 0.75, 0.75)
    assert ours["mrr10"] == pytest.approx((1 + 1 / 3 + 1 / 2 + 0) / 4, abs=1e-4)
    assert ours["r1_interval"] == (0.0456, 0.6994)


def test_a_further_right_entry_counts_at_the_first_place() -> None:
    ours = measured([asked("b", "cab", 0.8, also=("c",))], [])["ours"]

    assert (ours["r1"], ours["wrong_of_answered"]) == (1.0, 0.0)


def test_an_entry_below_the_tenth_place_is_not_found() -> None:
    ours = measured([asked("z", "abcdefghijz", 0.8)], [])["ours"]

    assert (ours["mrr10"], ours["r5"]) == (0.0, 0.0)


def test_decisions_are_shares_of_their_kind() -> None:
    ours = measured(QUERIES, OOS)["ours"]

    assert (ours["answered"], ours["choices"], ours["declined"]) == (0.5, 0.25, 0.25)
    assert ours["wrong_of_answered"] == 0.5
    assert ours["choices_hit"] == 1.0
    assert (ours["oos_answered"], ours["oos_choices"], ours["oos_declined"]) == (0.5, 0.0, 0.5)
    assert ours["wrong_of_all_answered"] == 0.6667


def test_a_share_of_nothing_is_unknown() -> None:
    ours = measured([asked("a", "ab", 0.9, "decline")], [])["ours"]

    assert (ours["wrong_of_answered"], ours["choices_hit"]) == (None, None)
    assert ours["wrong_of_answered_interval"] is None


def test_scores_tell_the_unanswerable_apart() -> None:
    found = measured(QUERIES, OOS)

    # .7 lies below .9 and .8, .2 below .9, .8 and .4: five of eight pairs
    assert found["ours"]["oos_auroc"] == 0.625
    assert found["ours"]["oos_rejection_at_95"] == 0.0
    assert {"oos_auroc", "oos_rejection_at_95", "oos_auroc_interval"} <= found["peers"]["dense"].keys()


def test_without_unanswerable_questions_nothing_is_said_about_them() -> None:
    found = measured(QUERIES, [])

    told = [*found, *found["ours"], *found["ours"]["errors"], *found["peers"]["dense"]]
    assert [key for key in told if key.startswith(("oos", "unanswerable", "wrong_of_all"))] == []
    assert found["ours"]["calibration"]["all"] == found["ours"]["calibration"]["answerable"]


def test_ours_and_the_peers_are_held_to_the_same_figures() -> None:
    found = measured(QUERIES, OOS)

    assert found["peers"]["dense"].keys() <= found["ours"].keys()
    assert found["ours"]["build_seconds"] == 1.23


def test_coverage_with_hindsight_is_told_of_everybody() -> None:
    found = measured([asked("a", "a", 0.9), asked("b", "b", 0.8), asked("c", "a", 0.7)], [])

    assert found["ours"]["coverage_at_5_percent_wrong_in_hindsight"] == 0.6667
    assert found["peers"]["dense"]["coverage_at_5_percent_wrong_in_hindsight"] == 0.3333


def test_thresholds_are_tried_beside_the_shipped_one() -> None:
    rows = measured(QUERIES, OOS)["ours"]["at_thresholds"]

    assert [(row["threshold"], row["shipped"]) for row in rows] == [
        (0.5, False),
        (0.7, False),
        (0.75, True),
        (0.9, False),
    ]
    assert rows[0] == {"threshold": 0.5, "shipped": False, "coverage": 0.5, "risk": 0.6667, "answers": 3}
    assert rows[3] == {"threshold": 0.9, "shipped": False, "coverage": 0.25, "risk": 0.0, "answers": 1}


def test_calibration_counts_the_unanswerable_as_wrong_and_leaves_codes_out() -> None:
    by_code = asked("a", "a", 0.5, reason="code")

    found = figures({"ours": {"queries": [*QUERIES, by_code], "oos": OOS}}, {"ours": 1.0}, 0.75)["ours"]

    assert (found["calibration"]["all"]["n"], found["calibration"]["answerable"]["n"]) == (6, 4)
    # one question a bin: |.9-1| + |.8-0| + |.4-0| + |.1-0|, and |.7-0| + |.2-0| besides
    assert found["ece_answerable"] == pytest.approx((0.1 + 0.8 + 0.4 + 0.1) / 4, abs=1e-4)
    assert found["ece"] == pytest.approx((0.1 + 0.8 + 0.4 + 0.1 + 0.7 + 0.2) / 6, abs=1e-4)


def test_scripts_are_told_apart_where_questions_name_them() -> None:
    found = measured(QUERIES, [])

    assert found["ours"]["by_script"]["hans"] == {"n": 2, "r1": 0.5, "r3": 1.0, "r5": 1.0, "mrr10": 0.6667}
    assert found["ours"]["decisions_by_script"]["hant"]["declined"] == 0.5
    assert "by_script" not in measured([asked("a", "a", 0.9)], [])["ours"]


def test_converted_questions_are_compared_one_by_one() -> None:
    converted = [asked("a", "abc", 0.9), asked("b", "bac", 0.8), asked("c", "acb", 0.4), asked("d", "abc", 0.1)]

    ours = measured(QUERIES, [], converted=converted)["ours"]

    assert (ours["r1_converted"], ours["same_first_after_conversion"]) == (0.5, 0.75)
    assert "r1_converted" not in measured(QUERIES, [])["ours"]


def test_the_difference_to_the_best_peer_is_paired() -> None:
    gain = measured([asked("a", "a", 0.9), asked("b", "b", 0.8)], [])["against_best_peer"]

    # the peer is right on b alone
    assert gain["peer"] == "dense"
    assert gain["r1_difference"]["mean"] == 0.5


def test_times_are_percentiles_of_the_answerable() -> None:
    assert measured(QUERIES, OOS)["ours"]["p50_ms"] == 2.5


def test_what_went_wrong_is_listed_by_kind() -> None:
    errors = measured(QUERIES, OOS)["ours"]["errors"]

    assert [line["text"] for line in errors["answered_wrongly"]] == ["问b"]
    assert [line["text"] for line in errors["declined"]] == ["问d"]
    assert len(errors["unanswerable_answered"]) == 1
    assert errors["choices_without_right"] == []
