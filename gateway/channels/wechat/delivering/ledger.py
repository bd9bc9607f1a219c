"""What the channel keeps at the desk: texts still owed to a follower, and promises of late answers.

All of it short transactions in a thread; none while a message can be answered at once and nothing is owed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from desk import conversations, outbox, turns
from desk.clock import Clock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import NotFound
from desk.outbox import Delivery
from desk.session import Session
from gateway.channels.wechat.delivering import late, rows
from gateway.channels.wechat.delivering.together import Together
from gateway.channels.wechat.hearing.contact import CHANNEL
from gateway.channels.wechat.passive import Arrangement, Owed
from gateway.turns.flow import Accepted

_WHILE_ANSWERING = timedelta(seconds=60)  # how long brought rows are ours: past WeChat's three deliveries
_LOOK_EVERY = 0.25  # seconds, for an answer that another request waits for
_AFTER_THE_REPLY = timedelta(seconds=2)  # so that the second part does not arrive before the first


@dataclass(frozen=True)
class Standing:
    """How things are with a follower: their conversation, and whether a text waits for them."""

    conversation: Conversation
    owed: bool


@dataclass(frozen=True)
class Recipient:
    """Whom a reply goes to, and because of what."""

    conversation_id: int
    openid: str
    message_id: str


@dataclass(frozen=True)
class _Out:
    """What has gone out in time."""

    deliveries: tuple[Delivery, ...]
    answered: int | None


@dataclass(frozen=True)
class _Late:
    """An answer that will be late, and for how many seconds it is looked for here."""

    accepted: Accepted
    openid: str
    patience: float


@dataclass(frozen=True)
class _Kept:
    """A late answer, and the promise of it."""

    promise: tuple[Delivery, ...]
    to: Recipient
    key: str
    text: str


class Ledger:
    """The desk, as far as the channel needs it. `pushes`: the account may send customer-service messages."""

    def __init__(self, database: Database, clock: Clock, *, pushes: bool) -> None:
        self._database = database
        self._clock = clock
        self._pushes = pushes
        # Under load many of a kind share a commit.
        self._out: Together[_Out, None] = Together(self._brought)
        self._late: Together[_Late, tuple[Delivery, ...]] = Together(self._promise)
        self._done: Together[_Kept, None] = Together(self._keep)

    @property
    def database(self) -> Database:
        """The desk itself, for what needs no promise."""
        return self._database

    async def standing(self, conversation_id: int, message_id: str = "") -> Standing:
        """What an earlier delivery of `message_id` has begun to bring is owed still. Raises StoreError, NotFound."""
        return await asyncio.to_thread(self._standing, conversation_id, message_id)

    async def known(self, openid: str, message_id: str = "") -> Standing | None:
        """The same by follower; None for a new one. Raises StoreError."""
        return await asyncio.to_thread(self._known, openid, message_id)

    async def underway(self, conversation_id: int, *, too_late: bool = False) -> bool:
        """Whether an answer is still being looked for; when it is not any more, `standing` knows of it.

        `too_late`: only one that its own message's deliveries will not bring. Raises StoreError.
        """
        return await asyncio.to_thread(self._underway, conversation_id, too_late=too_late)

    async def once_owed(
        self, conversation_id: int, message_id: str, seconds: float, *, too_late: bool = False
    ) -> tuple[Standing, bool]:
        """How things stand, and whether an answer is still being looked for. An account that cannot push gives that one
        up to `seconds`, because nothing else will bring it. Raises StoreError, NotFound."""
        give_up = asyncio.get_running_loop().time() + seconds - _LOOK_EVERY
        while True:
            waits = await self.underway(conversation_id, too_late=too_late)
            standing = await self.standing(conversation_id, message_id)
            if standing.owed or not waits or self._pushes or asyncio.get_running_loop().time() > give_up:
                return standing, waits
            await asyncio.sleep(_LOOK_EVERY)

    async def kept(self, accepted: Accepted, openid: str, within: timedelta) -> bool:
        """Whether the promise to answer this message has been kept: its answer is in the outbox.

        If not, it is ours from now on: another process that was about to keep it does not any more, and the worker does
        when nobody has heard the answer `within` that time. Raises StoreError.
        """
        return await asyncio.to_thread(self._kept, accepted, openid, within)

    async def tells(self, turn_id: str, message_id: int) -> bool:
        """Whether the delivery of this message is the one of its burst that carries the turn's replies.

        The first to ask is, and stays so for its repeats; a message alone costs no write. Raises StoreError, NotFound.
        """
        return await asyncio.to_thread(self._tells, turn_id, message_id)

    async def settle(
        self, to: Recipient, key: str, arranged: Callable[[tuple[Owed, ...]], Arrangement]
    ) -> tuple[str, tuple[Delivery, ...]]:
        """Arrange a reply out of what is owed: its text, and the rows it brings (to be confirmed by `brought`).

        What does not fit is queued in the same transaction. A repeat of the message, in whatever process, finds what
        an earlier delivery has taken in hand, and not what that has queued under `key`. Raises StoreError.
        """
        return await asyncio.to_thread(self._settle, to, key, arranged)

    async def brought(self, deliveries: Iterable[Delivery], answered: int | None = None) -> None:
        """They went out in time, with the answer to the message `answered`; a repetition changes nothing. Raises
        StoreError.
        """
        await self._out.add(_Out(tuple(deliveries), answered))

    async def promise(self, accepted: Accepted, openid: str, patience: float) -> tuple[Delivery, ...]:
        """An answer will be late. Not kept within `patience` seconds, the worker keeps it. Raises StoreError."""
        return await self._late.add(_Late(accepted, openid, patience))

    async def let_go(self, promise: Sequence[Delivery]) -> None:
        """Nobody looks for the answer here any more: the worker does from now on. Raises StoreError."""
        if promise:
            await asyncio.to_thread(self._let_go, promise)

    async def idle(self) -> None:
        """Wait until what is on its way to the desk is written, also for those who have stopped waiting."""
        await asyncio.gather(self._out.idle(), self._late.idle(), self._done.idle())

    async def released(self) -> int:
        """For a process that begins: what one before it had promised and not given, the worker looks after. How many
        those are. Raises StoreError."""
        return await asyncio.to_thread(self._released)

    async def keep(self, promise: Iterable[Delivery], to: Recipient, key: str, text: str) -> None:
        """The late answer (empty: somebody else has given it) is queued and the promise kept. Raises StoreError."""
        await self._done.add(_Kept(tuple(promise), to, key, text))

    def _standing(self, conversation_id: int, message_id: str) -> Standing:
        with self._database.read() as session:
            return _standing(session, conversations.get(session, conversation_id), message_id, self._clock())

    def _known(self, openid: str, message_id: str) -> Standing | None:
        with self._database.read() as session:
            found = conversations.find(session, CHANNEL, openid)
            return _standing(session, found, message_id, self._clock()) if found else None

    def _underway(self, conversation_id: int, *, too_late: bool) -> bool:
        with self._database.read() as session:
            return late.underway(session, conversation_id, too_late=too_late)

    def _kept(self, accepted: Accepted, openid: str, within: timedelta) -> bool:
        with self._database.read() as session:
            if not late.held(session, accepted.message_id):
                return late.kept(session, accepted.message_id)
        now = self._clock()
        with self._database.write() as session:
            return not late.taken_over(session, accepted, openid, now + within, now=now)

    def _tells(self, turn_id: str, message_id: int) -> bool:
        with self._database.read() as session:
            known = turns.told(session, turn_id, message_id)
        if known is not None:
            return known
        with self._database.write() as session:
            return turns.tell(session, turn_id, message_id)

    def _settle(
        self, to: Recipient, key: str, arranged: Callable[[tuple[Owed, ...]], Arrangement]
    ) -> tuple[str, tuple[Delivery, ...]]:
        now = self._clock()
        with self._database.write() as session:
            conversations.row_of(session, to.conversation_id, lock=True)
            owed = self._take_owed(session, to.conversation_id, now, to.message_id, but=f"wechat:{key}:")
            texts = tuple(Owed(row.id, rows.text_of(row)) for row in self._sayable(owed))
            made = arranged(texts)
            ours = tuple(row for row in owed if row.id in made.brought)
            for row in owed:
                if row not in ours:
                    self._release(session, row, now + _AFTER_THE_REPLY, now)
            self._queue(session, to, key, made.rest, now + _AFTER_THE_REPLY, now, begun=made.torn)
        return made.text, ours

    def _take_owed(
        self, session: Session, conversation_id: int, now: datetime, message_id: str = "", but: str = ""
    ) -> tuple[Delivery, ...]:
        """Ours while we answer; what the worker has in its hands at this moment is left to it.

        Nor is it what an earlier delivery has queued under `but`, or what has come since: a repeat is arranged as that
        was, or what the two leave out of each other would be lost.
        """
        owed = rows.owed(session, conversation_id, now, mine=_hand(message_id))
        queued = [row.id for row in outbox.unsent(session, conversation_id, rows.KIND) if _under(row, but)]
        ids = [row.id for row in owed if not queued or row.id < min(queued)]
        return outbox.take(session, ids, mine=_hand(message_id), duration=_WHILE_ANSWERING, now=now)

    def _sayable(self, owed: tuple[Delivery, ...]) -> Iterable[Delivery]:
        """Words up to the first picture, which only a push can bring, and what is behind it follows that. For an
        account that cannot push all words."""
        words = [row for row in owed if not rows.picture_of(row)]
        return takewhile(lambda row: not rows.picture_of(row), owed) if self._pushes else words

    def _release(self, session: Session, row: Delivery, when: datetime, now: datetime) -> None:
        """The follower has just written, so there is quota again, where the account can push at all."""
        if self._pushes:
            outbox.postpone(session, row, when)
        else:
            outbox.park(session, row, rows.NO_PERMISSION, now=now)

    def _brought(self, out: Sequence[_Out]) -> list[None]:
        rows_out = {delivery.id: delivery for one in out for delivery in one.deliveries}
        messages_out = {one.answered for one in out if one.answered is not None}
        with self._database.write() as session:
            for _, delivery in sorted(rows_out.items()):  # in one order, so that two processes never wait in a circle
                outbox.mark_sent(session, delivery, now=self._clock())
            for message_id in sorted(messages_out):
                late.answered(session, message_id)
        return [None] * len(out)

    def _promise(self, promised: Sequence[_Late]) -> list[tuple[Delivery, ...]]:
        now = self._clock()
        ours: dict[_Late, tuple[Delivery, ...]] = {}
        with self._database.write() as session:
            for one in sorted(promised, key=lambda one: one.accepted.conversation_id):
                ours[one] = self._promise_one(session, one, now)
        return [ours[one] for one in promised]

    def _let_go(self, promise: Sequence[Delivery]) -> None:
        now = self._clock()
        with self._database.write() as session:
            for delivery in promise:
                outbox.postpone(session, delivery, now)

    def _released(self) -> int:
        with self._database.write() as session:
            return outbox.release(session, late.KIND, now=self._clock())

    def _promise_one(self, session: Session, one: _Late, now: datetime) -> tuple[Delivery, ...]:
        try:
            conversations.row_of(session, one.accepted.conversation_id, lock=True)
        except NotFound:  # erased meanwhile
            return ()
        if self._pushes:  # what is owed goes out before the answer
            for row in self._take_owed(session, one.accepted.conversation_id, now):
                outbox.postpone(session, row, now)
        return late.held_here(session, one.accepted, one.openid, timedelta(seconds=one.patience), now=now)

    def _keep(self, kept: Sequence[_Kept]) -> list[None]:
        now = self._clock()
        with self._database.write() as session:
            for one in sorted(kept, key=lambda one: one.to.conversation_id):
                held = [outbox.mark_sent(session, delivery, now=now) for delivery in one.promise]
                if all(held):  # otherwise another process has answered meanwhile, or has promised to
                    self._queue(session, one.to, one.key, one.text, now, now)
        return [None] * len(kept)

    def _queue(
        self,
        session: Session,
        to: Recipient,
        key: str,
        text: str,
        when: datetime,
        now: datetime,
        *,
        begun: bool = False,
    ) -> None:
        made = rows.drafts(
            text,
            openid=to.openid,
            conversation_id=to.conversation_id,
            key=key,
            message_id=to.message_id,
            begun=begun,
            not_before=when,
        )
        rows.queue(session, made, pushes=self._pushes, now=now)


def _standing(session: Session, conversation: Conversation, message_id: str, now: datetime) -> Standing:
    return Standing(conversation, bool(rows.owed(session, conversation.id, now, mine=_hand(message_id))))


def _under(row: Delivery, key: str) -> bool:
    return bool(key) and row.dedupe_key.startswith(key)


def _hand(message_id: str) -> str | None:
    """The lease that every delivery of a message takes, so that its repeat finds what it was to bring."""
    return f"answer:{message_id}" if message_id else None
