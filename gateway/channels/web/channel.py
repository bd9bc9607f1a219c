"""The widget as a channel: it comes and looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desk.conversations import Conversation
from desk.messages import Message
from desk.session import Session
from gateway.channels.channel import ALWAYS, Abilities, Piece, Said
from gateway.channels.phrases import Phrases
from gateway.channels.words import pieces
from gateway.render import Voice
from gateway.wording import Wording

CHANNEL = "web"


class Web:
    """The channel. Its event stream reads stored messages by number (`events`), so nothing is sent to anybody: whoever
    stores one rings the hub after the commit."""

    name = CHANNEL
    abilities = Abilities(buttons=True, markup=True, images=True, files=True, unprompted=ALWAYS)

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        """A piece for each message, its options as buttons. The widget itself shows cards: see `events.as_json`."""
        return pieces(said, Phrases(self._wording, reader), self.abilities)

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        """The stored messages are enough."""
