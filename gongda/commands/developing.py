"""dev wechat: the official account without having one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, cast
from urllib.parse import urlsplit

import typer
from rich.console import Console

from gongda.commands.sentences import sentences
from gongda.errors import WrongUse
from gongda.settings import Settings, load_settings

if TYPE_CHECKING:
    from gateway.channels.wechat.fakes.wire import Mode
    from gongda.fake_account import Account

app = typer.Typer(no_args_is_help=True)
PORT = 8009
MODES = ("plain", "compatible", "secure")


@app.callback()
def root() -> None:
    """开发与试用。"""


@app.command()
def wechat(
    port: Annotated[int, typer.Option("--port", help="假微信的端口；0 为任意空闲端口", min=0, max=65535)] = PORT,
    mode: Annotated[
        str, typer.Option("--mode", help="消息加解密方式：plain 明文、compatible 兼容、secure 安全")
    ] = "secure",
    only: Annotated[bool, typer.Option("--only", help="只开假微信，不启动工答")] = False,
) -> None:
    """没有公众号也能试：开一个按微信文档行事的假微信，网页里的手机可以关注、提问、发图、点菜单。"""
    from gongda import fake_account

    settings, console = load_settings(), Console(highlight=False)
    _not_the_real_one(settings)
    with sentences():
        account = fake_account.account(settings, port, _known(mode))
        running = fake_account.reachable(settings)
        with ExitStack() as ending:
            child = None
            if not running and not only:
                child = _start(account)
                ending.callback(_end, child)
            _say(account, settings, console, running=running, starting=child is not None)
            fake_account.serve(account, settings, child)
    raise typer.Exit(child.returncode or 0 if child is not None and child.poll() is not None else 0)


def _known(mode: str) -> Mode:
    if mode not in MODES:
        raise WrongUse(f"--mode 只能是 {'、'.join(MODES)}，不是 {mode}")
    return cast("Mode", mode)


def _not_the_real_one(settings: Settings) -> None:
    """A real account's followers and a made-up one do not belong into one data directory."""
    if settings.wechat_token is not None and urlsplit(settings.wechat_api_base).hostname not in (
        "127.0.0.1", "localhost", "::1",
    ):  # fmt: skip
        raise WrongUse(
            "环境变量里已经设了真的公众号（GONGDA_WECHAT_TOKEN）；请在没有 GONGDA_WECHAT_* 的终端里试用，"
            "并用 GONGDA_DATA 指定另一个数据目录，免得试用的对话混进真的里面"
        )


def _start(account: Account) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "gongda", "up"], env={**os.environ, **account.environment})


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
    child.wait()


def _say(account: Account, settings: Settings, console: Console, *, running: bool, starting: bool) -> None:
    from gongda import fake_account

    console.print(f"假微信  [bold]{account.url}[/]  用浏览器打开，就是一部关注者的手机", soft_wrap=True)
    if starting:
        console.print("正在启动工答，全部就绪后手机里就能收到答复。按 Ctrl+C 一起停止。\n")
        return
    if running and fake_account.connected(account, settings):
        console.print(f"已经接上正在运行的工答（{settings.gateway_url}）。按 Ctrl+C 停止假微信。", soft_wrap=True)
        return
    why = "正在运行的工答没有接这个假微信，请先停掉它" if running else "工答没有运行"
    console.print(f"{why}；在另一个终端里这样启动：\n", soft_wrap=True)
    for name, value in account.environment.items():
        console.print(f"  export {name}={value}", soft_wrap=True, markup=False)
    console.print("  make run\n")
    if running:
        console.print("或者停掉它以后重新运行 gongda dev wechat，会连工答一起启动。", soft_wrap=True)
    console.print("按 Ctrl+C 停止假微信。")
