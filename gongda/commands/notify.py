"""notify test: whether robots and e-mail are set up right."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console

from desk.clock import system_clock
from gateway.notifications import posting
from gateway.notifications.errors import NotDelivered
from gateway.notifications.message import Message
from gateway.notifications.sending import Sender, explain
from gateway.wording import Wording
from gongda.errors import StepFailed, Unprepared, WrongUse
from gongda.notifying import VARIABLES, senders
from gongda.product.showing import wording
from gongda.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def root() -> None:
    """通知：企业微信、钉钉、飞书、邮件。"""


@app.command("test")
def try_out(
    target: Annotated[str | None, typer.Option("--target", help="只发给一个：wecom、dingtalk、feishu、email")] = None,
) -> None:
    """给配置好的目标各发一条测试消息，并说明对方怎么回应。"""
    settings = load_settings()
    failed = asyncio.run(_test(settings, target, wording(settings), Console(highlight=False)))
    if failed:
        raise StepFailed(f"有 {failed} 个目标没有发成功")


async def _test(settings: Settings, target: str | None, said: Wording, console: Console) -> int:
    """How many did not take it."""
    async with posting.connect() as http:
        chosen = _chosen(senders(settings, http, system_clock), target, said)
        answers = [await _try(sender, said) for sender in chosen]
    for answer, _ in answers:
        console.print(answer, soft_wrap=True, markup=False)
    return sum(not taken for _, taken in answers)


def _chosen(known: Mapping[str, Sender], target: str | None, said: Wording) -> tuple[Sender, ...]:
    if target is not None and target not in VARIABLES:
        raise WrongUse(f"--target 只能是 {'、'.join(VARIABLES)}，不是 {target}")
    if target is not None and target not in known:
        name, variable = said.text(f"notifications.target.{target}"), VARIABLES[target]
        raise Unprepared(said.text("notifications.test.missing", target=name, variable=variable))
    if not known:
        raise Unprepared(said.text("notifications.test.none"))
    return tuple(known.values()) if target is None else (known[target],)


async def _try(sender: Sender, said: Wording) -> tuple[str, bool]:
    """What is printed, and whether it was taken."""
    title = said.text("notifications.title") + said.text("notifications.test.title")
    try:
        await sender.send(Message(title, (said.text("notifications.test.line"),)))
    except NotDelivered as error:
        return f"✗ {explain(said, sender.target, error.reason, **error.values)}", False
    return said.text("notifications.test.sent", target=said.text(f"notifications.target.{sender.target}")), True
