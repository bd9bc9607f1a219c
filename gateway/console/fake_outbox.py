"""The notifications of the invented team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from desk import outbox
from desk.database import Database
from desk.outbox import DeliveryDraft
from desk.session import Session

SAMPLE = Path(__file__).parent / "fake_outbox.yml"


def seed_outbox(db: Database, *, now: datetime) -> None:
    """One row for each fate."""
    for index, sample in enumerate(yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))):
        with db.write() as session:
            _deliver(session, sample, f"sample-{index}", now - timedelta(minutes=50 - 7 * index))


def _deliver(session: Session, sample: Mapping[str, Any], key: str, now: datetime) -> None:
    people = [{"name": name} for name in sample.get("people", ())]
    payload = {
        "event": sample["event"],
        "title": sample["title"],
        "lines": sample.get("lines", []),
        "number": sample.get("number"),
        "people": people,
        "urgent": sample.get("urgent", False),
    }
    kind, fate, error = sample["kind"], sample["fate"], sample.get("error", "")
    outbox.enqueue(session, DeliveryDraft(kind, kind.removeprefix("staff_"), payload, key), now=now)
    if "ambiguous" in sample:
        outbox.lease(session, duration=timedelta(0), now=now)
    (row,) = outbox.lease(session, now=now)
    if fate == "sent":
        outbox.mark_sent(session, row, now=now)
    elif fate == "parked":
        outbox.park(session, row, error)
    elif fate == "pending":
        outbox.postpone(session, row, now + timedelta(hours=1), error)
    else:
        outbox.mark_failed(session, row, error, permanent=True, now=now)
    if fate == "dismissed":
        outbox.dismiss(session, row.id, now=now)
