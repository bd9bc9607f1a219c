"""What the page of one entry shows: what is live, its versions and how they differ, and its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import asked, entries, pins
from desk.asked import Usage
from desk.entries import EntryRecord, EntryVersion
from desk.numbers import day_of
from desk.pins import Pin
from desk.session import Session
from gateway.console.access import Verdict
from gateway.console.desk.history import Line
from gateway.console.desk.queue import names_of_agents
from gateway.console.knowledge.difference import Change, changes
from gateway.console.knowledge.preview import Shown, shown
from gateway.console.knowledge.trail import trail
from gateway.console.knowledge.written import Written, of_content
from gateway.console.labels import Labels

USED_DAYS = 30


@dataclass(frozen=True)
class EntryPage:
    """Everything on the page. `shown` is the version that is looked at, `against` the one it is compared with."""

    record: EntryRecord
    versions: tuple[EntryVersion, ...]  # newest first
    shown: EntryVersion
    against: EntryVersion | None
    changes: tuple[Change, ...]
    preview: tuple[Shown, ...]
    pins: tuple[Pin, ...]
    trail: tuple[Line, ...]
    usage: Usage
    names: Mapping[int, str]  # of agents, by id
    overdue: bool
    verdict: Verdict | None  # of the version that waits for a reviewer

    @property
    def waiting(self) -> EntryVersion | None:
        """The version that somebody has to review."""
        return next((one for one in self.versions if one.state == "submitted"), None)

    @property
    def written(self) -> Written:
        """What the version says, by field."""
        return of_content(self.shown.content)

    @property
    def newest(self) -> EntryVersion:
        return self.versions[0]


def entry_page(
    session: Session,
    entry_id: str,
    labels: Labels,
    *,
    number: int | None = None,
    against: int | None = None,
    four_eyes: bool,
) -> EntryPage:
    """By default the newest version beside what is live. Raises NotFound."""
    record = entries.get(session, entry_id)
    versions = tuple(reversed(entries.versions(session, entry_id)))
    looked_at = _chosen(versions, number) or versions[0]
    other = _chosen(versions, against) or _chosen(versions, record.live)
    base = other if other is not None and other.number != looked_at.number else None
    names = names_of_agents(session)
    waiting = next((one for one in versions if one.state == "submitted"), None)
    return EntryPage(
        record=record,
        versions=versions,
        shown=looked_at,
        against=base,
        changes=changes(base.content, looked_at.content, labels) if base else (),
        preview=shown({"id": entry_id, **looked_at.content}, review=_review(record)),
        pins=pins.listing(session, entry_id=entry_id),
        trail=trail(session, entry_id, names, labels),
        usage=_usage(session, entry_id, labels.now),
        names=names,
        overdue=_overdue(record, labels.now),
        verdict=Verdict(waiting.author, four_eyes) if waiting else None,
    )


def _chosen(versions: tuple[EntryVersion, ...], number: int | None) -> EntryVersion | None:
    return next((one for one in versions if one.number == number), None)


def _review(record: EntryRecord) -> str:
    return record.review_on.isoformat() if record.review_on else ""


def _overdue(record: EntryRecord, now: datetime) -> bool:
    return record.in_force and record.review_on is not None and record.review_on < day_of(now)


def _usage(session: Session, entry_id: str, now: datetime) -> Usage:
    return asked.usage(session, since=now - timedelta(days=USED_DAYS)).get(entry_id, Usage())
