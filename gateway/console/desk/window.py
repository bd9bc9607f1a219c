"""Whether WeChat will take a reply now: 48 hours after the follower's last message, and a few texts for each.

The limits are WeChat's for customer-service messages: 48 hours and five texts after each message of the follower.
What WeChat itself says decides; this is what can be known before sending.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import messages, outbox
from desk.conversations import Conversation
from desk.session import Session
from gateway.channels.wechat.delivery import KIND
from gateway.channels.wechat.reading import CHANNEL
from gateway.channels.wechat.settings import QUEUED_LIMIT
from gateway.channels.wechat.splitting import split

OPEN_FOR = timedelta(hours=48)
TEXTS = 5
_READ = 200  # messages


@dataclass(frozen=True)
class Window:
    """What can still be pushed to a follower."""

    until: datetime | None  # None: they have never written
    left: int  # texts
    parked: int  # texts that wait for their next message already
    open: bool


def window(session: Session, conversation: Conversation, now: datetime) -> Window | None:
    """None for a conversation on another channel."""
    if conversation.channel != CHANNEL:
        return None
    said = messages.latest(session, conversation.id, limit=_READ)
    last = next((one for one in reversed(said) if one.author == "user"), None)
    parked = sum(row.kind == KIND for row in outbox.parked(session, conversation.id))
    if last is None:
        return Window(None, 0, parked, open=False)
    until = last.created_at + OPEN_FOR
    # The bot's answers go back with the follower's own call and cost nothing; what agents and timers say is pushed.
    ours = (one for one in said if one.seq > last.seq and one.author in ("agent", "system"))
    pushed = sum(len(split(one.text, QUEUED_LIMIT)) for one in ours)
    left = max(0, TEXTS - pushed)
    return Window(until, left, parked, open=now < until and left > 0 and not parked)
