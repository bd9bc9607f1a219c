"""What an incident is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from desk.tables import IncidentRow
from desk.tickets import Ticket

State = Literal["proposed", "confirmed", "closed", "dismissed"]
GOING_ON: tuple[State, ...] = ("proposed", "confirmed")


@dataclass(frozen=True)
class Incident:
    """An incident as it stands."""

    id: int
    title: str
    state: State
    category: str
    module: str  # empty: any
    code: str  # error code, empty: none
    words: tuple[str, ...]  # what later reports are recognised by
    message: str  # what customers are told
    workaround: str
    resolution: str
    resolves: bool  # closing it resolves the tickets that are still open
    signature: str
    proposed_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    updated_at: datetime
    tickets: int = 0
    contacts: int = 0
    companies: int = 0  # that are known
    told: int = 0  # tickets whose customers know that it is over
    first_at: datetime | None = None  # when it was reported first

    @property
    def since(self) -> datetime:
        """Since when it is known."""
        return min(self.first_at or self.proposed_at, self.proposed_at)

    @property
    def running(self) -> bool:
        """Whether those who ask get the card."""
        return self.state == "confirmed"

    @property
    def going_on(self) -> bool:
        """Whether it can still be edited, and tickets can be linked to it."""
        return self.state in GOING_ON


@dataclass(frozen=True)
class Linked:
    """A ticket that reports it."""

    ticket: Ticket
    linked_by: str
    linked_at: datetime
    told_at: datetime | None


def incident(
    row: IncidentRow,
    *,
    tickets: int = 0,
    contacts: int = 0,
    companies: int = 0,
    told: int = 0,
    first_at: datetime | None = None,
) -> Incident:
    """What a row says, with what is counted of its tickets."""
    return Incident(
        id=row.id,
        title=row.title,
        state=cast(State, row.state),
        category=row.category,
        module=row.module,
        code=row.code,
        words=tuple(str(word) for word in row.words),
        message=row.message,
        workaround=row.workaround,
        resolution=row.resolution,
        resolves=row.resolves,
        signature=row.signature,
        proposed_at=row.proposed_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        updated_at=row.updated_at,
        tickets=tickets,
        contacts=contacts,
        companies=companies,
        told=told,
        first_at=first_at,
    )
