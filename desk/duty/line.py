"""A line of the roster: what can be one, and what cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from desk.errors import BadValue
from desk.tables import DutyRow

Kind = Literal["shift", "on_call", "leave"]
LONGEST = {"shift": timedelta(hours=24), "on_call": timedelta(days=14), "leave": timedelta(days=366)}
LONGEST_NOTE = 100  # characters


@dataclass(frozen=True)
class Line:
    """A line of the roster."""

    id: int
    agent_id: int
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    note: str
    created_by: str
    created_at: datetime

    def covers(self, moment: datetime) -> bool:
        """Whether it holds then."""
        return self.starts_at <= moment < self.ends_at


class Overlapping(BadValue):
    """The agent has a line of that kind then."""

    def __init__(self, other: Line) -> None:
        span = f"{other.starts_at:%Y-%m-%d %H:%M} to {other.ends_at:%Y-%m-%d %H:%M} UTC"
        super().__init__(f"agent {other.agent_id} has another {other.kind} from {span}; remove it first", "overlap")
        self.other = other


def check(kind: str, starts_at: datetime, ends_at: datetime, note: str) -> None:
    """Raises BadValue with the limit."""
    if kind not in get_args(Kind):
        raise BadValue(f"a line of the roster is {', '.join(get_args(Kind))}, not {kind!r}", "kind")
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise BadValue(
            f"{starts_at.isoformat()} or {ends_at.isoformat()} has no offset; add one such as +08:00", "span"
        )
    if starts_at >= ends_at:
        raise BadValue("a line of the roster must end after it starts", "span")
    if ends_at - starts_at > LONGEST[kind]:
        limit = int(LONGEST[kind].total_seconds() // 3600)
        raise BadValue(f"a {kind} lasts {limit} hours at most; make several", "longest", kind=kind, hours=limit)
    if len(note) > LONGEST_NOTE:
        raise BadValue(f"a note has {LONGEST_NOTE} characters at most, not {len(note)}", "note", limit=LONGEST_NOTE)


def told(line: Line) -> dict[str, str]:
    """For the trail."""
    return {"kind": line.kind, "from": line.starts_at.isoformat(), "to": line.ends_at.isoformat(), "note": line.note}


def line_of(row: DutyRow) -> Line:
    """From the database."""
    return Line(
        id=row.id,
        agent_id=row.agent_id,
        kind=cast(Kind, row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        note=row.note,
        created_by=row.created_by,
        created_at=row.created_at,
    )
