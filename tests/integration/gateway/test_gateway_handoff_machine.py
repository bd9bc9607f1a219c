"""The life of a hand-off, in any order: customer, bot, agents, time and the question afterwards."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contract.decisions import EndHandoff, Feedback, Handoff, TicketStatus
from contract.turn import TurnContext
from desk import conversations, tickets
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.tickets import Ticket
from gateway.engine import Part
from gateway.timers.asks import asks as ask
from gateway.timers.queue import queue as time_out
from gateway.turns.bursts import Pace
from gateway.turns.flow import Outcome
from tests.integration.gateway.turn_world import ANSWER, DECLINE, HANDOFF, NOW, World, opened

T = TypeVar("T")


def engine(text: str, context: TurnContext) -> Sequence[Part]:
    """Hands over after the second miss, as the real one does."""
    said: dict[str, Part] = {
        "转人工": HANDOFF,
        "取消人工": EndHandoff(),
        "查工单": TicketStatus(None),
        "没用": Feedback(helpful=False),  # asked without the full stop at the end
        "怎么飞？": Handoff("two_misses", "other", "P3", text) if context.misses else DECLINE,
    }
    return (said.get(text, ANSWER),)


class HandOffs(RuleBasedStateMachine):
    """One customer on the website, two agents."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        db = self.stack.enter_context(opened(self.template, folder))
        self.world = World(db, FixedClock(NOW), script=engine, pace=Pace(pause=0.0, longest=0.0))
        self.loop = asyncio.new_event_loop()
        self.misses = self.dislikes = 0  # since the bot has the conversation

    def teardown(self) -> None:
        self.loop.run_until_complete(self.world.flow.idle())
        self.loop.close()
        self.stack.close()

    @initialize()
    def begins(self) -> None:
        self.agents = [self.world.agent("li.wei", "李伟", online=True).id, self.world.agent("wang", "王芳").id]
        self.says("怎么导出报表？")

    # -- the customer ----------------------------------------------------------------------------

    @rule()
    def asks(self) -> None:
        before = self.talk
        self.says("怎么导出报表？")
        if before.state in ("bot", "closed"):
            self.misses = 0

    @rule()
    def misses_once_more(self) -> None:
        before = self.talk
        self.says("怎么飞？")
        if before.state in ("bot", "closed"):
            asked = self.world.context
            assert asked.misses == self.misses, "an old miss counts"
            if self.misses:
                self.misses = self.dislikes = 0
            else:
                self.misses = 1

    @rule()
    def is_of_no_use(self) -> None:
        before = self.talk
        self.says("没用。")
        if before.state in ("bot", "closed"):
            assert self.world.context.dislikes == self.dislikes, "an old dislike counts"
            if self.dislikes:
                self.misses = self.dislikes = 0
            else:
                self.dislikes = 1

    @rule()
    def wants_a_human(self) -> None:
        self.says("转人工")
        assert self.talk.state in ("waiting", "human")
        assert len(self.open_handoffs) == 1

    @rule()
    def takes_it_back(self) -> None:
        self.says("取消人工")
        assert self.talk.state == "bot"

    @rule()
    def looks_how_far_it_is(self) -> None:
        self.says("查工单")

    # -- the agents ------------------------------------------------------------------------------

    @precondition(lambda self: self.open_handoffs and self.talk.state != "closed")
    @rule()
    def takes(self) -> None:
        agent = self.talk.owner_id or self.agents[0]
        with self.world.db.write() as session:
            conversations.take(session, self.talk.id, agent, now=self.now)
            tickets.assign(session, self.open_handoffs[0].number, agent, by=f"agent:{agent}", now=self.now)

    @precondition(lambda self: self.talk.state == "human")
    @rule()
    def transfers(self) -> None:
        other = next(one for one in self.agents if one != self.talk.owner_id)
        with self.world.db.write() as session:
            conversations.transfer(session, self.talk.id, other, now=self.now)

    @precondition(lambda self: self.talk.state in ("human", "waiting"))
    @rule()
    def releases(self) -> None:
        with self.world.db.write() as session:
            conversations.release(session, self.talk.id, now=self.now)

    @precondition(lambda self: self.open_handoffs)
    @rule()
    def resolves(self) -> None:
        with self.world.db.write() as session:
            number = self.open_handoffs[0].number
            tickets.resolve(session, number, solution="好了", by="agent:1", now=self.now)
            if self.talk.state in ("human", "waiting"):
                conversations.release(session, self.talk.id, now=self.now)

    @precondition(lambda self: not self.open_handoffs and self.world.tickets())
    @rule()
    def reopens(self) -> None:
        with self.world.db.write() as session:
            tickets.reopen(session, self.world.tickets()[0].number, by="agent:1", now=self.now)

    @rule()
    def closes_the_conversation(self) -> None:
        with self.world.db.write() as session:
            conversations.close(session, self.talk.id, now=self.now)

    # -- time ------------------------------------------------------------------------------------

    @rule()
    def half_an_hour_passes(self) -> None:
        self.world.clock.advance(timedelta(minutes=31))
        before = self.talk
        told = time_out(self.world.timed())
        assert told <= 1
        assert time_out(self.world.timed()) == 0, "told twice"
        assert not told or (before.state, self.talk.state) == ("waiting", "bot")
        assert not told or self.open_handoffs, "the ticket was lost"

    @rule()
    def a_day_passes(self) -> None:
        self.world.clock.advance(timedelta(days=1))
        ask(self.world.timed())

    @precondition(lambda self: any(choice.label == "没解决" for choice in self.talk.choices_at(self.now)))
    @rule()
    def is_not_solved(self) -> None:
        had = self.talk
        self.says("没解决")
        if had.state == "bot":
            assert self.talk.state == "waiting"
            assert len(self.open_handoffs) == 1

    # -- what always holds -----------------------------------------------------------------------

    @invariant()
    def one_hand_off_at_most(self) -> None:
        if self.begun:
            assert len(self.open_handoffs) <= 1

    @invariant()
    def only_a_human_has_an_owner(self) -> None:
        if self.begun:
            assert (self.talk.state == "human") == (self.talk.owner_id is not None)

    @invariant()
    def nothing_waits_for_the_bot(self) -> None:
        if self.begun:
            assert {one.status for one in self.world.messages() if one.author == "user"} == {"handled"}

    @property
    def begun(self) -> bool:
        return hasattr(self, "agents")

    @property
    def now(self) -> Any:
        return self.world.clock()

    @property
    def talk(self) -> Conversation:
        found = self.world.conversation()
        if found.state != "bot":
            self.misses = self.dislikes = 0  # whatever led there is over
        return found

    @property
    def open_handoffs(self) -> tuple[Ticket, ...]:
        return tuple(ticket for ticket in self.world.tickets() if ticket.open and ticket.handoff)

    def says(self, text: str) -> Outcome:
        """The bot is silent while a human owns the conversation; only 取消人工 is heard."""
        self.world.clock.advance(timedelta(seconds=20))
        before = self.talk.state if self.begun and self.world.engine.asked else "bot"
        outcome = self.run(self.world.say(text))
        if before == "human" and text != "取消人工":
            assert outcome.replies == ()
        if before in ("bot", "closed"):
            assert outcome.replies
        return outcome

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)


@pytest.fixture
def machine(gateway_template: Path) -> type[HandOffs]:
    HandOffs.template = gateway_template
    return HandOffs


def test_the_bot_is_silent_while_a_human_has_it_and_hands_over_once_for_each_cause(machine: type[HandOffs]) -> None:
    patient = settings(
        max_examples=25,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),  # each step is a real turn: shrinking a failure would take minutes
    )
    run_state_machine_as_test(machine, settings=patient)
