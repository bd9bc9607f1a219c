"""The terminal as a channel: it comes and looks, and shows plain words with numbered choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.conversations import Conversation
from desk.messages import Message
from desk.session import Session
from gateway.channels.channel import Abilities, Piece, Said
from gateway.channels.phrases import Phrases
from gateway.channels.words import pieces
from gateway.render import Voice
from gateway.wording import Wording

CHANNEL = "terminal"
SITS = timedelta(hours=1)  # since the last line; who has left does not come back to the same conversation


class Terminal:
    """The channel."""

    name = CHANNEL
    abilities = Abilities(unprompted=SITS)

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        """What was said at once, as one text."""
        return pieces(said, Phrases(self._wording, reader), self.abilities)

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        """The stored messages are enough: whoever sits there looks for them."""
