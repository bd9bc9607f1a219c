"""Whether and how a reply will reach a follower of the official account: what an agent sees before sending.

What WeChat lets us push is counted at the desk (`desk.windows`): five messages in 48 hours after a message of theirs,
three in a minute after a click or a scan. WeChat itself has the last word; this is what can be known before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import conversations, messages, outbox, windows
from desk.conversations import Conversation
from desk.outbox import Delivery
from desk.session import Session
from desk.tickets import Ticket
from desk.windows import Allowance
from gateway.channels.channel import Channels
from gateway.channels.wechat.delivering.rows import KIND, PART, messages_for, numbered, picture_of, text_of
from gateway.channels.wechat.hearing.contact import AFTER, CHANNEL

_READ = 200  # messages
_SHOWN = 5  # parked texts
_LONGEST = 60  # characters of each


@dataclass(frozen=True)
class Window:
    """What can still be pushed to a follower."""

    pushes: bool  # the account may send customer-service messages at all
    gone: bool  # unsubscribed
    until: datetime | None  # when the window ends, or ended; None: they have never written
    hours: int  # until then, begun ones left out; 0 when it is over
    left: int  # messages
    of: int
    waiting: tuple[str, ...]  # what is parked for them, each begun; empty for a picture
    parked: int  # how many that are
    part: int = PART  # bytes of one message

    @property
    def open(self) -> bool:
        """A short reply would be delivered now."""
        return self.pushes and not self.gone and self.left > 0


def window(session: Session, conversation: Conversation, channels: Channels, now: datetime) -> Window | None:
    """None for a conversation on another channel."""
    if conversation.channel != CHANNEL:
        return None
    rows = outbox.unsent(session, conversation.id, KIND)
    parked = [row for row in rows if row.status == "parked"]
    found = windows.left(session, CHANNEL, conversation.external_id, now=now)
    if found.until is None and not found.gone:
        found = _guessed(session, conversation, now)
    else:
        under_way = [row for row in rows if row.status == "pending"] if found.left else []
        found = Allowance(max(0, found.left - messages_for(under_way)), found.until, found.of, found.gone)
    lasts = max(timedelta(0), found.until - now) if found.until else timedelta(0)
    return Window(
        pushes=CHANNEL in channels.reachable(now),
        gone=found.gone,
        until=found.until,
        hours=int(lasts / timedelta(hours=1)),
        left=found.left,
        of=found.of,
        waiting=tuple(map(_begun, parked[:_SHOWN])),
        parked=len(parked),
    )


def outlook(session: Session, ticket: Ticket, channels: Channels, now: datetime, text: str = "") -> str:
    """What may be said of a text, or of a picture, that is sent to this customer now: empty when they have it at once,
    `_going` when WeChat has yet to take it, `_part` when it takes the beginning only, `_waits` when it stays here until
    they write."""
    if ticket.conversation_id is None:
        return ""
    found = window(session, conversations.get(session, ticket.conversation_id), channels, now)
    if found is None:
        return ""
    if not found.open:
        return "_waits"
    return "_going" if found.left >= len(numbered(text)) else "_part"


def moved(session: Session, conversation: Conversation) -> tuple[object, ...]:
    """Changes when the window may have: with every message of a follower's, and with every one of ours that is sent."""
    if conversation.channel != CHANNEL:
        return ()
    rows = outbox.unsent(session, conversation.id, KIND)
    return conversation.last_seq, tuple((row.id, row.status) for row in rows)


def _guessed(session: Session, conversation: Conversation, now: datetime) -> Allowance:
    """For one who has not written since windows are counted: by what the conversation shows."""
    said = messages.latest(session, conversation.id, limit=_READ)
    last = next((one for one in reversed(said) if one.author == "user"), None)
    if last is None:
        return Allowance(0, None)
    after = AFTER["message"]
    until = last.created_at + after.lasts
    if until <= now:
        return Allowance(0, until)
    # The bot's answers go back with the follower's own call and cost nothing; what agents and timers say is pushed.
    ours = (one for one in said if one.seq > last.seq and one.author in ("agent", "system"))
    pushed = sum(len(numbered(one.text)) for one in ours)
    return Allowance(max(0, after.allowance - pushed), until, after.allowance)


def _begun(row: Delivery) -> str:
    text = "" if picture_of(row) else " ".join(text_of(row).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
