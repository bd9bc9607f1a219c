"""ask: the hit test, through the live retrieval function."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from gongda.errors import Unprepared
from gongda.settings import load_settings


def ask(
    text: Annotated[str, typer.Argument(help="问题")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    top: Annotated[int, typer.Option(min=1, max=50, help="列出多少个候选")] = 5,
) -> None:
    """命中测试：规范化文本、错误码、候选条目及得分、判定与原因。"""
    from gongda.retrieving import live
    from retrieval.errors import RetrievalError

    try:
        result = live(load_settings()).ask(text, top=top).to_json()
    except RetrievalError as error:
        raise Unprepared(f"知识库索引不可用：{error}") from error
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        _show(result, Console(highlight=False))


_DECISIONS = {"answer": "[green]回答[/]", "choices": "[yellow]给选项[/]", "decline": "[red]不答[/]"}


def _show(result: dict[str, Any], console: Console) -> None:
    console.print(f"规范化  {result['normalized']}")
    console.print(f"分词    {' / '.join(result['tokens'])}")
    console.print(f"错误码  {'、'.join(result['codes']) or '无'}")
    limits = "，".join(f"{name} {value:.3f}" for name, value in result["thresholds"].items())
    console.print(f"判定    {_DECISIONS[result['decision']]}（{result['reason']}；阈值 {limits}）")
    table = Table("#", "条目", "标题", "概率", "特征")
    for number, candidate in enumerate(result["candidates"], 1):
        features = _strongest(candidate["features"])
        table.add_row(
            str(number), candidate["entry_id"], candidate["title"], f"{candidate['probability']:.3f}", features
        )
    console.print(table)
    console.print("[dim]全部特征用 --json 查看[/]")
    console.print(f"索引 {result['build_id']}  追踪号 {result['trace_id']}")


def _strongest(features: dict[str, float], count: int = 5) -> str:
    """The features that speak loudest for an entry; the distances to its rivals only repeat them."""
    own = {name: value for name, value in features.items() if not name.endswith("_gap")}
    shown = sorted(own, key=lambda name: -own[name])[:count]
    return " ".join(f"{name} {own[name]:.2f}" for name in shown if own[name])
