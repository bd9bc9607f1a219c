"""What a channel still lets us say to somebody who has not asked just now, and for how long.

Whoever writes opens a window, and so does who clicks, scans or subscribes: one of each kind for each person, with an
allowance of messages and an end. Speaking again renews it. What is spent is recorded before the message goes out,
because a process that dies in between must not think that it has more than it has; what is known not to have gone out
is given back. The channel itself has the last word (`emptied`, `ended`, `closed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.racing import racing
from desk.tables import PushWindowRow

Cause = Literal["message", "event"]


@dataclass(frozen=True)
class Opening:
    """What somebody's message, click, scan or subscription allows us."""

    cause: Cause
    allowance: int  # messages
    lasts: timedelta


@dataclass(frozen=True)
class Allowance:
    """What may still be pushed."""

    left: int  # messages
    until: datetime | None  # when that is over, or was over; None: there has never been a window
    of: int = 0  # messages: what the windows that are open now began with
    gone: bool = False  # unsubscribed: nothing arrives until they come back


@dataclass(frozen=True)
class Spent:
    """One message of a window, spent before it went out."""

    window_id: int
    opened_at: datetime


def opened(
    session: Session,
    channel: str,
    external_id: str,
    cause: Cause,
    *,
    allowance: int,
    lasts: timedelta,
    now: datetime,
) -> None:
    """A window of this cause, whole from now on. Raises ValueError for an allowance under 1 or no time at all."""
    if allowance < 1 or lasts <= timedelta(0):
        raise ValueError(f"a window holds 1 message or more and lasts some time, not {allowance} and {lasts}")
    values = {"opened_at": now, "until": now + lasts, "allowance": allowance, "spent": 0}
    _put(session, channel, external_id, cause, values)


def left(session: Session, channel: str, external_id: str, *, now: datetime) -> Allowance:
    """What both windows hold together; only reads."""
    rows = _rows(session, channel, external_id)
    opening = [row for row in rows if row.allowance > 0]
    current = [row for row in opening if row.until > now]
    useful = [row for row in current if row.spent < row.allowance]
    return Allowance(
        left=sum(row.allowance - row.spent for row in useful),
        until=max((row.until for row in useful or opening), default=None),
        of=sum(row.allowance for row in current),
        gone=bool(rows) and not opening,
    )


def spend(session: Session, channel: str, external_id: str, *, now: datetime) -> Spent | None:
    """Take one message, from the window that ends first; None when nothing is left."""
    rows = _rows(session, channel, external_id)
    for row in sorted(rows, key=lambda row: row.until):
        taking = (
            update(PushWindowRow)
            .where(PushWindowRow.id == row.id, PushWindowRow.until > now)
            .where(PushWindowRow.spent < PushWindowRow.allowance)
            .values(spent=PushWindowRow.spent + 1)
            .returning(PushWindowRow.opened_at)
        )
        opened_at = session.scalar(taking.execution_options(synchronize_session=False))
        if opened_at is not None:
            return Spent(row.id, opened_at)
    return None


def give_back(session: Session, spent: Spent) -> None:
    """It has not gone out. A window that was renewed meanwhile stays as it is."""
    same = and_(PushWindowRow.id == spent.window_id, PushWindowRow.opened_at == spent.opened_at)
    giving = update(PushWindowRow).where(same, PushWindowRow.spent > 0).values(spent=PushWindowRow.spent - 1)
    session.execute(giving.execution_options(synchronize_session=False))


def emptied(session: Session, channel: str, external_id: str, *, as_of: datetime) -> None:
    """The channel says that nothing is left, as things stood then; what was opened later is not meant."""
    _change(session, channel, external_id, as_of, {"spent": PushWindowRow.allowance})


def ended(session: Session, channel: str, external_id: str, *, as_of: datetime) -> None:
    """The channel says that the time is over, as things stood then; what was opened later is not meant."""
    _change(session, channel, external_id, as_of, {"until": as_of}, PushWindowRow.until > as_of)


def closed(session: Session, channel: str, external_id: str, *, now: datetime) -> None:
    """They have unsubscribed: nothing may be pushed until they come back. Also for one who never had a window."""
    shut = {"allowance": 0, "spent": 0}
    _change(session, channel, external_id, now, shut)
    if not _rows(session, channel, external_id):
        _put(session, channel, external_id, "message", {"opened_at": now, "until": now, **shut})


def _rows(session: Session, channel: str, external_id: str) -> list[PushWindowRow]:
    query = select(PushWindowRow).where(_theirs(channel, external_id))
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _change(
    session: Session,
    channel: str,
    external_id: str,
    as_of: datetime,
    values: Mapping[str, Any],
    *also: ColumnElement[bool],
) -> None:
    """Windows that were open already."""
    changing = update(PushWindowRow).where(_theirs(channel, external_id), PushWindowRow.opened_at <= as_of, *also)
    session.execute(changing.values(values).execution_options(synchronize_session=False))


def _put(session: Session, channel: str, external_id: str, cause: Cause, values: Mapping[str, Any]) -> None:
    """The one row of this cause, made where it is missing."""
    if _set(session, channel, external_id, cause, values):
        return
    try:
        with racing(session):
            session.add(PushWindowRow(channel=channel, external_id=external_id, cause=cause, **values))
    except IntegrityError:
        if not _set(session, channel, external_id, cause, values):
            raise


def _set(session: Session, channel: str, external_id: str, cause: Cause, values: Mapping[str, Any]) -> bool:
    setting = update(PushWindowRow).where(_theirs(channel, external_id), PushWindowRow.cause == cause).values(values)
    found = session.scalar(setting.returning(PushWindowRow.id).execution_options(synchronize_session=False))
    return found is not None


def _theirs(channel: str, external_id: str) -> ColumnElement[bool]:
    return and_(PushWindowRow.channel == channel, PushWindowRow.external_id == external_id)
