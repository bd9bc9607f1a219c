"""What one question came to: exactly what `gongda ask --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from contract.decisions import AT


@dataclass(frozen=True)
class Candidate:
    """One entry that might answer; `features` by name, as the fusion saw them."""

    entry_id: str
    title: str
    probability: float
    features: Mapping[str, float]


@dataclass(frozen=True)
class Offer:
    """An entry to pick: a choice, or a neighbour of an unknown code."""

    entry_id: str
    label: str


@dataclass(frozen=True)
class Result:
    """`decision` is answer, choices or decline; `reason` says why.

    Reasons: `code`, `exact`, `confident` (answer); `codes_fold_together`, `several_codes`, `some_codes_unknown`,
    `rivals`, `vague`, `subject`, `unsure`, `version` (choices); `empty`, `unknown_code`, `policy_only`, `no_evidence`
    (decline). `entry_id`, `code` and `title` are those of the best candidate when answering.
    `offers` are the choices, or the neighbours of an unknown code. `variant` is the range of versions that the answer
    is for, where it depends on them.
    """

    normalized: str
    tokens: tuple[str, ...]
    codes: tuple[str, ...]
    decision: str
    reason: str
    entry_id: str | None
    code: str | None
    title: str | None
    probability: float
    thresholds: Mapping[str, float]
    build_id: str
    trace_id: str
    candidates: tuple[Candidate, ...]
    offers: tuple[Offer, ...] = ()
    variant: str | None = None

    @property
    def offered(self) -> tuple[str, ...]:
        """Ids of the entries among the offers, each once; choices between versions name one entry several times."""
        return tuple(dict.fromkeys(offer.entry_id.partition(AT)[0] for offer in self.offers))

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers; equal results give equal JSON."""
        data = asdict(self)
        for key in ("tokens", "codes", "candidates", "offers"):
            data[key] = list(data[key])
        return data
