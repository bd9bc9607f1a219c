"""Entries for the tests of knowledge."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk import entries
from desk.bodies import canonical
from desk.conversations import Conversation
from desk.database import Database
from desk.entries import EntryVersion
from desk.turns import Content, Gap, TurnDraft, record_turn

AUTHOR, REVIEWER = "agent:1", "agent:2"


def content(answer: str = "打开设置，点保存。", **more: Any) -> dict[str, Any]:
    return {"type": "faq", "title": "怎么保存", "question": "怎么保存", "answer": answer, "topic": "backup", **more}


def fingerprint(of: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(of).encode()).hexdigest()[:12]


def save(db: Database, entry_id: str, answer: str, now: datetime, *, author: str = AUTHOR, **more: Any) -> EntryVersion:
    said = content(answer)
    with db.write() as session:
        return entries.save_draft(session, entry_id, said, fingerprint(said), author=author, now=now, **more)


def put_in_force(db: Database, entry_id: str, answer: str, now: datetime) -> EntryVersion:
    """Saved, submitted and approved."""
    saved = save(db, entry_id, answer, now)
    with db.write() as session:
        entries.submit(session, entry_id, saved.number, by=AUTHOR, now=now)
        return entries.approve(session, entry_id, saved.number, by=REVIEWER, now=now)


def miss(db: Database, conversation: Conversation, question: str, now: datetime, turn_id: str | None = None) -> None:
    """The bot declines a question."""
    draft = TurnDraft(
        turn_id or f"{conversation.id}:{question}", conversation.id, (), gap=Gap(question, "no_evidence", "b")
    )
    with db.write() as session:
        record_turn(session, draft, Content(), now=now)
