"""accounts: the customers' list comes in from a sheet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gongda.commands.knowledge.common import desk
from gongda.commands.sentences import Mistakes, sentences
from gongda.errors import WrongUse
from gongda.settings import Settings, load_settings

if TYPE_CHECKING:
    from gateway.accounts import Report

_SHOWN = 30  # mistakes on the screen; --json has all
_BY = "cli"  # the actor in the trail

app = typer.Typer(no_args_is_help=True)


@app.command("import")
def take(
    sheet: Annotated[Path, typer.Argument(help="客户表（.xlsx 或 .csv）", show_default=False)],
    rehearse: Annotated[bool, typer.Option("--dry-run", help="只看会改什么，不写入")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="有错的行跳过，其余照样导入")] = False,
    out: Annotated[Path | None, typer.Option("--json", help="把报告写到这个文件")] = None,
) -> None:
    """导入客户公司、工地、授权号和联系人；同一份表再导入一次不会有任何变化，表里没写的不动。"""
    with sentences():
        report = _run(load_settings(), sheet, skip_bad=skip_bad, rehearse=rehearse)
    if out is not None:
        _keep(out, report)
    _show(report, Console(highlight=False))
    if report.state == "refused":
        raise Mistakes(f"{sheet.name} 有 {len(report.mistakes)} 处要改，什么都没有写入；改好再导入，或加 --skip-bad")


@app.command("template")
def write_template(path: Annotated[Path, typer.Argument(help="写到哪个文件（.xlsx）", show_default=False)]) -> None:
    """生成一份空白客户表，填好再导入。"""
    from gateway.accounts import template

    if path.suffix.lower() != ".xlsx":
        raise WrongUse(f"{path} 应以 .xlsx 结尾")
    if path.exists():
        raise WrongUse(f"{path} 已经存在，请换个文件名，免得盖掉填过的内容")
    if not path.resolve().parent.is_dir():
        raise WrongUse(f"没有文件夹 {path.resolve().parent}，请先建好")
    path.write_bytes(template())
    typer.echo(f"空白客户表已写到 {path}，填好后运行 gongda accounts import {path}")


def _run(settings: Settings, sheet: Path, *, skip_bad: bool, rehearse: bool) -> Report:
    from desk.clock import system_clock
    from gateway.accounts import Unreadable, read, run
    from gateway.accounts.container import Limits

    limits = Limits()
    try:
        if sheet.stat().st_size > limits.file_bytes:
            raise WrongUse(f"{sheet.name} 超过上限 {limits.file_bytes // 1024**2} MB；请去掉图片，或拆成几份再导入")
        found = read(sheet.name, sheet.read_bytes(), limits)
    except OSError as error:
        raise WrongUse(f"{sheet} 读不了：{error.strerror or error}") from error
    except Unreadable as error:
        raise WrongUse(f"{sheet.name}：{error}") from error
    with desk(settings) as database:
        return run(database, found, skip_bad=skip_bad, rehearse=rehearse, by=_BY, now=system_clock())


def _keep(path: Path, report: Report) -> None:
    try:
        path.write_text(json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"报告写不到 {path}：{error.strerror or error}") from error


def _show(report: Report, console: Console) -> None:
    from gateway.accounts.importing import KIND_NAMES

    for note in report.notes:
        console.print(f"[yellow]![/] {escape(note)}", soft_wrap=True)
    for mistake in report.mistakes[:_SHOWN]:
        console.print(f"[red]✗[/] {escape(mistake.sentence)}", soft_wrap=True)
    if len(report.mistakes) > _SHOWN:
        console.print(f"  还有 {len(report.mistakes) - _SHOWN} 处，加 --json 报告.json 可以看到全部")
    if report.state != "refused":
        for kind, counts in report.counts.items():
            told = f"新增 {counts.created}，改动 {counts.changed}，不变 {counts.unchanged}"
            console.print(f"{KIND_NAMES[kind]:　<3}  {told}")
    if report.state == "rehearsed":
        console.print("这是预演，什么都没有写入。")
    elif report.state == "written":
        skipped = f"，跳过 {len(report.mistakes)} 行" if report.mistakes else ""
        console.print(f"[green]✓[/] 已导入 {escape(report.file)}{skipped}", soft_wrap=True)
