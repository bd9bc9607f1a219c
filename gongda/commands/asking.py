"""ask: the hit test, through the live retrieval function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timezone
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongda.errors import Unprepared
from gongda.settings import load_settings

if TYPE_CHECKING:
    from gateway.console.knowledge.hit import Candidate, Hit
    from gateway.console.labels import Labels

_COLOURS = {"answer": "green", "choices": "yellow", "decline": "red"}


def ask(
    text: Annotated[str, typer.Argument(help="问题")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    top: Annotated[int, typer.Option(min=1, max=50, help="列出多少个候选")] = 5,
) -> None:
    """命中测试：规范化文本、错误码、候选条目的每项依据、判定与原因。"""
    from gongda.retrieving import live
    from retrieval.asking.explain import explained
    from retrieval.errors import RetrievalError

    try:
        result = explained(live(load_settings()).retriever, text, top=top)
    except RetrievalError as error:
        raise Unprepared(f"知识库索引不可用：{error}") from error
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        show(result, Console(highlight=False))


def show(result: Mapping[str, Any], console: Console) -> None:
    """The verdict in words, the candidates, and what speaks for the first."""
    from gateway.console.knowledge.hit import read  # with FastAPI, which no other command should wait for

    hit, labels = read(result), _labels()
    colour = _COLOURS.get(hit.decision, "default")
    console.print(f"规范化  {escape(hit.normalized)}")
    console.print(f"分词    {escape(' / '.join(hit.tokens))}")
    console.print(f"错误码  {escape('、'.join(hit.codes)) or '无'}")
    why = labels.name("why", hit.reason)
    console.print(f"判定    [{colour}]{labels.name('decision', hit.decision)}[/]  {why}（{hit.reason}）")
    because = labels.name("because", hit.reason, default="", **hit.figures)
    if because:
        console.print(f"        {because}")
    for entry_id, label in hit.offers:
        console.print(f"        · {escape(label)}  [dim]{escape(entry_id)}[/]")
    console.print(_candidates(hit.candidates))
    if hit.candidates:
        console.print(_features(hit, labels))
        console.print("[dim]其余候选的每项依据用 --json 查看[/]")
    console.print(f"索引 {hit.build_id}  追踪号 {hit.trace_id}")


def _candidates(candidates: tuple[Candidate, ...]) -> Table:
    table = Table("#", "条目", "标题", "概率", "得分")
    for number, one in enumerate(candidates, 1):
        table.add_row(
            str(number), escape(one.entry_id), escape(one.title), f"{one.probability:.3f}", _signed(one.total)
        )
    return table


def _features(hit: Hit, labels: Labels) -> Table:
    """Of the first candidate, what counted most on top."""
    beside = "比第 2 名" if len(hit.candidates) > 1 else ""
    table = Table("第 1 名的依据", "说明", "数值", "权重", "贡献", beside)
    for one in hit.candidates[0].features:
        note = labels.name("feature_note", one.name, default="")
        figures = (_plain(one.value), _plain(one.weight), _signed(one.contribution), _signed(one.ahead))
        table.add_row(escape(labels.name("feature", one.name)), note, *figures)
    return table


def _labels() -> Labels:
    """The console's words."""
    from desk.clock import system_clock
    from gateway.console.labels import Labels
    from gateway.wording import Wording

    return Labels(Wording.load(), timezone.utc, system_clock())


def _plain(number: float | None) -> str:
    return "—" if number is None else f"{number:.3f}"


def _signed(number: float | None) -> str:
    return "—" if number is None else f"{number:+.2f}"
