"""chat: a conversation in the terminal, through the running services and their real turn.

Lines from a pipe are spoken one after the other, each after the answer to the one before.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import uuid
from typing import TYPE_CHECKING

import httpx2
from rich.console import Console

from gongda.errors import Unprepared
from gongda.settings import Settings, load_settings, share_product

if TYPE_CHECKING:
    from gateway.channels.terminal.sitting import Sitting
    from gateway.services import Services

_LOOK = 1.0  # seconds; what colleagues and timers say in other processes rings no bell here
_ANSWER_WITHIN = 15.0  # seconds; a burst takes up to 6, the gateway's own deadlines 4 more


def chat() -> None:
    """在终端里对话（需要先 make run）；直接输入图片的路径可以发图；空行退出。"""
    from gongda.assembly import services  # with FastAPI, which no other command should wait for
    from gongda.secrets import Secrets

    logging.basicConfig(level=logging.ERROR)  # what is said about a slow engine does not belong between the lines
    settings, console = load_settings(), Console(highlight=False, soft_wrap=True)
    _expect_running(settings)
    share_product(settings)
    parts = services(settings, Secrets(settings.var / "secrets"))
    try:
        asyncio.run(_chat(parts, console))
    except KeyboardInterrupt:
        return
    finally:
        parts.db.close()


async def _chat(services: Services, console: Console) -> None:
    await talk(services, console, _lines(console), waits=not sys.stdin.isatty())


async def talk(services: Services, console: Console, lines: asyncio.Queue[str], *, waits: bool) -> None:
    """Until an empty line. `waits`: a line is not taken before the one before it is answered."""
    from desk.errors import StoreError
    from gateway.channels.terminal.sitting import Refused, Sitting
    from gateway.turns.flow import Flow

    flow = Flow(services)
    sitting, one_at_a_time = Sitting(services, flow, uuid.uuid4().hex), asyncio.Lock()
    name, notice = services.wording.text("web.name"), services.wording.text("web.notice")
    console.print(f"{name}：{notice}", style="dim", markup=False)
    listening = asyncio.create_task(_listen(services, sitting, console, one_at_a_time))
    try:
        while line := await lines.get():
            try:
                accepted = await sitting.say(line)
            except Refused as refused:
                console.print(f"✗ {refused}", style="red", markup=False)
                continue
            except StoreError as error:
                console.print(f"✗ 刚才这句没有存下来，请再发一次：{error}", style="red", markup=False)
                continue
            if waits:
                await flow.outcome(accepted, _ANSWER_WITHIN)
                await _show(sitting, console, one_at_a_time)
    finally:
        listening.cancel()
        await flow.idle()


async def _listen(services: Services, sitting: Sitting, console: Console, one_at_a_time: asyncio.Lock) -> None:
    """Show what is said, as soon as the bell rings and every so often without."""
    with services.hub.listening(None) as bell:
        while True:
            bell.clear()
            await _show(sitting, console, one_at_a_time)
            try:
                await asyncio.wait_for(bell.wait(), _LOOK)
            except TimeoutError:
                continue


async def _show(sitting: Sitting, console: Console, one_at_a_time: asyncio.Lock) -> None:
    async with one_at_a_time:
        for piece in await sitting.news():
            console.print(piece.text, style="cyan", markup=False)


def _lines(console: Console) -> asyncio.Queue[str]:
    """What is typed, as it comes; an empty line or the end is the empty string. A thread of its own: nothing can wake a
    thread that waits for a key, and leaving must not wait for one."""
    queue, loop = asyncio.Queue[str](), asyncio.get_running_loop()

    def read() -> None:
        line = " "
        while line:
            try:
                line = console.input().strip()
            except (EOFError, KeyboardInterrupt):
                line = ""
            loop.call_soon_threadsafe(queue.put_nowait, line)

    threading.Thread(target=read, daemon=True).start()
    return queue


def _expect_running(settings: Settings) -> None:
    """The engine, the worker and everybody who may answer are there. Raises Unprepared."""
    try:
        httpx2.get(f"{settings.gateway_url}/healthz", timeout=5.0)
    except httpx2.HTTPError as error:
        raise Unprepared("连不上服务，请先运行 make run") from error
