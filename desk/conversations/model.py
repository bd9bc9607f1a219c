"""What a conversation is, and what of it can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict, cast

from desk.tables import ConversationRow

State = Literal["bot", "waiting", "human", "closed"]


@dataclass(frozen=True)
class Choice:
    """One of the options last offered."""

    id: str
    label: str


@dataclass(frozen=True)
class Conversation:
    """A conversation as it stands."""

    id: int
    channel: str
    external_id: str  # the channel's user id
    contact_id: int
    state: State
    episode: int
    misses: int
    dislikes: int
    slots: Mapping[str, str]
    last_question: str | None
    form: str | None
    script: str
    region: str | None
    choices: tuple[Choice, ...]
    choices_until: datetime | None
    owner_id: int | None  # the agent who answers
    last_seq: int
    created_at: datetime
    updated_at: datetime

    @property
    def sender(self) -> str:
        """What the engine knows this episode as."""
        return f"{self.id}:{self.episode}"

    def choices_at(self, now: datetime) -> tuple[Choice, ...]:
        """The options that can still be picked."""
        return () if self.choices_until is not None and now >= self.choices_until else self.choices


class Change(TypedDict, total=False):
    """What a turn changes; an absent key leaves the old value, None empties it."""

    state: State
    new_episode: bool
    misses: int
    dislikes: int
    slots: Mapping[str, str]  # replaces all
    last_question: str | None
    form: str | None
    script: str
    region: str | None
    choices: tuple[Choice, ...]
    choices_until: datetime | None


def conversation(row: ConversationRow) -> Conversation:
    """What a row says."""
    return Conversation(
        id=row.id,
        channel=row.channel,
        external_id=row.external_id,
        contact_id=row.contact_id,
        state=cast(State, row.state),
        episode=row.episode,
        misses=row.misses,
        dislikes=row.dislikes,
        slots=dict(row.slots),
        last_question=row.last_question,
        form=row.form,
        script=row.script,
        region=row.region,
        choices=tuple(Choice(**choice) for choice in row.choices),
        choices_until=row.choices_until,
        owner_id=row.owner_id,
        last_seq=row.last_seq,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
