"""Announcements: one line over the widget for everybody, from a moment on, perhaps until another.

What customers have seen is never rewritten: who wants other words ends an announcement and makes another one, which
then also reaches those who have put the first one away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from desk import audit
from desk.errors import BadValue, NotFound
from desk.tables import AnnouncementRow

Level = Literal["info", "warning"]
Phase = Literal["coming", "running", "over"]

LEVELS: tuple[Level, ...] = get_args(Level)
LONGEST_TEXT = 120  # characters: two or three lines on a phone
LONGEST_LINK = 500
FURTHEST = timedelta(days=366)  # from now, of both ends


@dataclass(frozen=True)
class Announcement:
    """Shown from `starts_at` on, and no longer at `ends_at`; None: until somebody ends it."""

    id: int
    text: str
    level: Level
    link: str | None
    starts_at: datetime
    ends_at: datetime | None
    created_by: str
    created_at: datetime

    def phase(self, now: datetime) -> Phase:
        """Whether it is to come, could be shown now, or has been."""
        if self.ends_at is not None and self.ends_at <= now:
            return "over"
        return "running" if self.starts_at <= now else "coming"


@dataclass(frozen=True)
class NewAnnouncement:
    """What is to be announced; `starts_at` None: at once."""

    text: str
    level: Level = "info"
    link: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def checked(self, now: datetime) -> NewAnnouncement:
        """The same on one line, with its beginning. Raises BadValue."""
        text, link = " ".join(self.text.split()), (self.link or "").strip() or None
        if not 0 < len(text) <= LONGEST_TEXT:
            told = f"an announcement has 1 to {LONGEST_TEXT} characters, not {len(text)}"
            raise BadValue(told, "text" if text else "empty", limit=LONGEST_TEXT, length=len(text))
        if self.level not in LEVELS:
            raise BadValue(f"a level is {' or '.join(LEVELS)}, not {self.level!r}", "level")
        if link is not None:
            _check_link(link)
        begins = max(self.starts_at or now, now)
        _check_span(begins, self.ends_at, now)
        return NewAnnouncement(text, self.level, link, begins, self.ends_at)


def save(
    session: Session, new: NewAnnouncement, *, replaces: int | None = None, by: str, now: datetime
) -> Announcement:
    """Announce it; the one that it `replaces` ends in the same moment, unless it is over anyway. Raises BadValue for
    what cannot be announced, NotFound for nothing to replace."""
    fit = new.checked(now)
    if replaces is not None:
        end(session, replaces, by=by, now=now)
    row = AnnouncementRow(
        text=fit.text,
        level=fit.level,
        link=fit.link,
        starts_at=fit.starts_at or now,
        ends_at=fit.ends_at,
        created_by=by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    detail = {"text": fit.text, "level": fit.level} | ({"replaces": replaces} if replaces is not None else {})
    audit.record(session, by, "announcement.made", _subject(row.id), detail, now=now)
    return _announcement(row)


def end(session: Session, announcement_id: int, *, by: str, now: datetime) -> Announcement:
    """Show it no longer, or never; one that is over stays as it was. Raises NotFound."""
    row = session.get(AnnouncementRow, announcement_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no announcement {announcement_id}")
    if _announcement(row).phase(now) != "over":
        row.starts_at, row.ends_at = min(row.starts_at, now), now
        session.flush()
        audit.record(session, by, "announcement.ended", _subject(row.id), now=now)
    return _announcement(row)


def get(session: Session, announcement_id: int) -> Announcement:
    """Raises NotFound."""
    row = session.get(AnnouncementRow, announcement_id)
    if row is None:
        raise NotFound(f"there is no announcement {announcement_id}")
    return _announcement(row)


def listing(session: Session, *, limit: int = 50) -> tuple[Announcement, ...]:
    """The newest first, whatever has become of them."""
    query = select(AnnouncementRow).order_by(AnnouncementRow.id.desc()).limit(limit)
    return tuple(_announcement(row) for row in session.scalars(query))


def current(session: Session, now: datetime) -> Announcement | None:
    """The one that customers see: a warning before an information, then the one that began last."""
    row = session.scalars(
        select(AnnouncementRow)
        .where(AnnouncementRow.starts_at <= now)
        .where(or_(AnnouncementRow.ends_at.is_(None), AnnouncementRow.ends_at > now))
        .order_by(
            case((AnnouncementRow.level == "warning", 0), else_=1),
            AnnouncementRow.starts_at.desc(),
            AnnouncementRow.id.desc(),
        )
        .limit(1)
    ).first()
    return None if row is None else _announcement(row)


def _check_link(link: str) -> None:
    """An https address without white space and without a name before the host, which readers take for the host."""
    if len(link) > LONGEST_LINK:
        told = f"a link has at most {LONGEST_LINK} characters, not {len(link)}"
        raise BadValue(told, "long_link", limit=LONGEST_LINK, length=len(link))
    try:
        parts = urlsplit(link)
        usable = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # a bracket that is not closed
        usable = False
    if not usable or "\\" in link or not link.isprintable() or any(character.isspace() for character in link):
        raise BadValue(f"a link is an https address, not {link[:80]!r}", "link")


def _check_span(begins: datetime, ends: datetime | None, now: datetime) -> None:
    if ends is not None and ends <= begins:
        raise BadValue(f"it would end at {ends:%Y-%m-%d %H:%M} before it begins, or it has ended", "span")
    if max(begins, ends or begins) > now + FURTHEST:
        raise BadValue(f"it begins and ends within {FURTHEST.days} days from now", "far", days=FURTHEST.days)


def _subject(announcement_id: int) -> str:
    return f"announcement:{announcement_id}"


def _announcement(row: AnnouncementRow) -> Announcement:
    return Announcement(
        id=row.id,
        text=row.text,
        level=cast(Level, row.level),
        link=row.link,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        created_by=row.created_by,
        created_at=row.created_at,
    )
