"""The figures of `bot.tools.intents` from what was asked and answered; pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.tools.labelled import Example
from bot.tools.measures import auroc, confusions, f1_by_label, macro_f1, share, threshold_for

BUDGET = 0.05  # share of in-scope messages that may be rejected
_PAIRS = 50  # confusions reported
_EXAMPLES = 5  # texts of each


@dataclass(frozen=True)
class Asked:
    """A test message, its label, the best label said, how foreign it was found and what that cost."""

    text: str
    label: str
    said: str
    score: float
    cpu_ms: float


@dataclass(frozen=True)
class Threshold:
    """A score above it is rejected; `chosen_on` is `cross_validation` or `held_out`, both of the training file."""

    value: float
    chosen_on: str


def report(
    asked: Sequence[Asked], oos: Sequence[float], threshold: Threshold | None, train: Sequence[Example]
) -> dict[str, Any]:
    """Accuracy counts the best label irrespective of rejection; figures that need out-of-scope texts are None
    without any."""
    truth, said = [row.label for row in asked], [row.said for row in asked]
    known = {example.label for example in train}
    return {
        "accuracy": share([t == s for t, s in zip(truth, said, strict=True)]),
        "macro_f1": macro_f1(truth, said),
        **_out_of_scope([row.score for row in asked], oos, threshold),
        "cpu_ms_per_message": round(sum(row.cpu_ms for row in asked) / len(asked), 3),
        "per_label": f1_by_label(truth, said),
        "confusions": _confusions(asked),
        "train": len(train),
        "test": len(asked),
        "oos": len(oos),
        "labels": len(known),
        "test_labels_not_in_train": sorted(set(truth) - known),
        "test_texts_in_train": len({row.text for row in asked} & {example.text for example in train}),
    }


def _out_of_scope(inside: Sequence[float], outside: Sequence[float], threshold: Threshold | None) -> dict[str, Any]:
    if not outside:
        return dict.fromkeys(("oos_auroc", "oos_rejection_at_5", "oos_rejection_at_5_threshold_on_test"))
    figures: dict[str, Any] = {
        "oos_auroc": auroc(inside, outside),
        "oos_rejection_at_5": None,
        # With hindsight: the threshold taken from the test itself, to compare how well scores separate.
        "oos_rejection_at_5_threshold_on_test": _above(outside, threshold_for(inside, BUDGET)),
    }
    if threshold is not None:
        figures |= {
            "oos_rejection_at_5": _above(outside, threshold.value),
            "in_scope_rejected": _above(inside, threshold.value),
            "threshold": {"score": round(threshold.value, 6), "chosen_on": threshold.chosen_on},
        }
    return figures


def _above(scores: Sequence[float], threshold: float) -> float:
    return share([score > threshold for score in scores])


def _confusions(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    pairs = confusions([r.label for r in asked], [r.said for r in asked], [r.text for r in asked], top=_PAIRS)
    return [
        {
            "label": pair["truth"],
            "predicted": pair["said"],
            "count": pair["count"],
            "examples": pair["texts"][:_EXAMPLES],
        }
        for pair in pairs
    ]
