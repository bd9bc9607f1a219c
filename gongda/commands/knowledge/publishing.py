"""kb build, publish, rollback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongda.commands.knowledge.common import ACTOR, desk, show_json
from gongda.commands.knowledge.progress import progress
from gongda.commands.sentences import sentences
from gongda.settings import Settings, load_settings

_VERDICTS = {
    "stolen": "[red]被抢答[/]", "lost": "[red]答不上了[/]", "weaker": "[yellow]只给选项[/]", "better": "[green]变好[/]",
    "gone": "[dim]条目已下架[/]", "other": "换了条目", "reworded": "内容有改",
}  # fmt: skip
_REASONS = {
    "lint": "条目有必须先改的问题", "stolen": "固定问题被别的条目抢答", "lost": "固定问题答不上了",
    "weaker": "固定问题从直接回答变成给选项", "recent_lost": "最近答得上的真实问题答不上了",
}  # fmt: skip
_SHOWN = 30


def build(force: Annotated[bool, typer.Option("--force", help="没有变化也重建")] = False) -> None:
    """用已批准的条目（还没有数据库时用 kb/ 的文件）建索引并切换；正在运行的服务约 2 秒内换用新索引。"""
    from gongda.indexing import build_index
    from gongda.knowledge.corpus import has_desk

    settings = load_settings()
    with sentences():
        if has_desk(settings):
            _from_desk(settings, force)
            return
        with progress() as told:
            indexed = build_index(settings, force=force, progress=told)
    typer.echo(f"{indexed.build_id} " + (f"新建，{indexed.entries} 条" if indexed.fresh else "没有变化"))
    if indexed.objections:
        typer.echo("新索引没有通过检查：" + "；".join(indexed.objections) + "。用 gongda kb publish 查看明细", err=True)
        raise typer.Exit(1)


def publish(
    reason: Annotated[str, typer.Option("--reason", help="检查不通过也要发布的理由，会记录在案")] = "",
    rehearse: Annotated[bool, typer.Option("--dry-run", help="只看会改变哪些回答，不切换")] = False,
    refit: Annotated[bool, typer.Option("--refit", help="改动很少也重新校准阈值")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """发布已批准的条目：建索引、检查、重问固定问题与最近的真实问题，通过后切换；不通过时退出码为 1，旧索引继续服务。"""
    from desk.clock import system_clock
    from gongda.knowledge.publishing import Order, publish_desk

    settings = load_settings()
    with sentences(), desk(settings) as database, progress() as told:
        done = publish_desk(settings, database, system_clock, Order(ACTOR, reason, refit, rehearse), told)
    report = {"published": done.published, **done.report.to_json()}
    if as_json:
        show_json(report)
    else:
        show(report, Console(highlight=False), rehearse)
    raise typer.Exit(0 if done.published or (rehearse and not done.report.objections) else 1)


def rollback(
    build_id: Annotated[str | None, typer.Argument(help="退回到哪个索引，默认是上一个", show_default=False)] = None,
    reason: Annotated[str, typer.Option("--reason", help="为什么退回")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """退回到以前发布过的索引；条目本身不变，下次发布会再带上。"""
    from desk.clock import system_clock
    from gongda.knowledge.publishing import roll_back_to

    settings = load_settings()
    with sentences(), desk(settings) as database:
        former, serving = roll_back_to(settings, database, system_clock, ACTOR, build_id, reason)
    if as_json:
        show_json({"former": former, "build_id": serving})
    else:
        typer.echo(f"已从 {former} 退回到 {serving}")


def show(report: Mapping[str, Any], console: Console, rehearse: bool = False) -> None:
    """The report of a publication for a terminal."""
    counts = report["counts"]
    console.print(
        f"条目 {report['entries']}：新增 {counts['new']}，改动 {counts['changed']}，下架 {counts['gone']}；"
        f"重问固定问题 {counts['pinned']} 个、最近的真实问题 {counts['recent']} 个，{counts['answers']} 个回答有变化；"
        f"提示 {counts['findings']} 条；" + "，".join(f"{name} {value} 秒" for name, value in report["seconds"].items())
    )
    if report["answers"]:
        console.print(_answers(report["answers"]))
    for finding in [each for each in report["findings"] if each["level"] == "error"][:_SHOWN]:
        console.print(f"[red]✗[/] {escape(finding['message'])}", soft_wrap=True)
    for objection in report["objections"]:
        said = _REASONS[objection["reason"]]
        console.print(f"[red]✗[/] {said}：{objection['count']} 个，最多允许 {objection['limit']} 个")
    console.print(_outcome(report, rehearse), soft_wrap=True)


def _answers(rows: list[dict[str, Any]]) -> Table:
    table = Table("问题", "变化", "原来", "现在")
    for row in rows[:_SHOWN]:
        pinned = "📌 " if row["pinned"] else ""
        table.add_row(
            pinned + escape(row["question"]), _VERDICTS[row["verdict"]], _said(row["before"]), _said(row["after"])
        )
    if len(rows) > _SHOWN:
        table.caption = f"只列出 {_SHOWN} 个，全部用 --json 查看"
    return table


def _said(outcome: Mapping[str, Any] | None) -> str:
    if outcome is None:
        return "—"
    named = {"answer": "答", "choices": "选项", "decline": "不答"}[outcome["decision"]]
    return escape(f"{named} {outcome['title']}".strip())


def _outcome(report: Mapping[str, Any], rehearse: bool) -> str:
    if rehearse:
        return "试发布结束，没有切换。" + ("正式发布会被拒绝。" if report["objections"] else "正式发布会通过。")
    if report["published"]:
        because = f"（检查未通过，理由：{escape(report['overruled'])}）" if report["objections"] else ""
        return f"[green]✓[/] 已发布 {report['build_id']}{because}，之前是 {report['former'] or '无'}"
    return (
        f"[red]✗[/] 没有发布，{report['former']} 继续服务。改好条目再发布；确认没有问题时用 --reason 说明理由强制发布。"
    )


def _from_desk(settings: Settings, force: bool) -> None:
    """The files bring what follows them up to date; then everything approved is published, like any publication."""
    from desk.clock import system_clock
    from gongda.indexing import serves
    from gongda.knowledge.corpus import of_desk, seed
    from gongda.knowledge.publishing import Order, publish_desk

    with desk(settings) as database:
        seed(settings, database, system_clock())
        if not force and serves(settings, of_desk(database).source):
            typer.echo("没有变化")
            return
        with progress() as told:
            done = publish_desk(settings, database, system_clock, Order(ACTOR, refit=force), told)
    show({"published": done.published, **done.report.to_json()}, Console(highlight=False))
    raise typer.Exit(0 if done.published else 1)
