"""The audit trail of an entry as lines that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desk import audit
from desk.entries import subject_of
from desk.session import Session
from gateway.console.desk.history import Line
from gateway.console.labels import Labels

_SHOWN = 50


def trail(session: Session, entry_id: str, names: Mapping[int, str], labels: Labels) -> tuple[Line, ...]:
    """Newest first."""
    return lines(audit.listing(session, subject=subject_of(entry_id), limit=_SHOWN), names, labels)


def lines(found: Sequence[audit.Line], names: Mapping[int, str], labels: Labels) -> tuple[Line, ...]:
    """In the given order."""
    return tuple(
        Line(
            at=one.created_at,
            kind=one.action.rpartition(".")[2],
            what=labels.name("entry_event", one.action.rpartition(".")[2]),
            who=labels.actor(one.actor, names),
            detail=_detail(one.detail, labels),
        )
        for one in found
    )


def _detail(detail: Mapping[str, Any], labels: Labels) -> str:
    parts = []
    if "number" in detail:
        parts.append(labels.wording.text("console.detail.number", n=detail["number"]))
    if "to" in detail:
        values = {"before": detail.get("from") or "—", "after": detail["to"] or "—"}
        parts.append(labels.wording.text("console.detail.moved", **values))
    parts += [str(detail[key]) for key in ("reason", "comment") if detail.get(key)]
    return " · ".join(parts)
