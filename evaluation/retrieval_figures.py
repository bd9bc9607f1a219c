"""Figures of `evaluation.retrieval`: rankings of everybody, decisions and calibration of ours.

What is about questions that nothing answers is left out where none were asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from evaluation.asked import Asked
from evaluation.measures import (
    auroc,
    auroc_interval,
    calibration_error,
    coverage_and_risk,
    coverage_at_risk,
    interval,
    percentiles,
    rejected_at,
    reliability,
    share,
    share_interval,
)

RISK = 0.05
KEPT = 0.95
THRESHOLDS = (0.5, 0.7, 0.9)
_BY_RULE = frozenset({"code", "unknown_code"})  # a code decides there, whatever the probability
_Sets = Mapping[str, Sequence[Asked]]


def figures(asked: Mapping[str, _Sets], seconds: Mapping[str, float], threshold: float) -> dict[str, Any]:
    """Ours with its decisions, the peers with their rankings, and the difference to the best of them.

    `asked` by asker and set: `queries`, `oos`, and `converted` where those were asked. `threshold` is ours.
    """
    ranked = {name: {**_ranking(sets), "build_seconds": round(seconds[name], 2)} for name, sets in asked.items()}
    ours = asked["ours"]
    best = max((name for name in ranked if name != "ours"), key=lambda name: float(ranked[name]["r1"]), default="")
    told: dict[str, Any] = {}
    if ours["oos"]:
        lengths = ([-float(len(one.question.text)) for one in ours[kind]] for kind in ("queries", "oos"))
        told["oos_auroc_of_length_alone"] = auroc(*lengths)
    if best:
        delta = _difference(ours["queries"], asked[best]["queries"])
        told["against_best_peer"] = {"peer": best, "r1_difference": delta}
    return {
        **told,
        "ours": {
            **ranked.pop("ours"),
            **_decisions(ours["queries"]),
            **(_unanswerable(ours["queries"], ours["oos"]) if ours["oos"] else {}),
            **_calibration(ours),
            "at_thresholds": _at_thresholds(ours, threshold),
            "reasons": dict(Counter(one.reason for one in ours["queries"])),
            "errors": _errors(ours),
        },
        "peers": ranked,
    }


def _ranking(sets: _Sets) -> dict[str, Any]:
    """What everybody can be held to: an order of the entries and a score of the best."""
    queries, oos = sets["queries"], sets["oos"]
    every = (*queries, *oos)
    found: dict[str, Any] = {
        **_recalls(queries),
        **{f"r{depth}_interval": share_interval([1 <= one.rank <= depth for one in queries]) for depth in (1, 3, 5)},
        "mrr10_interval": _interval(queries, lambda one: one.reciprocal),
        "coverage_at_5_percent_wrong_in_hindsight": coverage_at_risk(
            [one.score for one in every], [one.rank == 1 for one in every],
            [True] * len(queries) + [False] * len(oos), RISK,
        ),
        **{f"{name}_ms": value for name, value in percentiles([one.ms for one in queries], 50, 95).items()},
        "cpu_ms": round(sum(one.cpu_ms for one in queries) / len(queries), 3),
    }  # fmt: skip
    if any(one.question.script for one in queries):
        found["by_script"] = _by(queries, _script)
    if any(one.question.style for one in queries):
        found["by_kind"] = _by(queries, _kind)
    if oos:
        found |= _apart(queries, oos)
    if "converted" in sets:
        same = [one.ids[:1] == other.ids[:1] for one, other in zip(queries, sets["converted"], strict=True)]
        found |= {"r1_converted": _recalls(sets["converted"])["r1"], "same_first_after_conversion": share(same)}
    return found


def _apart(queries: Sequence[Asked], oos: Sequence[Asked]) -> dict[str, Any]:
    """How well the best score tells questions with an answer from those without."""
    sides = [-one.score for one in queries], [-one.score for one in oos]
    rejected = rejected_at(KEPT, [one.score for one in queries], [one.score for one in oos])
    return {
        "oos_auroc": auroc(*sides),
        "oos_auroc_interval": auroc_interval(*sides),
        "oos_rejection_at_95": share(rejected),
        "oos_rejection_at_95_interval": share_interval(rejected),
    }


def _decisions(queries: Sequence[Asked]) -> dict[str, Any]:
    found = _shares(queries)
    if any(one.question.script for one in queries):
        found["decisions_by_script"] = _grouped(queries, _script, _shares)
    if any(one.question.style for one in queries):
        found["decisions_by_kind"] = _grouped(queries, _kind, _shares)
    return found


def _shares(queries: Sequence[Asked]) -> dict[str, Any]:
    wrong = [one.rank != 1 for one in queries if one.decision == "answer"]
    hit = [any(map(one.question.takes, one.shown)) for one in queries if one.decision == "choices"]
    flags = {
        "answered": [one.decision == "answer" for one in queries],
        "wrong_of_answered": wrong,
        "choices": [one.decision == "choices" for one in queries],
        "choices_hit": hit,
        "declined": [one.decision == "decline" for one in queries],
    }
    return {
        "n": len(queries),
        **{name: share(values) if values else None for name, values in flags.items()},
        **{f"{name}_interval": share_interval(values) for name, values in flags.items()},
    }


def _unanswerable(queries: Sequence[Asked], oos: Sequence[Asked]) -> dict[str, Any]:
    decisions = {"oos_answered": "answer", "oos_choices": "choices", "oos_declined": "decline"}
    flags = {name: [one.decision == decision for one in oos] for name, decision in decisions.items()}
    wrong = [one.rank != 1 for one in (*queries, *oos) if one.decision == "answer"]
    found: dict[str, Any] = {
        **{name: share(values) for name, values in flags.items()},
        **{f"{name}_interval": share_interval(values) for name, values in flags.items()},
        "wrong_of_all_answered": share(wrong) if wrong else None,
        "wrong_of_all_answered_interval": share_interval(wrong),
    }
    if any(one.question.ring for one in oos):
        found["oos_declined_by_ring"] = _grouped(
            oos, lambda one: one.question.ring, lambda group: share([one.decision == "decline" for one in group])
        )
    return found


def _calibration(sets: _Sets) -> dict[str, Any]:
    """Of the best candidate's probability, where probability decides; a question without an answer counts as wrong."""
    groups = {"answerable": sets["queries"], "all": [*sets["queries"], *sets["oos"]]}
    found = {}
    for name, group in groups.items():
        scored = [one for one in group if one.reason not in _BY_RULE and one.ids]
        bins = reliability([one.score for one in scored], [one.rank == 1 for one in scored])
        found[name] = {"ece": calibration_error(bins), "n": len(scored), "bins": [asdict(one) for one in bins]}
    return {"ece": found["all"]["ece"], "ece_answerable": found["answerable"]["ece"], "calibration": found}


