"""A gateway over a real SQLite file, with an engine and a knowledge base that say what a test wants."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from pathlib import Path

from contract.decisions import Answer, Choices, Decline, Handoff, OpenTicket, Option
from contract.turn import TurnContext
from desk import agents, conversations, messages, tickets
from desk.agents import Agent, Role
from desk.calendar import FixedHours
from desk.clock import FixedClock
from desk.conversations import Choice, Conversation
from desk.database import Database
from desk.messages import Message
from desk.tickets import Ticket
from gateway.answers import FakeAnswers
from gateway.channels.known import all_channels
from gateway.engine import FakeEngine, Part, Said
from gateway.hub import Hub
from gateway.rules import ServiceRules
from gateway.services import Services
from gateway.settings import GatewaySettings
from gateway.timers import TimedDesk
from gateway.turns.bursts import Pace
from gateway.turns.flow import Accepted, Flow, Incoming, Outcome
from gateway.wording import Wording
from zhtext.contacts import AllowList

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, 10:00 in Beijing
WORDING = Wording.load()
ANSWER = Answer("faq-a", "1", "怎么导出报表", ("打开软件，点【导出】。",), "手册", "2026-12-31", 0.9, "build", "trace")
CHOICES = Choices((Option("entry:a", "怎么导出报表"), Option("entry:b", "怎么打印报表")), "build", "trace")
DECLINE = Decline("no_evidence", build_id="build", trace_id="trace")
HANDOFF = Handoff("request", "import_export", "P2", "导入失败", {"phenomenon": "导入失败"})
TICKET = OpenTicket("import_export", "P2", "导入失败", {"phenomenon": "导入失败", "version": "6.2"})
SETTINGS = GatewaySettings(engine_url="http://engine", actions_url="http://actions", actions_token="t", secret="s")

Script = Callable[[str, TurnContext], Sequence[Part]]


def echo(text: str, _: TurnContext) -> Sequence[Part]:
    return (Said(f"答：{text}"),)


PATIENCE = 30.0  # seconds for a turn of fakes, however busy the machine


@dataclass
class World:
    """`script` is what the engine says; it may be changed between two messages, and may raise."""

    db: Database
    clock: FixedClock
    script: Script = echo
    settings: GatewaySettings = SETTINGS
    contacts: AllowList = field(default_factory=AllowList)
    pace: Pace = field(default_factory=lambda: Pace(pause=0.05, longest=0.2))
    rules: ServiceRules = field(default_factory=ServiceRules)

    def __post_init__(self) -> None:
        self.engine = FakeEngine(lambda text, context: self.script(text, context))
        self.answers = FakeAnswers()
        self._ids = count(1)
        self.restart()

    def restart(self) -> None:
        """A new process over the same database."""
        self.services = Services(
            db=self.db,
            clock=self.clock,
            engine=self.engine,
            answers=self.answers,
            hub=Hub(),
            calendar=FixedHours(),
            wording=WORDING,
            settings=self.settings,
            contacts=self.contacts,
            channels=all_channels(WORDING, pushes=False),
            rules=self.rules,
        )
        self.flow = Flow(self.services, pace=self.pace)

    def says(self, *parts: Part) -> None:
        """From now on the engine answers this."""
        self.script = lambda text, context: parts

    def fails(self, error: Exception) -> None:
        """From now on the engine raises this."""

        def script(text: str, context: TurnContext) -> Sequence[Part]:
            raise error

        self.script = script

    async def receive(self, text: str, message_id: str | None = None, **more: object) -> Accepted:
        """A delivery, stored and under way."""
        incoming = Incoming("web", "visitor", message_id or f"m-{next(self._ids)}", text, **more)  # type: ignore[arg-type]
        return await self.flow.receive(incoming)

    async def say(self, text: str, message_id: str | None = None, **more: object) -> Outcome:
        """One message of the visitor, and what came of it."""
        outcome = await self.flow.outcome(await self.receive(text, message_id, **more), PATIENCE)
        assert outcome is not None
        return outcome

    async def click(self, choice_id: str, label: str) -> Outcome:
        """A button of the widget."""
        return await self.say(label, choice=Choice(choice_id, label))

    @property
    def asked(self) -> list[str]:
        """What the engine was asked."""
        return [text for _, text, _ in self.engine.asked]

    @property
    def context(self) -> TurnContext:
        """What the engine was told last."""
        return self.engine.asked[-1][2]

    @property
    def sender(self) -> str:
        """The episode the engine was asked in last."""
        return self.engine.asked[-1][0]

    def conversation(self) -> Conversation:
        with self.db.read() as session:
            found = conversations.find(session, "web", "visitor")
        assert found is not None
        return found

    def messages(self) -> tuple[Message, ...]:
        with self.db.read() as session:
            return messages.after(session, self.conversation().id)

    def tickets(self) -> tuple[Ticket, ...]:
        with self.db.read() as session:
            return tickets.listing(session)

    def timed(self, *, pushes: bool = False) -> TimedDesk:
        """What the worker's timers work on."""
        return TimedDesk(
            db=self.db,
            clock=self.clock,
            hours=self.services.hours,
            wording=WORDING,
            rules=self.rules,
            secret=self.settings.secret,
            channels=all_channels(WORDING, pushes=pushes),
        )

    def agent(self, login: str = "li.wei", name: str = "李伟", role: Role = "agent", *, online: bool = False) -> Agent:
        made = agents.create(self.db, login, "a long password", name=name, role=role, now=self.clock())
        if online:
            with self.db.write() as session:
                agents.set_presence(session, made.id, "online", now=self.clock())
        return made

    def taken(self) -> None:
        """A human takes the conversation over."""
        agent = self.agent()
        with self.db.write() as session:
            conversations.take(session, self.conversation().id, agent.id, now=self.clock())

    def released(self) -> None:
        """The human gives it back."""
        with self.db.write() as session:
            conversations.release(session, self.conversation().id, now=self.clock())


def texts(outcome: Outcome) -> list[str]:
    return [reply.text for reply in outcome.replies]


def kinds(outcome: Outcome) -> list[str]:
    return [reply.kind for reply in outcome.replies]


def migrated(path: Path) -> None:
    """A database file to copy for each test."""
    db = Database(f"sqlite:///{path}").open()
    db.migrate()
    db.close()


@contextmanager
def opened(template: Path, folder: Path) -> Iterator[Database]:
    shutil.copy(template, folder / "desk.db")
    db = Database(f"sqlite:///{folder / 'desk.db'}", busy_timeout=PATIENCE).open()
    yield db
    db.close()
