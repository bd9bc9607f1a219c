"""Fetches what is new, page by page: at least once from the other side, exactly once into the desk.

A page is stored before the mark moves, so a crash in between fetches it again, and repeats are harmless. The mark is
held by one process at a time; whoever finds it held leaves the news to the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk import conversations, marks, outbox, windows
from desk.errors import ConflictingRepeat, StoreError
from desk.marks import Held
from desk.messages import Message
from desk.session import Session
from gateway import render
from gateway.care.telling import say
from gateway.channels.brought import Brought
from gateway.channels.channel import kind_of
from gateway.channels.pull.channel import PulledChannel
from gateway.channels.pull.errors import PullError
from gateway.channels.pull.source import Pulled, Source
from gateway.channels.words import printable
from gateway.errors import GatewayError
from gateway.render import Voice
from gateway.services import Services
from gateway.turns.flow import Inbox, Incoming

log = logging.getLogger(__name__)

HELD = timedelta(seconds=60)  # longer than a page takes; a process that died is waited for no longer
EVERY = 30.0  # seconds between two looks when no callback comes
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds after the first, and after many failures in a row


class Puller:
    """One channel's. `news` is for the callback; `run` pulls until it is cancelled."""

    def __init__(self, channel: PulledChannel, source: Source, services: Services, inbox: Inbox) -> None:
        self._channel = channel
        self._source = source
        self._services = services
        self._inbox = inbox
        self._bell = asyncio.Event()
        self._failures = 0

    def news(self) -> None:
        """Somebody has written."""
        self._bell.set()

    async def run(self) -> None:
        """Look whenever there is news, every so often without, and less and less often while it fails."""
        while True:
            self._bell.clear()
            await self.look()
            await self._rest(self.pause if self._failures else EVERY, listening=not self._failures)

    async def look(self) -> bool:
        """Pull once; what fails is logged, and comes again at the next look."""
        try:
            await self.pull()
        except (PullError, StoreError) as error:
            self._failures += 1
            log.warning("%s could not be pulled, again in %g s: %s", self._channel.name, self.pause, error)
            return False
        except Exception:  # whatever the other side has sent, the next look must come
            self._failures += 1
            log.exception("%s could not be pulled, again in %g s", self._channel.name, self.pause)
            return False
        self._failures = 0
        return True

    @property
    def pause(self) -> float:
        """Seconds after the failures so far: doubling."""
        return min(FIRST_PAUSE * 2.0 ** min(max(0, self._failures - 1), 16), LONGEST_PAUSE)

    async def pull(self) -> int:
        """How many messages were fetched; none while another process is at it. Raises PullError, StoreError."""
        held, fetched = await asyncio.to_thread(self._hold), 0
        if held is None:
            return 0
        try:
            more = True
            while held is not None and more:
                page = await self._source.page(held.mark)
                for one in page.messages:
                    await self._store(one)
                stuck = not page.messages and page.mark == held.mark  # it would be asked the same for ever
                fetched, more = fetched + len(page.messages), page.more and not stuck
                held = await asyncio.to_thread(self._move, held, page.mark)
        finally:
            if held is not None:
                await asyncio.to_thread(self._release, held)
        return fetched

    async def _store(self, one: Pulled) -> None:
        """A message that cannot be taken must not hold up those behind it."""
        also = _Arrival(one, self._channel, self._services)
        incoming = Incoming(self._channel.name, one.user, one.id, one.text, one.kind, one.payload, also=also)
        try:
            await self._inbox.receive(incoming)
        except GatewayError as error:
            refusal = self._services.wording.text(f"errors.{error.key}", **error.values)
            text = printable(one.text)[: self._services.settings.max_text]
            await self._inbox.receive(replace(incoming, text=text, kind="other", also=replace(also, refusal=refusal)))
        except ConflictingRepeat as error:
            log.warning("%s", error)

    async def _rest(self, seconds: float, *, listening: bool) -> None:
        wait: Callable[[], Awaitable[object]] = self._bell.wait if listening else asyncio.Event().wait
        try:
            await asyncio.wait_for(wait(), seconds)
        except TimeoutError:
            return

    def _hold(self) -> Held | None:
        with self._services.db.write() as session:
            return marks.hold(session, self._channel.name, duration=HELD, now=self._services.clock())

    def _move(self, held: Held, mark: str) -> Held | None:
        with self._services.db.write() as session:
            return marks.move(session, held, mark, duration=HELD, now=self._services.clock())

    def _release(self, held: Held) -> None:
        with self._services.db.write() as session:
            marks.release(session, held)


@dataclass(frozen=True)
class _Arrival:
    """What becomes true with a message: there is an allowance again, and what waited for it goes first."""

    one: Pulled
    channel: PulledChannel
    services: Services
    refusal: str = ""  # the bot cannot take it, and says so

    def __call__(self, session: Session, message: Message, now: datetime) -> None:
        name, limits = self.channel.name, self.channel.limits
        windows.opened(session, name, self.one.user, "message", allowance=limits.allowance, lasts=limits.lasts, now=now)
        for row in outbox.parked(session, message.conversation_id):
            if row.kind == kind_of(name):
                outbox.retry(session, row.id, now=now)
        if self.refusal:
            conversation = conversations.get(session, message.conversation_id)
            reply = render.text(Voice(conversation.script, conversation.region), self.refusal)
            key = f"refused:{message.id}"
            say(session, conversation, reply, key=key, channels=self.services.channels, now=now)
        elif message.kind != "text":
            origin = f"{name}:{self.one.media}" if self.one.media else ""
            Brought(origin, self.channel, self.services.wording)(session, message, now)
