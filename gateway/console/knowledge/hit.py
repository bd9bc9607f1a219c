"""The hit test's JSON, ready to be shown: what each piece of evidence says, counts for, and adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Feature:
    """One piece of evidence for one candidate. What the action server does not say is None.

    `size` is the contribution, or the value where there is none, as a share of the largest on the page. `ahead` is the
    contribution less that of the rival: of the second for the first candidate, of the first for all others.
    """

    name: str
    value: float | None
    weight: float | None = None
    contribution: float | None = None
    size: float = 0.0
    ahead: float | None = None


@dataclass(frozen=True)
class Candidate:
    """An entry; `total` adds up the contributions."""

    entry_id: str
    title: str
    probability: float
    features: tuple[Feature, ...]
    total: float | None = None


@dataclass(frozen=True)
class Hit:
    """The hit-test JSON of `gongda ask`."""

    normalized: str
    tokens: tuple[str, ...]
    codes: tuple[str, ...]
    decision: str
    reason: str
    entry_id: str  # of the answer
    title: str
    variant: str  # range of versions that the answer is for
    offers: tuple[tuple[str, str], ...]  # entry and label
    probability: float
    thresholds: Mapping[str, float]
    build_id: str
    trace_id: str
    names: tuple[str, ...]  # of all features, for the legend
    candidates: tuple[Candidate, ...]

    @property
    def figures(self) -> dict[str, str]:
        """What a sentence about the decision may name."""
        shown = {"probability": self.probability, **self.thresholds}
        if len(self.candidates) > 1:
            shown["second"] = self.candidates[1].probability
        numbers = {name: f"{value:.3f}" for name, value in shown.items()}
        return {**numbers, "codes": "、".join(self.codes), "n": str(len(self.offers))}


def read(data: Mapping[str, Any]) -> Hit:
    """Leniently: keys that are missing are shown as empty, features that nobody has named as they are called."""
    found = data.get("candidates") or ()
    weights = data.get("weights") or {}
    names = tuple(dict.fromkeys(name for one in found for name in one.get("features") or ()))
    return Hit(
        normalized=str(data.get("normalized") or ""),
        tokens=tuple(map(str, data.get("tokens") or ())),
        codes=tuple(map(str, data.get("codes") or ())),
        decision=str(data.get("decision") or ""),
        reason=str(data.get("reason") or ""),
        entry_id=str(data.get("entry_id") or ""),
        title=str(data.get("title") or ""),
        variant=str(data.get("variant") or ""),
        offers=tuple((str(one.get("entry_id", "")), str(one.get("label", ""))) for one in data.get("offers") or ()),
        probability=float(data.get("probability") or 0.0),
        thresholds={str(name): float(value) for name, value in (data.get("thresholds") or {}).items()},
        build_id=str(data.get("build_id") or ""),
        trace_id=str(data.get("trace_id") or ""),
        names=names,
        candidates=_compared([_candidate(one, names, weights) for one in found]),
    )


def _candidate(data: Mapping[str, Any], names: Sequence[str], weights: Mapping[str, Any]) -> Candidate:
    values, added = data.get("features") or {}, data.get("contributions") or {}
    features = tuple(
        Feature(name, _number(values.get(name)), _number(weights.get(name)), _number(added.get(name))) for name in names
    )
    counted = [feature.contribution for feature in features if feature.contribution is not None]
    return Candidate(
        entry_id=str(data.get("entry_id", "")), title=str(data.get("title", "")),
        probability=float(data.get("probability") or 0.0), features=features, total=sum(counted) if counted else None,
    )  # fmt: skip


def _compared(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """With sizes and differences; what counts most stands first."""
    largest = max((abs(_shown(one)) for candidate in candidates for one in candidate.features), default=0.0) or 1.0
    made = []
    for place, candidate in enumerate(candidates):
        rivals = candidates[1:2] if place == 0 else candidates[:1]
        rival = {one.name: one.contribution for one in rivals[0].features} if rivals else {}
        features = [
            replace(one, size=abs(_shown(one)) / largest, ahead=_less(one.contribution, rival.get(one.name)))
            for one in candidate.features
        ]
        made.append(replace(candidate, features=tuple(sorted(features, key=_order))))
    return tuple(made)


def _order(feature: Feature) -> tuple[bool, bool, float]:
    """Contributions from large to small, then values that only say yes or are told for the record."""
    return feature.contribution is None, not feature.value, -abs(_shown(feature))


def _shown(feature: Feature) -> float:
    """Values without a weight are between 0 and 1, as are those that have one; only the latter add up."""
    return feature.contribution if feature.contribution is not None else min(abs(feature.value or 0.0), 1.0)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
