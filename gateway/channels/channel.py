"""What a channel is to the rest of the gateway: receive -> turn -> render -> deliver.

receive   The channel's own side (HTTP, a page that is pulled, a terminal) hands `Incoming` to `Inbox.receive`:
          stored once by channel and message id, whatever comes twice.
turn      The flow runs it. Whoever waits for the replies takes them from `Inbox.outcome`.
render    `Channel.render`: what was said, as the pieces that this channel shows.
deliver   `Channel.record`, in the transaction of its cause, writes down what must be sent; the worker's `Sender`
          sends it later. A channel whose people come and look records nothing: the stored message is enough.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from desk import outbox
from desk.conversations import Choice, Conversation
from desk.messages import Message
from desk.outbox import Delivery, DeliveryDraft
from desk.session import Session
from gateway.render import Voice

log = logging.getLogger(__name__)

ALWAYS = timedelta.max  # people come and look by themselves, however long ago they wrote
Verdict = Literal["sent", "parked", "failed", "again", "lost"]
"""What became of a leased row. `again`: to be tried later; `parked`: waits for the person's next message; `lost`: the
lease went to somebody else meanwhile, and it may be sent twice."""


@dataclass(frozen=True)
class Abilities:
    """What a channel can show, and when it can speak first."""

    buttons: bool = False  # options are pressed; elsewhere they are numbered in the words
    markup: bool = False  # light Markdown is shown as such; elsewhere its marks are taken out
    images: bool = False  # pictures can be sent to people; elsewhere their names are said
    files: bool = False  # so can other files
    longest: int | None = None  # bytes of UTF-8 in one piece; None is no limit
    unprompted: timedelta | None = None  # since their last message, in which people can be told something; None: never
    metered: bool = False  # messages to people are counted: what can be spared is spared
    waits: bool = True  # somebody waits for a turn's replies; where nobody does, they are recorded with the turn


class Said(Protocol):
    """An `Outgoing` of the flow, or a stored message: both say the same."""

    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Piece:
    """One message as the channel shows it: words, with what can be pressed below them, or a picture."""

    text: str = ""
    options: tuple[Choice, ...] = ()  # empty where the words number them
    picture: str | None = None  # the key of an attachment


class Channel(Protocol):
    """One way to people. Light enough to be made in every process; what sends is a `Sender`."""

    @property
    def name(self) -> str:
        """As conversations keep it."""
        ...

    @property
    def abilities(self) -> Abilities: ...

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        """In order, nothing lost, none longer than the channel takes. What was said is in the reader's script
        already; the channel's own words follow it."""
        ...

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        """Write down what must be sent, once for each `key`, in the caller's transaction. Nothing where people come
        and look. Never raises for what the channel cannot do now: that is parked, and seen."""
        ...


class Sender(Protocol):
    """Sends what channels have recorded, for the worker."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of outbox rows."""
        ...

    async def send(self, delivery: Delivery) -> Verdict:
        """Send a leased row and record what became of it; rows of one conversation come one after the other.

        Raises StoreError when that cannot be recorded: the lease then runs out and the row counts as ambiguous.
        """
        ...


class Channels:
    """Those that are set up, by name."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._channels = {channel.name: channel for channel in channels}

    def of(self, conversation: Conversation) -> Channel:
        """The conversation's; `Gone` for one that is not set up any more."""
        return self._channels.get(conversation.channel) or Gone(conversation.channel)

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        """What was said without anybody waiting for it is delivered as the conversation's channel delivers."""
        self.of(conversation).record(session, conversation, said, key=key, now=now)

    def reachable(self, now: datetime) -> Mapping[str, datetime | None]:
        """Channels that can speak first, and since when the person must have written; None: whenever."""
        windows = {name: channel.abilities.unprompted for name, channel in self._channels.items()}
        return {
            name: None if window == ALWAYS else now - window for name, window in windows.items() if window is not None
        }


class Gone:
    """A channel that was taken out of the settings while people still had conversations on it.

    What is said there becomes rows that nobody sends: the worker marks them as failed, where the team sees them.
    """

    abilities = Abilities(waits=False)

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        """The bare words."""
        return tuple(Piece(one.text) for one in said)

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        """Never silently nothing."""
        log.error(
            "channel %r is not set up; what is said to conversation %d cannot be sent", self.name, conversation.id
        )
        pieces = self.render(said, Voice(conversation.script, conversation.region))
        for draft in drafts(self.name, pieces, conversation, key=key, message_id=str(said[0].id) if said else ""):
            outbox.enqueue(session, draft, now=now)


def kind_of(channel: str) -> str:
    """Of the outbox rows that hold a channel's texts."""
    return f"{channel}_text"


def drafts(
    channel: str, pieces: Sequence[Piece], conversation: Conversation, *, key: str, message_id: str = ""
) -> tuple[DeliveryDraft, ...]:
    """Pieces as outbox rows, in order; the same `key` and pieces give the same rows again."""
    return tuple(
        DeliveryDraft(
            kind=kind_of(channel),
            channel=channel,
            payload={
                "to": conversation.external_id,
                "text": piece.text,
                "message_id": message_id,
                **({"picture": piece.picture} if piece.picture else {}),
            },
            dedupe_key=f"{channel}:{key}:{number}",
            conversation_id=conversation.id,
        )
        for number, piece in enumerate(pieces, 1)
    )
