"""What of a conversation may go out next: in the order in which it was said, within what WeChat still allows.

A row never overtakes an older one of its conversation, whatever has become of that: parked, refused for now or in
somebody else's hands. Rows that were refused for good no longer count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import conversations, outbox, windows
from desk.outbox import Delivery
from desk.session import Session
from desk.windows import Allowance, Spent
from gateway.channels.channel import Verdict
from gateway.channels.wechat.delivering.rows import KIND, openid_of, together
from gateway.channels.wechat.hearing.contact import CHANNEL

GONE = "the follower has unsubscribed; it waits until they come back"
NOTHING_LEFT = "nothing more may be pushed before the follower's next message, which brings it"
_LOOK_AGAIN = timedelta(seconds=2)
_SPARE = 2  # messages that are to be left for what somebody says next
_HOLD = timedelta(seconds=60)  # for one call of WeChat's, uploads included


@dataclass(frozen=True)
class Parcel:
    """Rows that go out as one message, leased. `spent` None: WeChat alone knows what it still allows."""

    rows: tuple[Delivery, ...]
    spent: Spent | None
    asked: datetime  # when what is left was looked up: what the follower does later is not meant by WeChat's refusal


def next_parcel(session: Session, delivery: Delivery, now: datetime) -> Parcel | Verdict:
    """What has to go out before or with this leased row; a verdict when the row itself has to wait, or is settled."""
    if delivery.conversation_id is not None:
        conversations.row_of(session, delivery.conversation_id, lock=True)  # nobody writes, nobody sends meanwhile
    if not outbox.holds(session, delivery):
        return _settled(session, delivery)
    waiting = _waiting(session, delivery)
    first = waiting[0]
    if _elsewhere(first, delivery):
        return _postpone(session, delivery, now + _LOOK_AGAIN)
    if first.status == "pending" and first.next_at > now:
        return _postpone(session, delivery, first.next_at)
    allowance = windows.left(session, CHANNEL, openid_of(first), now=now)
    known = allowance.gone or allowance.until is not None
    spent = windows.spend(session, CHANNEL, openid_of(first), now=now) if known else None
    if known and spent is None:
        return _park(session, waiting, delivery, GONE if allowance.gone else NOTHING_LEFT, now)
    ready = _ready(waiting, delivery, now)
    number = together(ready) if _short(ready, allowance, known=known) else 1
    taken = outbox.take(session, [row.id for row in ready[:number]], mine=delivery.lease_token, duration=_HOLD, now=now)
    return Parcel(taken, spent, now)


def _settled(session: Session, delivery: Delivery) -> Verdict:
    """It went out together with an older one, or was parked with it; otherwise somebody else has it."""
    status = outbox.status_of(session, delivery.id)
    return "sent" if status == "sent" else "parked" if status == "parked" else "lost"


def _waiting(session: Session, delivery: Delivery) -> tuple[Delivery, ...]:
    """What has still to go out, oldest first; a row without conversation is alone."""
    if delivery.conversation_id is None:
        return (delivery,)
    return outbox.unsent(session, delivery.conversation_id, KIND)


def _elsewhere(row: Delivery, delivery: Delivery) -> bool:
    return row.status == "leased" and row.lease_token != delivery.lease_token


def _ready(waiting: Sequence[Delivery], delivery: Delivery, now: datetime) -> tuple[Delivery, ...]:
    """Those from the first on that nothing holds back."""
    ready: list[Delivery] = []
    for row in waiting:
        if _elsewhere(row, delivery) or (row.status == "pending" and row.next_at > now):
            break
        ready.append(row)
    return tuple(ready)


def _short(ready: Sequence[Delivery], allowance: Allowance, *, known: bool) -> bool:
    return known and len(ready) + _SPARE > allowance.left


def _park(session: Session, waiting: Sequence[Delivery], delivery: Delivery, reason: str, now: datetime) -> Verdict:
    """With the row everything that would have to go out before it."""
    before = [row.id for row in waiting if row.id <= delivery.id and row.status != "parked"]
    for row in outbox.take(session, before, mine=delivery.lease_token, now=now):
        outbox.park(session, row, reason, now=now)
    return "parked"


def _postpone(session: Session, delivery: Delivery, until: datetime) -> Verdict:
    return "again" if outbox.postpone(session, delivery, until) else "lost"
