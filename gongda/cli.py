"""`gongda`: every command, thin; what they do is elsewhere in this package."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from gongda.commands import (
    accounts,
    asking,
    chatting,
    checking,
    developing,
    evaluating,
    jobs,
    knowledge,
    notify,
    processes,
    replaying,
    starting,
    understanding,
    wechat_account,
)
from gongda.errors import GongdaError
from gongda.settings import load_settings, share_product

app = typer.Typer(
    name="gongda",
    help="工答：工程管理软件的中文客服助手",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback is for the log, and our own errors are one sentence
)
app.add_typer(knowledge.app, name="kb", help="知识库：导入、检查、发布、退回、导出、缺口")
app.add_typer(evaluating.app, name="eval", help="评测：意图识别、知识检索、训练数据")
app.add_typer(accounts.app, name="accounts", help="客户：从表格导入公司、工地、授权号和联系人")
app.add_typer(notify.app, name="notify", help="通知：企业微信、钉钉、飞书、邮件")
app.add_typer(developing.app, name="dev", help="试用与开发：没有公众号也能试微信")
app.add_typer(wechat_account.app, name="wechat", help="微信公众号：菜单、带参数二维码、自查")
app.command("init")(starting.init)
app.command("up")(processes.up)
app.command("worker")(processes.worker)
app.command("train")(processes.train)
app.command("ask")(asking.ask)
app.command("understand")(understanding.understand)
app.command("chat")(chatting.chat)
app.command("replay")(replaying.replay)
app.command("job", hidden=True)(jobs.job)
app.command("doctor")(checking.doctor)


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", help="显示版本")] = False) -> None:
    """工答命令行。"""
    share_product(load_settings())
    if version:
        from importlib.metadata import version as installed

        typer.echo(installed("gongda"))
        raise typer.Exit


def main() -> None:
    """The entry point: our own errors are one sentence and an exit status, never a traceback."""
    try:
        app()
    except GongdaError as error:
        Console(stderr=True).print(f"[red]✗[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
