"""Outbox rows of kind `wechat_text`: one customer-service message each, words or a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from desk import outbox
from desk.outbox import Delivery, DeliveryDraft
from desk.session import Session
from gateway.channels.splitting import size, split
from gateway.channels.wechat.hearing.contact import CHANNEL
from gateway.channels.wechat.settings import QUEUED_LIMIT

KIND = "wechat_text"
NO_PERMISSION = "the account has no customer-service messages; the follower's next message brings it"
BETWEEN = "\n\n"
MSGMENU = "msgmenu"  # key of the payload, and the type of the message
_MARK = 16  # bytes that the number of a part takes at most
PART = QUEUED_LIMIT - _MARK  # bytes of the text itself in one row
SOON = timedelta(seconds=3)  # what is tried again within that comes by itself


def drafts(
    text: str,
    *,
    openid: str,
    conversation_id: int,
    key: str,
    message_id: str = "",
    pictures: Sequence[str] = (),
    menu: Mapping[str, Any] | None = None,
    begun: bool = False,
    not_before: datetime | None = None,
) -> tuple[DeliveryDraft, ...]:
    """A text of any length as outbox rows, in order, and behind it pictures by the keys of their attachments.

    The same `key` and content give the same rows again. `begun`: its first part has gone out another way. `menu` says
    the same as the text, for pressing; a text in several parts goes without.
    """
    parts = numbered(text, begun=begun)
    pressing: dict[str, Any] = {MSGMENU: dict(menu)} if menu is not None and len(parts) == 1 and not begun else {}
    contents = [
        *({"text": part, **pressing} for part in parts),
        *({"text": "", "picture": picture} for picture in pictures),
    ]
    return tuple(
        DeliveryDraft(
            kind=KIND,
            channel=CHANNEL,
            payload={"openid": openid, **content, "message_id": message_id},
            dedupe_key=f"wechat:{key}:{number}",
            conversation_id=conversation_id,
            not_before=not_before,
        )
        for number, content in enumerate(contents, 1)
    )


def numbered(text: str, *, begun: bool = False) -> tuple[str, ...]:
    """Parts that fit a row each; of several, each says which it is: （2/3）."""
    parts = [stripped for part in split(text, PART) if (stripped := part.strip())]
    before = int(begun)
    count = before + len(parts)
    if count <= 1:
        return tuple(parts)
    return tuple(f"（{before + number}/{count}）{part}" for number, part in enumerate(parts, 1))


def queue(session: Session, made: Iterable[DeliveryDraft], *, pushes: bool, now: datetime) -> None:
    """Enqueue rows once; for an account that cannot push they wait for the follower at once."""
    for draft in made:
        if pushes:
            outbox.enqueue(session, draft, now=now)
        else:
            outbox.enqueue_parked(session, draft, NO_PERMISSION, now=now)


def owed(session: Session, conversation_id: int, now: datetime, mine: str | None = None) -> tuple[Delivery, ...]:
    """What the follower's next message brings: parked, or refused and not about to be tried again, or under the lease
    `mine` from an earlier delivery of that message."""
    waiting = outbox.unsent(session, conversation_id, KIND)
    return tuple(row for row in waiting if outbox.is_owed(row, now + SOON) or (mine and row.lease_token == mine))


def openid_of(delivery: Delivery) -> str:
    """Whom it goes to; empty when the row does not say."""
    to = delivery.payload.get("openid") or delivery.payload.get("to")
    return to if isinstance(to, str) else ""


def text_of(delivery: Delivery) -> str:
    """Its words; empty for a picture."""
    text = delivery.payload.get("text")
    return text if isinstance(text, str) else ""


def picture_of(delivery: Delivery) -> str:
    """The key of the attachment that is to be sent; empty for words."""
    key = delivery.payload.get("picture")
    return key if isinstance(key, str) else ""


def menu_of(delivery: Delivery) -> Mapping[str, Any] | None:
    """The same as its words, for pressing; None where words are all."""
    menu = delivery.payload.get(MSGMENU)
    return menu if isinstance(menu, Mapping) else None


def together(rows: Sequence[Delivery], limit: int = QUEUED_LIMIT) -> int:
    """How many of these rows, from the first on, fit into one message. A picture goes alone."""
    taken, text = 1, text_of(rows[0])
    if picture_of(rows[0]) or not text:
        return 1
    for row in rows[1:]:
        longer = joined((text, text_of(row)))
        if picture_of(row) or openid_of(row) != openid_of(rows[0]) or size(longer) > limit:
            break
        taken, text = taken + 1, longer
    return taken


def messages_for(rows: Sequence[Delivery], limit: int = QUEUED_LIMIT) -> int:
    """How many messages these rows take at least."""
    number, start = 0, 0
    while start < len(rows):
        number, start = number + 1, start + together(rows[start:], limit)
    return number


def joined(texts: Iterable[str]) -> str:
    """Several texts as one message."""
    return BETWEEN.join(stripped for text in texts if (stripped := text.strip()))
