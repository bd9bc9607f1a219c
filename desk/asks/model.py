"""What an ask is, and when customers are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal, cast

from desk.tables import AskRow

Kind = Literal["solved", "csat"]
State = Literal["due", "asked", "answered", "expired"]


@dataclass(frozen=True)
class AskRules:
    """When customers are asked. Hours are on the clock of the support team: nobody is woken by a question."""

    solved_after: timedelta = timedelta(hours=24)  # since the ticket was resolved
    expires_after: timedelta = timedelta(days=3)
    from_hour: int = 9
    until_hour: int = 20
    reason_up_to: int = 3  # scores that are asked for a reason
    low_score: int = 2  # scores up to this are told to the leads

    def __post_init__(self) -> None:
        if not 0 <= self.from_hour < self.until_hour <= 24:
            raise ValueError(f"customers are asked from {self.from_hour} to {self.until_hour} o'clock: put it in order")

    def awake(self, now: datetime, tz: tzinfo) -> bool:
        """Whether somebody may be asked without having written."""
        return self.from_hour <= now.astimezone(tz).hour < self.until_hour


@dataclass(frozen=True)
class Ask:
    """One question to one customer."""

    id: int
    kind: Kind
    conversation_id: int
    episode: int  # what it is about
    ticket_id: int | None
    state: State
    due_at: datetime
    asked_at: datetime | None
    answer: str | None


def ask_of(row: AskRow) -> Ask:
    return Ask(
        id=row.id,
        kind=cast(Kind, row.kind),
        conversation_id=row.conversation_id,
        episode=row.episode,
        ticket_id=row.ticket_id,
        state=cast(State, row.state),
        due_at=row.due_at,
        asked_at=row.asked_at,
        answer=row.answer,
    )
