"""The scratch stack: two processes of its own, and for each script a fresh world in this one."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from contract.turn import TurnContext
from desk.clock import Clock, system_clock
from gateway.answers import HttpAnswers
from gateway.channels.wechat.settings import WeChatSettings
from gateway.engine import HttpEngine
from gateway.errors import NoReply
from gateway.services import Services
from gongda import assembly
from gongda.errors import StepFailed
from gongda.interruption import Interruption
from gongda.replay.player import Player
from gongda.replay.preparing import Say, keep_logs, prepare, scratch_settings
from gongda.replay.processes import Neighbour, free_ports, last_line, running
from gongda.replay.results import ScriptResult
from gongda.replay.script import Script, timetable
from gongda.replay.stage import stage
from gongda.secrets import Secrets
from gongda.settings import Settings
from gongda.supervision import programs

# Seconds. Longer than the gateway's own, so that a busy machine changes no answer; `ms` says how long a turn took.
ENGINE_PATIENCE = 15.0
ANSWER_PATIENCE = 10.0
WECHAT_PATIENCE = 30.0
_FIRST_PATIENCE = 60.0  # the first question loads dictionaries
_SHOWN = {"actions": "动作服务", "engine": "对话引擎"}


class ScratchStack:
    """Plays scripts one after the other; each on a database, a clock and a gateway of its own.

    `base` gives engine, answers and policy, `template` is an empty database, `folder` takes the worlds.
    """

    def __init__(
        self,
        base: Services,
        template: Path,
        folder: Path,
        runner: asyncio.Runner,
        clock: Clock = system_clock,
        wechat: WeChatSettings | None = None,
    ) -> None:
        self._base = base
        self._template = template
        self._folder = folder
        self._runner = runner
        self._clock = clock
        self._wechat = wechat or fake_account()
        self._numbers = count(1)

    def play(self, script: Script) -> ScriptResult:
        """Raises ValueError when the script's time runs backwards."""
        return self._runner.run(self.perform(script))

    async def perform(self, script: Script) -> ScriptResult:
        """The same for those who have an event loop; several scripts may be under way at once."""
        now = self._clock()
        start = timetable(script, now)[0][0]
        name = f"{next(self._numbers):06d}"
        with TemporaryDirectory(prefix=f"{name}-", dir=self._folder, ignore_cleanup_errors=True) as world:
            async with stage(self._base, self._template, Path(world), start, self._wechat) as made:
                return await Player(made, script.channel).play(script, now)


@contextmanager
def scratch_stack(
    settings: Settings, say: Say = lambda _: None, interruption: Interruption | None = None
) -> Iterator[ScratchStack]:
    """Started once for many scripts. Whatever ends the block, the processes and their data are gone afterwards.

    `settings` are the running system's: its corpus, policy and encoder are used, its data is not. Raises GongdaError,
    IngestError, RetrievalError.
    """
    with TemporaryDirectory(prefix="gongda-replay-", ignore_cleanup_errors=True) as folder:
        scratch = scratch_settings(settings, Path(folder), *free_ports(2))
        keys = Secrets(scratch.var / "secrets")
        prepare(settings, scratch, say)
        try:
            say("启动对话引擎与动作服务……")
            with running(_neighbours(scratch, keys), scratch.root, interruption), asyncio.Runner() as runner:
                base = assembly.services(scratch, keys)
                worlds = Path(folder) / "worlds"
                worlds.mkdir()
                with _connected(base, runner, scratch.logs / "engine.log") as services:
                    stack = ScratchStack(services, scratch.var / "desk.db", worlds, runner)
                    stack.play(Script.saying("web", "你好"))  # dictionaries of this process
                    yield stack
        finally:
            keep_logs(settings, scratch)


def fake_account() -> WeChatSettings:
    """An official account that may push, at the WeChat server of the stage."""
    return WeChatSettings(
        token="replay2026",  # noqa: S106 - of an account that exists in this process only
        app_id="wx-replay",
        app_secret=secrets.token_urlsafe(),
        api_base="http://wechat",
        customer_service=True,
        passive_deadline=WECHAT_PATIENCE,
        cut=WECHAT_PATIENCE + 0.5,
        late_patience=2 * WECHAT_PATIENCE,
    )


def _neighbours(scratch: Settings, keys: Secrets) -> tuple[Neighbour, ...]:
    """The supervised programs of the same names, on this stack's ports."""
    by_name = {program.name: program for program in programs(scratch, keys)}
    # Nothing of the running system's own settings: only where this stack is.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GONGDA_")}
    own = {"GONGDA_DATA": str(scratch.var), "GONGDA_ACTIONS_TOKEN": keys.get("actions_token")}
    if scratch.encoder:
        own["GONGDA_ENCODER"] = scratch.encoder
    health = {"actions": f"{scratch.actions_url}/health", "engine": f"{scratch.engine_url}/"}
    return tuple(
        Neighbour(
            shown,
            by_name[name].command,
            {**outside, **own, **by_name[name].environment},
            health[name],
            scratch.logs / f"{name}.log",
        )
        for name, shown in _SHOWN.items()
    )


@contextmanager
def _connected(base: Services, runner: asyncio.Runner, log: Path) -> Iterator[Services]:
    """The neighbours, asked with patience, after the first question has warmed them up. Raises StepFailed."""
    wanted = base.settings
    client = httpx2.AsyncClient(timeout=_FIRST_PATIENCE)
    try:
        runner.run(_warm_up(HttpEngine(wanted.engine_url, _FIRST_PATIENCE, client), log))
        yield replace(
            base,
            engine=HttpEngine(wanted.engine_url, ENGINE_PATIENCE, client),
            answers=HttpAnswers(wanted.actions_url, wanted.actions_token, ANSWER_PATIENCE, client),
        )
    finally:
        runner.run(client.aclose())
        base.db.close()


async def _warm_up(engine: HttpEngine, log: Path) -> None:
    """Rasa serves without a model too, and says so in its log only."""
    context = TurnContext(turn_id="warm-up", now=system_clock().isoformat())
    try:
        await engine.ask("warm-up", "你好", context)
    except NoReply as error:
        raise StepFailed(f"对话引擎已启动，但没有回答第一个问题（{error}）：{last_line(log)}") from error
