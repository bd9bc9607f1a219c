"""One gateway, one worker and one agent behind whatever channel is tried: real turns, with an engine that says what a
test wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from desk import conversations, messages, outbox, tickets
from desk.agents import Agent
from desk.conversations import Conversation
from desk.messages import Message
from desk.tickets import Ticket
from gateway.channels.channel import Channel, Channels, Sender
from gateway.console.desk import work
from gateway.turns.flow import Flow
from gongda.deliveries import Deliveries
from tests.integration.gateway.turn_world import World

SOON = timedelta(seconds=6)  # past the first pause of a row that failed


class Stage:
    """The gateway around a channel. `world` holds the engine, the clock and the desk."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.db, self.clock = world.db, world.clock
        self.services = replace(world.services, settings=replace(world.settings, files=folder / "files"))
        self.flow = Flow(self.services, pace=world.pace)
        self.senders: tuple[Sender, ...] = ()
        self.known = frozenset[str]()
        self._agent: Agent | None = None

    def put_on(self, channel: Channel, senders: Iterable[Sender] = ()) -> None:
        """Only this channel, and what sends for it."""
        self.services = replace(self.services, channels=Channels([channel]))
        self.flow = Flow(self.services, pace=self.world.pace)
        self.senders = tuple(senders)

    @property
    def agent(self) -> Agent:
        """李伟."""
        self._agent = self._agent or self.world.agent(online=True)
        return self._agent

    async def work(self, *, passing: timedelta = timedelta(seconds=3)) -> None:
        """The turns end, time passes, and the worker sends what is due until nothing is."""
        await self.flow.idle()
        self.clock.advance(passing)
        by_kind = {kind: sender.send for sender in self.senders for kind in sender.kinds}
        deliveries = Deliveries(self.db, self.clock, by_kind, _nothing)
        while await deliveries.tick():
            await deliveries.idle()

    # -- what agents do ----------------------------------------------------------------------------

    def take(self) -> str:
        """The agent takes the only ticket, and with it the conversation; its number."""
        number = self.ticket().number
        work.take(self.services, self.agent, number)
        return number

    def reply(self, text: str, key: str) -> None:
        """The agent answers; once for each key."""
        work.reply(self.services, self.agent, self.ticket().number, work.Answer(text, key))

    def resolve(self, solution: str) -> None:
        work.resolve(self.services, self.agent, self.ticket().number, solution)

    # -- what the desk has -------------------------------------------------------------------------

    def conversation(self) -> Conversation:
        """The only one there is."""
        with self.db.read() as session:
            return conversations.get(session, 1)

    def messages(self, author: str | None = None) -> tuple[Message, ...]:
        with self.db.read() as session:
            said = messages.after(session, 1, limit=500)
        return tuple(one for one in said if author in (None, one.author))

    def ticket(self) -> Ticket:
        """The only one there is."""
        with self.db.read() as session:
            found = tickets.listing(session)
        assert len(found) == 1, found
        return found[0]

    def counts(self) -> outbox.Counts:
        with self.db.read() as session:
            return outbox.counts(session)


async def _nothing() -> None:
    """Harnesses close their own connections."""
