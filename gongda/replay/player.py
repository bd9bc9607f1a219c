"""Plays a script on a stage and keeps account of what belongs to what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from gongda.replay.people import Person, Posted, person
from gongda.replay.record import Record, Said
from gongda.replay.results import Json, ScriptResult, TurnResult
from gongda.replay.script import BETWEEN, Script, Turn, bursts
from gongda.replay.stage import Stage

_LATE = 30.0  # seconds of real time to wait for an answer that is recorded and was not in the HTTP answer
_LOOK_EVERY = 0.01


@dataclass
class _Line:
    """A turn's account while it may still be added to: the rest of a long WeChat answer comes seconds later."""

    user: str
    texts: list[str] = field(default_factory=list)
    decisions: tuple[Json, ...] = ()
    pushed: tuple[str, ...] = ()
    degraded: bool = False
    ms: int = 0
    options: tuple[str, ...] = ()
    ticket: str | None = None
    answered: bool = False  # the bot has recorded something to say
    began: float = field(default_factory=monotonic)

    def result(self) -> TurnResult:
        return TurnResult(
            self.user,
            tuple(self.texts),
            self.decisions,
            self.pushed,
            self.degraded,
            self.ms,
            self.options,
            self.ticket,
        )


class Player:
    """One script on one stage."""

    def __init__(self, stage: Stage, channel: str) -> None:
        self._stage = stage
        self._person: Person = person(stage, channel)
        self._record = Record(stage.services.db)
        self._pushes_everything = channel == "web"  # the event stream shows every message; WeChat only what is sent
        self._lines: dict[str, _Line] = {}  # by the key of the message that answers belong to
        self._turns: dict[str, _Line] = {}
        self._unprompted: list[str] = []
        self._taken = 0  # pushes of WeChat's that are accounted for

    async def play(self, script: Script, now: datetime) -> ScriptResult:
        """The stage's clock stands at the time of the first turn."""
        lines: list[_Line] = []
        for burst in bursts(script, now):
            await self._stage.move_on(burst[0][0])
            lines += await self._burst(burst)
        await self._stage.move_on(self._stage.clock() + BETWEEN)
        after = self._take_unprompted()
        return ScriptResult(script.id, tuple(line.result() for line in lines), after)

    async def _burst(self, burst: Sequence[tuple[datetime, Turn]]) -> list[_Line]:
        before = self._take_unprompted()
        lines, sent = [], []
        for number, (when, turn) in enumerate(burst, 1):
            self._stage.clock.advance(when - self._stage.clock())
            pace = self._stage.pace
            pace.holding, waits = number < len(burst), pace.waits
            lines.append(_Line(turn.user))
            sent.append(await self._person.post(turn.user))
            if pace.holding:
                await self._heard(sent[-1], waits)
        lines[0].pushed = before
        await self._answers(lines, sent)
        return lines

    async def _heard(self, posted: Posted, waits: int) -> None:
        """Until the gateway waits for the rest of the burst, has answered already, or has refused."""
        while not (self._stage.pace.waits > waits or posted.over or self._dealt_with(posted.key)):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY)  # no bell of the gateway's rings for all of these

    def _dealt_with(self, key: str) -> bool:
        conversation = self._person.conversation()
        return conversation is not None and self._record.dealt_with(conversation.id, key)

    async def _answers(self, lines: Sequence[_Line], sent: Sequence[Posted]) -> None:
        replies = await asyncio.gather(*(posted.reply for posted in sent))
        await self._stage.flow.idle()
        for line in lines:
            line.ms = round((monotonic() - line.began) * 1000)
        said = self._said()
        self._own(lines, sent)
        for posted, reply in zip(sent, replies, strict=True):
            if reply:
                self._lines[posted.key].texts.append(reply)
        self._share(said)
        await self._stage.settle()
        await self._late(lines)
        self._collect()

    def _own(self, lines: Sequence[_Line], sent: Sequence[Posted]) -> None:
        """The last message of a turn owns what the turn came to, also for the ones before it."""
        turn_ids = [self._record.turn_of.get(posted.key) for posted in sent]
        owners = {turn_id: line for turn_id, line in zip(turn_ids, lines, strict=True) if turn_id is not None}
        for turn_id, line, posted in zip(turn_ids, lines, sent, strict=True):
            self._lines[posted.key] = owners.get(turn_id or "", line)
        for turn_id, line in owners.items():
            self._turns[turn_id] = line
            found = self._record.turn(turn_id)
            if found is not None:
                line.decisions, line.degraded, line.ticket = found.decisions, found.degraded, found.ticket

    async def _late(self, lines: Sequence[_Line]) -> None:
        """An answer that missed WeChat's HTTP answer is queued a moment after its turn."""
        until = monotonic() + _LATE
        while any(line.answered and not line.texts for line in lines) and monotonic() < until:
            await asyncio.sleep(_LOOK_EVERY)
            await self._stage.settle()
            self._collect()

    def _take_unprompted(self) -> tuple[str, ...]:
        self._collect()
        taken, self._unprompted = tuple(self._unprompted), []
        return taken

    def _collect(self) -> None:
        """Everything new goes to the turn it answers; what answers none was unprompted."""
        self._share(self._said())
        fresh = self._stage.pushes[self._taken :]
        self._taken += len(fresh)
        for push in fresh:
            line = self._lines.get(push.answers)
            (line.texts if line else self._unprompted).append(push.text)

    def _said(self) -> tuple[Said, ...]:
        conversation = self._person.conversation()
        return self._record.news(conversation.id) if conversation else ()

    def _share(self, said: Sequence[Said]) -> None:
        for one in said:
            line = self._turns.get(one.turn_id or "")
            if line is not None:
                line.answered = True
                line.options = one.options or line.options
            if self._pushes_everything:
                (line.texts if line else self._unprompted).append(one.text)