def _at_thresholds(sets: _Sets, shipped: float) -> list[dict[str, Any]]:
    """What answering from a probability up would give, by probability alone."""
    every = [*sets["queries"], *sets["oos"]]
    scores, right = [one.score for one in every], [one.rank == 1 for one in every]
    known = [True] * len(sets["queries"]) + [False] * len(sets["oos"])
    rows = []
    for threshold in sorted({shipped, *THRESHOLDS}):
        coverage, risk, answers = coverage_and_risk(scores, right, known, threshold)
        rows.append({"threshold": round(threshold, 4), "shipped": threshold == shipped, "coverage": coverage,
                     "risk": risk, "answers": answers})  # fmt: skip
    return rows


def _recalls(queries: Sequence[Asked]) -> dict[str, float]:
    return {
        **{f"r{depth}": share([1 <= one.rank <= depth for one in queries]) for depth in (1, 3, 5)},
        "mrr10": round(sum(one.reciprocal for one in queries) / max(1, len(queries)), 4),
    }


def _script(one: Asked) -> str:
    return one.question.script


def _kind(one: Asked) -> str:
    """Questions that name a code are a different task from those that describe."""
    return "code" if one.question.style.startswith("code-") and one.question.style != "code-unnamed" else "words"


def _by(queries: Sequence[Asked], key: Callable[[Asked], str]) -> dict[str, Any]:
    return _grouped(queries, key, lambda group: {"n": len(group), **_recalls(group)})


def _grouped(asked: Sequence[Asked], key: Callable[[Asked], str], what: Callable[[list[Asked]], Any]) -> dict[str, Any]:
    return {name: what([one for one in asked if key(one) == name]) for name in sorted({key(one) for one in asked})}


def _interval(queries: Sequence[Asked], value: Callable[[Asked], float]) -> tuple[float, float]:
    """An entry and its questions are drawn together."""
    return interval([value(one) for one in queries], [one.question.label for one in queries])


def _difference(ours: Sequence[Asked], peer: Sequence[Asked]) -> dict[str, Any]:
    """Paired: on the very same questions."""
    delta = [float(a.rank == 1) - float(b.rank == 1) for a, b in zip(ours, peer, strict=True)]
    groups = [one.question.label for one in ours]
    return {"mean": round(sum(delta) / len(delta), 4), "interval": interval(delta, groups)}


def _errors(sets: _Sets) -> dict[str, list[dict[str, Any]]]:
    queries, oos = sets["queries"], sets["oos"]
    found = {
        "answered_wrongly": [one for one in queries if one.decision == "answer" and one.rank != 1],
        "unanswerable_answered": [one for one in oos if one.decision == "answer"],
        "choices_without_right": [
            one for one in queries if one.decision == "choices" and not any(map(one.question.takes, one.shown))
        ],
        "declined": [one for one in queries if one.decision == "decline"],
        "unanswerable_choices": [one for one in oos if one.decision == "choices"],
    }
    return {name: list(map(_line, some)) for name, some in found.items() if some or not name.startswith("un") or oos}


def _line(one: Asked) -> dict[str, Any]:
    return {
        "text": one.question.text, "right": one.question.label, "shown": list(one.shown), "rank": one.rank,
        "score": round(one.score, 3), "reason": one.reason, "style": one.question.style or one.question.ring,
        "first": list(one.ids[:3]),
    }  # fmt: skip
