"""kb gaps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongda.commands.knowledge.common import desk, show_json
from gongda.commands.sentences import sentences
from gongda.settings import load_settings


def gaps(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="最多列出几个")] = 50,
) -> None:
    """没答上、被踩和转了人工的问题，归类后按问的人数排列。"""
    from desk import gaps as stored
    from desk.clock import system_clock
    from gongda.knowledge.gathering import gather

    settings = load_settings()
    with sentences(), desk(settings) as database:
        gathered = gather(database, settings, system_clock)
        with database.read() as session:
            found = stored.open_gaps(session, limit=limit)
    if as_json:
        rows = [{**asdict(gap), "created_at": gap.created_at.isoformat(), "updated_at": gap.updated_at.isoformat(),
                 "last_at": gap.last_at.isoformat() if gap.last_at else None} for gap in found]  # fmt: skip
        show_json({"gathered": gathered.questions, "new": gathered.gaps, "gaps": rows})
        return
    table = Table("编号", "问题", "问过", "人数", "最近", "条目")
    for gap in found:
        last = f"{gap.last_at:%m-%d}" if gap.last_at else ""
        table.add_row(
            str(gap.id), escape(gap.title), str(gap.questions), str(gap.contacts), last, escape(gap.entry_id or "")
        )
    console = Console(highlight=False)
    console.print(table if found else "没有待处理的缺口。")
