"""What an entry is to the desk: a life in versions. What a version says is the knowledge side's business."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

from desk.bodies import canonical
from desk.numbers import day_of
from desk.tables import EntryRow, EntryVersionRow

VersionState = Literal["draft", "submitted", "approved", "rejected", "superseded"]
Origin = Literal["system", "file", "console", "gap", "ticket"]

REVIEW_AFTER = timedelta(days=90)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class EntryVersion:
    """One version. A draft may still change; from `submitted` on the content stays as it is."""

    entry_id: str
    number: int  # from 1, without gaps
    content: Mapping[str, Any]
    fingerprint: str  # 12 hex digits, equal for equal content
    state: VersionState
    author: str
    reviewer: str | None
    comment: str  # of the reviewer
    created_at: datetime  # when this content was saved
    decided_at: datetime | None


@dataclass(frozen=True)
class EntryRecord:
    """An entry as it stands; `state`, `fingerprint`, `title`, `type` and `topic` are those of its newest version."""

    entry_id: str
    live: int | None  # number of the approved version
    newest: int
    state: VersionState
    fingerprint: str
    retired: bool
    origin: Origin
    owner: str
    review_on: date | None  # when somebody is to look at it again; None until it is approved
    title: str
    type: str
    topic: str
    created_at: datetime
    updated_at: datetime

    @property
    def in_force(self) -> bool:
        """Whether the next publication contains it."""
        return self.live is not None and not self.retired


@dataclass(frozen=True)
class InForce:
    """What a publication takes of an entry."""

    entry_id: str
    number: int
    content: Mapping[str, Any]
    fingerprint: str
    owner: str
    review_on: date | None

    @property
    def published(self) -> dict[str, Any]:
        """The content with the owner and the review date that the desk knows; without a date, an empty text."""
        review = self.review_on.isoformat() if self.review_on else ""
        return {**self.content, "id": self.entry_id, "owner": self.owner, "review": review}


@dataclass(frozen=True)
class Filter:
    """Which entries to list; None and empty are no condition."""

    state: VersionState | Literal["live", "retired"] | None = None  # of the newest version; retired ones only by name
    topic: str | None = None
    type: str | None = None
    text: str = ""  # anywhere in id, title, questions, code or answer of the newest version
    overdue_on: date | None = None  # in force, and to be reviewed before this day
    origin: Origin | None = None


def checked(entry_id: str, content: Mapping[str, Any], fingerprint: str) -> None:
    """Raises ValueError for an id, content or fingerprint that cannot be kept."""
    if not _ID.fullmatch(entry_id):
        raise ValueError(
            f"entry id {entry_id[:120]!r}: 1 to 100 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit"
        )
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise ValueError(f"entry {entry_id}: a fingerprint is 12 hex digits, not {fingerprint[:40]!r}")
    text = canonical(content)
    if "\\u0000" in text.replace("\\\\", "") or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError(f"entry {entry_id}: the content holds U+0000 or half a character; remove it")


def review_date(content: Mapping[str, Any], now: datetime, after: timedelta = REVIEW_AFTER) -> date:
    """The day the content names if it is still to come, else `after` from today in Beijing."""
    today = day_of(now)
    try:
        named = date.fromisoformat(str(content.get("review")))
    except ValueError:
        named = today
    return named if named > today else today + after


def subject_of(entry_id: str) -> str:
    """How the audit trail names an entry."""
    return f"entry:{entry_id}"


def entry(row: EntryRow, newest: EntryVersionRow) -> EntryRecord:
    """What a row and its newest version say."""
    content = newest.content
    return EntryRecord(
        entry_id=row.entry_id,
        live=row.live,
        newest=row.newest,
        state=cast(VersionState, newest.state),
        fingerprint=newest.fingerprint,
        retired=row.retired,
        origin=cast(Origin, row.origin),
        owner=row.owner,
        review_on=row.review_on,
        title=_word(content, "title"),
        type=_word(content, "type"),
        topic=_word(content, "topic"),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def entry_version(row: EntryVersionRow) -> EntryVersion:
    """What a row says."""
    return EntryVersion(
        entry_id=row.entry_id,
        number=row.number,
        content=dict(row.content),
        fingerprint=row.fingerprint,
        state=cast(VersionState, row.state),
        author=row.author,
        reviewer=row.reviewer,
        comment=row.comment,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )


def _word(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    return value if isinstance(value, str) else ""
