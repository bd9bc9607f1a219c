"""A flow without engine: messages and turns are recorded at the desk as the real one does it, replies are scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from desk import conversations, messages, turns
from desk.clock import Clock
from desk.database import Database
from desk.turns import Content, Reply, TurnDraft
from gateway.turns.flow import Accepted, Incoming, Outcome, Outgoing

Script = Callable[[Incoming], Sequence[Reply]]


@dataclass
class FakeFlow:
    """`delay` is how long a turn takes, in seconds.

    `failure` is raised by `receive`, `loss` by `outcome`, while they are set. Messages of one `burst` share the turn
    of the last one. Kinds other than text open no turn.
    """

    database: Database
    clock: Clock
    script: Script
    delay: float = 0.0
    failure: Exception | None = None
    loss: Exception | None = None
    burst: int = 1
    received: list[Incoming] = field(default_factory=list)  # every call
    effects: list[Incoming] = field(default_factory=list)  # what was stored for the first time

    def __post_init__(self) -> None:
        self._done: dict[int, asyncio.Event] = {}
        self._waiting: list[int] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._free = asyncio.Event()
        self._free.set()

    async def receive(self, incoming: Incoming) -> Accepted:
        self.received.append(incoming)
        if self.failure is not None:
            raise self.failure
        accepted = await asyncio.to_thread(self._store, incoming)
        if accepted.fresh:
            self.effects.append(incoming)
            if incoming.kind == "text":
                self._open_turn(incoming, accepted)
        return accepted

    async def outcome(self, accepted: Accepted, timeout: float) -> Outcome | None:
        if self.loss is not None:
            raise self.loss
        done = self._done.get(accepted.message_id)
        if done is not None:
            try:
                await asyncio.wait_for(done.wait(), timeout)
            except TimeoutError:
                return None
        return await asyncio.to_thread(self._stored_outcome, accepted)

    def hold(self) -> None:
        """No turn ends from now on until `let_go`."""
        self._free.clear()

    def let_go(self) -> None:
        """The turns that were held end."""
        self._free.set()

    async def idle(self) -> None:
        """Wait until no turn is running."""
        await asyncio.gather(*self._tasks)

    def _open_turn(self, incoming: Incoming, accepted: Accepted) -> None:
        self._done[accepted.message_id] = asyncio.Event()
        self._waiting.append(accepted.message_id)
        if len(self._waiting) >= self.burst:
            burst, self._waiting = tuple(self._waiting), []
            task = asyncio.create_task(self._turn(incoming, accepted.conversation_id, burst))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _turn(self, incoming: Incoming, conversation_id: int, burst: tuple[int, ...]) -> None:
        await asyncio.sleep(self.delay)
        await self._free.wait()
        await asyncio.to_thread(self._commit, incoming, conversation_id, burst)
        for message_id in burst:
            self._done[message_id].set()

    def _store(self, incoming: Incoming) -> Accepted:
        now = self.clock()
        with self.database.write() as session:
            conversation = conversations.open_for(session, incoming.channel, incoming.external_user, now=now)
            stored = messages.record_inbound(
                session,
                conversation.id,
                incoming.message_id,
                incoming.text,
                kind=incoming.kind,
                payload=incoming.payload,
                now=now,
            )
            if stored.fresh and incoming.also is not None:
                incoming.also(session, stored.message, now)
        return Accepted(conversation.id, stored.message_id, stored.seq, stored.fresh)

    def _commit(self, incoming: Incoming, conversation_id: int, burst: tuple[int, ...]) -> None:
        draft = TurnDraft(f"turn-{burst[-1]}", conversation_id, burst, expects=None)
        replies = tuple(self.script(incoming))
        with self.database.write() as session:
            if replies:
                turns.record_turn(session, draft, Content(replies=replies), now=self.clock())
            else:
                messages.mark(session, burst, "handled")

    def _stored_outcome(self, accepted: Accepted) -> Outcome | None:
        with self.database.read() as session:
            message = messages.by_ids(session, [accepted.message_id])[0]
            if message.turn_id is None:
                return Outcome("", (), degraded=False) if message.status == "handled" else None
            said = messages.of_turn(session, message.turn_id)
        replies = tuple(Outgoing(reply.seq, reply.text, reply.kind, reply.payload) for reply in said)
        return Outcome(message.turn_id, replies, degraded=False)
