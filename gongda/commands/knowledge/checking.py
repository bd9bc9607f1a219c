"""kb check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gongda.commands.knowledge.common import show_json
from gongda.commands.sentences import sentences
from gongda.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb_ingest.lint.finding import Finding
    from kb_ingest.lint.usage import Usage


def check(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="不逐条试问（省半分钟）")] = False,
) -> None:
    """检查条目：重复、矛盾、问法找到别的条目、缺相似问、复核过期、死链接等。有必须改的问题时退出码为 1。"""
    from kb_ingest.lint.finding import ERROR

    with sentences():
        found = _findings(load_settings(), quick)
    if as_json:
        show_json({"findings": [each.to_json() for each in found], "errors": sum(e.level == ERROR for e in found)})
    else:
        console = Console(highlight=False)
        for each in found:
            mark = "[red]✗[/]" if each.level == ERROR else "[yellow]![/]"
            console.print(f"{mark} {escape(f'[{each.check}]')} {escape(each.message)}", soft_wrap=True)
        errors = sum(each.level == ERROR for each in found)
        console.print(f"必须改 {errors} 处，建议看 {len(found) - errors} 处")
    raise typer.Exit(1 if any(each.level == ERROR for each in found) else 0)


def _findings(settings: Settings, quick: bool) -> tuple[Finding, ...]:
    from desk.clock import system_clock
    from gongda.indexing import build_index
    from gongda.knowledge.checking import check_all
    from gongda.knowledge.corpus import corpus
    from gongda.policy import load_policy
    from gongda.retrieving import live

    source = corpus(settings)
    retriever = None
    if not quick:
        build_index(settings)
        retriever = live(settings).retriever
    policy = load_policy(settings.root / settings.support)
    return check_all(source.entries, retriever, policy, _used(settings), system_clock)


def _used(settings: Settings) -> Mapping[str, Usage] | None:
    """What customers did with the entries; None where there is no desk to know."""
    from desk.clock import system_clock
    from desk.database import Database
    from gongda.knowledge.checking import usage
    from gongda.knowledge.corpus import has_desk

    if not has_desk(settings):
        return None
    database = Database(settings.database).open()
    try:
        return usage(database, system_clock)
    finally:
        database.close()
