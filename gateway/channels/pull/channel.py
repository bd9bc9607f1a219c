"""What is said to people who are reached by an API: recorded for the worker, never longer than the API takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import outbox
from desk.conversations import Conversation
from desk.messages import Message
from desk.session import Session
from gateway.channels.channel import Abilities, Piece, Said, drafts
from gateway.channels.phrases import Phrases
from gateway.channels.words import pieces
from gateway.render import Voice
from gateway.wording import Wording


@dataclass(frozen=True)
class Limits:
    """What the API allows after each message of somebody's. The numbers are those of 微信客服."""

    allowance: int = 5  # messages
    lasts: timedelta = timedelta(hours=48)
    longest: int = 2000  # bytes of UTF-8; 2,048 are documented


class PulledChannel:
    """The channel. Nobody waits for a turn's replies: they are recorded with the turn and sent like all else."""

    def __init__(self, name: str, wording: Wording, limits: Limits | None = None) -> None:
        self.name = name
        self.limits = limits or Limits()
        self.abilities = Abilities(longest=self.limits.longest, unprompted=self.limits.lasts, metered=True, waits=False)
        self._wording = wording

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        """What was said at once is one text: messages are counted."""
        return pieces(said, Phrases(self._wording, reader), self.abilities)

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        """Rows for the worker."""
        made = self.render(said, Voice(conversation.script, conversation.region))
        for draft in drafts(self.name, made, conversation, key=key, message_id=str(said[0].id) if said else ""):
            outbox.enqueue(session, draft, now=now)
