"""What customers asked and what became of it, for those who look after the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.tables import FeedbackRow, MessageRow, TurnRow

_SHOWN = ("answer", "choices", "runbook")
_TURNS = 20_000  # looked at, at most: a month of a busy desk


@dataclass(frozen=True)
class Usage:
    """How often an entry was the answer, and how often somebody said that it was no use."""

    shown: int = 0
    disliked: int = 0


def recent(session: Session, *, since: datetime, limit: int = 200) -> tuple[str, ...]:
    """Distinct questions that were answered or got choices, as they were written, newest first."""
    query = (
        select(MessageRow.text, TurnRow.outcome)
        .join(TurnRow, MessageRow.turn_id == TurnRow.turn_id)
        .where(MessageRow.author == "user", MessageRow.kind == "text", TurnRow.created_at >= since)
        .order_by(TurnRow.created_at.desc(), MessageRow.seq.desc())
        .limit(_TURNS)
    )
    found: dict[str, None] = {}
    for text, outcome in session.execute(query):
        if len(found) == limit:
            break
        if text.strip() and any(decision.get("type") in _SHOWN for decision in _decisions(outcome)):
            found.setdefault(text.strip())
    return tuple(found)


def usage(session: Session, *, since: datetime) -> dict[str, Usage]:
    """Entry id -> its use; an entry that nobody was shown is not among them."""
    query = select(MessageRow.id, MessageRow.payload).where(
        MessageRow.author == "bot", MessageRow.kind == "answer", MessageRow.created_at >= since
    )
    disliked = set(session.scalars(select(FeedbackRow.message_id).where(FeedbackRow.helpful.is_(False))))
    shown: dict[str, Usage] = {}
    for message_id, payload in session.execute(query):
        entry_id = (payload.get("card") or {}).get("entry_id")
        if entry_id:
            before = shown.get(entry_id, Usage())
            shown[entry_id] = Usage(before.shown + 1, before.disliked + (message_id in disliked))
    return shown


def builds(session: Session, *, since: datetime) -> dict[str, frozenset[str]]:
    """Turn id -> the index builds its decisions came from; more than one would be a mixed answer."""
    query = select(TurnRow.turn_id, TurnRow.outcome).where(TurnRow.created_at >= since)
    found = {
        turn_id: {one.get("build_id") for one in _decisions(outcome)} for turn_id, outcome in session.execute(query)
    }
    return {turn_id: frozenset(filter(None, names)) for turn_id, names in found.items()}


def _decisions(outcome: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = outcome.get("decisions") or ()
    return found
