"""Figures of `evaluation.retrieval`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluation.asked import Asked
from evaluation.measures import auroc, coverage_at_risk, interval, percentiles, share

RISK = 0.05
_SETS = Mapping[str, Sequence[Asked]]


def figures(asked: Mapping[str, _SETS], known: set[str], seconds: Mapping[str, float]) -> dict[str, Any]:
    """Ours with its decisions, the peers with their rankings, and the difference to the best of them."""
    strange = sorted({one.question.label for one in asked["ours"]["queries"]} - known)
    if strange:
        raise ValueError(f"the queries name {len(strange)} entries that do not exist, such as {strange[0]}")
    ranked = {name: _ranking(sets, seconds[name]) for name, sets in asked.items()}
    best = max((name for name in ranked if name != "ours"), key=lambda name: float(ranked[name]["r1"]))
    ours = asked["ours"]
    return {
        "oos_auroc_of_length_alone": auroc(
            *([-float(len(one.question.text)) for one in ours[kind]] for kind in ("queries", "oos"))
        ),
        "ours": {**ranked.pop("ours"), **_decisions(ours), "errors": _errors(ours)},
        "peers": ranked,
        "against_best_peer": {"peer": best, "r1_difference": _difference(ours["queries"], asked[best]["queries"])},
    }


def _ranking(sets: _SETS, build_seconds: float) -> dict[str, Any]:
    queries, oos = sets["queries"], sets["oos"]
    return {
        **_recalls(queries),
        "r1_interval": _interval(queries, lambda one: _rank(one) == 1),
        "r5_interval": _interval(queries, lambda one: 1 <= _rank(one) <= 5),
        "mrr10_interval": _interval(queries, lambda one: 1 / _rank(one) if _rank(one) else 0.0),
        "by_script": _by(queries, lambda one: one.question.script),
        "by_kind": _by(queries, _kind),
        "same_first_after_conversion": share([
            one.ids[:1] == other.ids[:1] for one, other in zip(queries, sets["converted"], strict=True)
        ]),
        "r1_converted": _recalls(sets["converted"])["r1"],
        "coverage_at_5_percent_wrong_in_hindsight": coverage_at_risk(
            [one.score for one in (*queries, *oos)], [_rank(one) == 1 for one in (*queries, *oos)],
            [True] * len(queries) + [False] * len(oos), RISK,
        ),
        "oos_auroc": auroc([-one.score for one in queries], [-one.score for one in oos]),
        **percentiles([one.ms for one in queries], 50, 95),
        "cpu_ms": round(sum(one.cpu_ms for one in queries) / len(queries), 3),
        "build_cpu_seconds": round(build_seconds, 1),
    }  # fmt: skip


def _decisions(sets: _SETS) -> dict[str, Any]:
    queries, oos = sets["queries"], sets["oos"]
    return {
        **_shares(queries),
        "decisions_by_script": _grouped(queries, lambda one: one.question.script, _shares),
        "decisions_by_kind": _grouped(queries, _kind, _shares),
        "unanswerable": {
            "declined": share([one.decision == "decline" for one in oos]),
            "choices": share([one.decision == "choices" for one in oos]),
            "answered": share([one.decision == "answer" for one in oos]),
            "declined_by_ring": _grouped(
                oos, lambda one: one.question.ring, lambda group: share([one.decision == "decline" for one in group])
            ),
        },
        "wrong_of_all_answered": share([_rank(one) != 1 for one in (*queries, *oos) if one.decision == "answer"]),
        "oos_rejection_at_95": _rejection(queries, oos),
        "ece": _calibration_error([*queries, *oos]),
        "reasons": dict(Counter(one.reason for one in queries)),
    }


def _shares(queries: Sequence[Asked]) -> dict[str, Any]:
    answered = [one for one in queries if one.decision == "answer"]
    offered = [one for one in queries if one.decision == "choices"]
    wrong = [one.shown[0] != one.question.label for one in answered]
    return {
        "n": len(queries),
        "answered": share([one.decision == "answer" for one in queries]),
        "wrong_of_answered": share(wrong),
        "wrong_of_answered_interval": interval([float(w) for w in wrong], [one.question.label for one in answered]),
        "choices": share([one.decision == "choices" for one in queries]),
        "choices_hit": share([one.question.label in one.shown for one in offered]),
        "declined": share([one.decision == "decline" for one in queries]),
    }


def _recalls(queries: Sequence[Asked]) -> dict[str, float]:
    ranks = [_rank(one) for one in queries]
    return {
        **{f"r{depth}": share([1 <= rank <= depth for rank in ranks]) for depth in (1, 3, 5)},
        "mrr10": round(sum(1 / rank for rank in ranks if rank) / max(1, len(ranks)), 4),
    }


def _rank(one: Asked) -> int:
    """The place of the right entry among the first ten, 0 when it is not there."""
    first = one.ids[:10]
    return first.index(one.question.label) + 1 if one.question.label in first else 0


def _kind(one: Asked) -> str:
    """Questions that name a code are a different task from those that describe."""
    return "code" if one.question.style.startswith("code-") and one.question.style != "code-unnamed" else "words"


def _by(queries: Sequence[Asked], key: Callable[[Asked], str]) -> dict[str, Any]:
    return _grouped(queries, key, lambda group: {"n": len(group), **_recalls(group)})


def _grouped(asked: Sequence[Asked], key: Callable[[Asked], str], what: Callable[[list[Asked]], Any]) -> dict[str, Any]:
    return {name: what([one for one in asked if key(one) == name]) for name in sorted({key(one) for one in asked})}


def _interval(queries: Sequence[Asked], value: Callable[[Asked], float]) -> tuple[float, float]:
    return interval([float(value(one)) for one in queries], [one.question.label for one in queries])


def _difference(ours: Sequence[Asked], peer: Sequence[Asked]) -> dict[str, Any]:
    """Paired: on the very same questions."""
    delta = [float(_rank(a) == 1) - float(_rank(b) == 1) for a, b in zip(ours, peer, strict=True)]
    groups = [one.question.label for one in ours]
    return {"mean": round(sum(delta) / len(delta), 4), "interval": interval(delta, groups)}


def _rejection(queries: Sequence[Asked], oos: Sequence[Asked]) -> float:
    """Unanswerable ones scoring below what 95 % of the answerable reach."""
    floor = sorted(one.score for one in queries)[int(0.05 * len(queries))]
    return share([one.score < floor for one in oos])


def _calibration_error(asked: Sequence[Asked], bins: int = 10) -> float:
    """Expected calibration error of the best candidate's probability; codes are decided by rule and left out."""
    scored = [one for one in asked if one.reason not in ("code", "unknown_code") and one.ids]
    total = 0.0
    for number in range(bins):
        group = [one for one in scored if min(int(one.score * bins), bins - 1) == number]
        if group:
            mean = sum(one.score for one in group) / len(group)
            total += abs(mean - share([_rank(one) == 1 for one in group])) * len(group)
    return round(total / max(1, len(scored)), 4)


def _errors(sets: _SETS) -> dict[str, list[dict[str, Any]]]:
    queries, oos = sets["queries"], sets["oos"]
    return {
        "answered_wrongly": [_line(one) for one in queries if one.decision == "answer" and _rank(one) != 1],
        "unanswerable_answered": [_line(one) for one in oos if one.decision == "answer"],
        "unanswerable_choices": [_line(one) for one in oos if one.decision == "choices"],
        "choices_without_right": [
            _line(one) for one in queries if one.decision == "choices" and one.question.label not in one.shown
        ],
        "declined": [_line(one) for one in queries if one.decision == "decline"],
    }


def _line(one: Asked) -> dict[str, Any]:
    return {
        "text": one.question.text, "right": one.question.label, "shown": list(one.shown), "rank": _rank(one),
        "score": round(one.score, 3), "reason": one.reason, "style": one.question.style or one.question.ring,
        "first": list(one.ids[:3]),
    }  # fmt: skip
