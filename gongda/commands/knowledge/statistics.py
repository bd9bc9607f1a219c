"""kb stats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gongda.commands.knowledge.common import show_json
from gongda.commands.sentences import sentences
from gongda.settings import load_settings


def stats(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """条目、错误码与相似问法的数量；相似问法按去掉近似重复之后的句式数。"""
    from gongda.knowledge.corpus import corpus
    from kb_ingest.statistics import statistics

    with sentences():
        found = statistics(corpus(load_settings()).entries)
    if as_json:
        show_json(found.to_json())
        return
    console = Console(highlight=False)
    console.print(f"条目 {found.entries}，错误码 {found.codes}；相似问法 {found.similar} 句，{found.patterns} 种句式，")
    console.print(f"每条最少 {found.least} 种；繁体 {found.traditional} 句（{found.traditional_share:.0%}）")
    for heading, counts in (("类型", found.by_type), ("主题", found.by_topic), ("模块", found.by_module)):
        console.print(_table(heading, counts))
    poorest = "、".join(f"{entry_id}（{patterns}）" for entry_id, patterns in found.poorest)
    console.print(f"句式最少的：{poorest}", soft_wrap=True)


def _table(heading: str, counts: Mapping[str, int]) -> Table:
    table = Table(heading, "条目")
    for name, number in counts.items():
        table.add_row(name, str(number))
    return table
