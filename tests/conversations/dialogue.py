"""Dialogues as a support person writes them: what a customer says, and what has to come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from desk.numbers import TicketNumber
from gongda.replay import Script, Turn

BEIJING = timezone(timedelta(hours=8))
FIRST_TICKET = "{ticket}"  # in a text: the number of the first ticket that this dialogue opens
BETWEEN = 20.0  # seconds from one thing said to the next when nothing else is written
CHANNELS = ("web", "wechat")


@dataclass(frozen=True)
class WantedDecision:
    """A decision of one of these types, `main` in its telling field and `fields` as they are; None: anything."""

    types: tuple[str, ...]
    main: str | bool | tuple[str, ...] | None = None
    fields: tuple[tuple[str, str | bool], ...] = ()
    slots: tuple[tuple[str, str | None], ...] = ()  # None: must not be there


@dataclass(frozen=True)
class Expected:
    """What has to be true of one turn; what is None is not looked at."""

    decisions: tuple[WantedDecision, ...] | None = None
    says: tuple[str, ...] = ()  # each in some reply
    begins: tuple[str, ...] = ()  # each in the very first reply
    never_says: tuple[str, ...] = ()
    ticket: bool | None = None
    options: tuple[str, ...] | None = None  # each can be picked now; empty: nothing can
    silent: bool = False


@dataclass(frozen=True)
class Exchange:
    """One thing said, and what is expected of the answer."""

    user: str
    after: float  # seconds since the thing said before
    expected: Expected


@dataclass(frozen=True)
class Dialogue:
    """One customer who has never been here before. `known_gap` says what the product cannot do yet."""

    name: str
    channel: str
    start: datetime
    exchanges: tuple[Exchange, ...]
    known_gap: str | None = None

    def script(self) -> Script:
        """For the replay; every turn has its time, so that what is said quickly is one burst."""
        when, turns = self.start, []
        for number, exchange in enumerate(self.exchanges):
            when += timedelta(seconds=exchange.after if number else 0)
            turns.append(Turn(self.written(exchange.user), when))
        return Script(self.name, self.channel, tuple(turns))

    def written(self, text: str) -> str:
        """The text with the ticket's number filled in; a fresh desk counts from 1."""
        return text.replace(FIRST_TICKET, str(TicketNumber(self.start.astimezone(BEIJING).date(), 1)))
