"""A small desk in a folder, and entries to put into it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from desk.clock import FixedClock
from desk.database import Database
from gongda.settings import Settings
from retrieval.knowledge.entry import Entry

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))


def database(folder: Path) -> Database:
    made = Database(f"sqlite:///{folder / 'desk.db'}").open()
    made.migrate()
    return made


def clock() -> FixedClock:
    return FixedClock(NOW)


def settings(folder: Path, corpus: Path | None = None) -> Settings:
    return Settings(data=folder, kb=corpus or folder / "kb", support=folder / "support.toml")


def entry(entry_id: str, question: str, answer: str = "", **more: object) -> Entry:
    data = {"id": entry_id, "type": "faq", "title": question, "question": question,
            "answer": answer or f"{question}：按下面的步骤做。", "review": "2027-01-31", **more}  # fmt: skip
    return Entry.from_json(data)
