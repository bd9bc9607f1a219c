"""kb ingest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gongda.commands.knowledge.common import ACTOR, desk
from gongda.commands.sentences import sentences
from gongda.errors import WrongUse
from gongda.settings import Settings, load_settings

if TYPE_CHECKING:
    from kb_ingest.ingest import Ingested


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹", show_default=False)],
    scratch: Annotated[Path | None, typer.Option("--scratch", help="不碰数据库，条目写到这里的 entries.jsonl")] = None,
    submit: Annotated[bool, typer.Option("--submit", help="直接提交审批，不停在草稿")] = False,
    out: Annotated[Path | None, typer.Option("--json", help="报告写到这个文件")] = None,
) -> None:
    """文档变条目：md、txt、html、docx、xlsx、csv、pdf 与条目文件。清洗后存成草稿，批准并发布之后客户才看得到。"""
    from desk.clock import system_clock
    from gongda.policy import load_policy
    from kb_ingest.ingest import ingest as take

    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise WrongUse(f"找不到 {'、'.join(missing)}")
    if out is not None and not out.resolve().parent.is_dir():
        raise WrongUse(f"没有文件夹 {out.resolve().parent}，请先建好")
    settings = load_settings()
    console = Console(highlight=False)
    with sentences():
        policy = load_policy(settings.root / settings.support)
        found = take(paths, allow=policy.contacts, now=system_clock())
        kept = _in_scratch(scratch, found) if scratch is not None else _in_desk(settings, found, submit)
    if out is not None:
        report = {"files": [file.to_json() for file in found.files], **kept}
        out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _show(found, kept, console)


def _in_scratch(folder: Path, found: Ingested) -> dict[str, Any]:
    """Changes are those against the file of the run before."""
    from kb_ingest.changes import changes
    from retrieval.knowledge.entry import read_entries, write_entries

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "entries.jsonl"
    before = read_entries(path) if path.exists() else ()
    write_entries(path, found.entries)
    return {"changes": changes(before, found.entries).count}


def _in_desk(settings: Settings, found: Ingested, submit: bool) -> dict[str, Any]:
    from desk.clock import system_clock
    from gongda.knowledge.importing import take_in

    with desk(settings) as database:
        imported = take_in(database, found.entries, author=ACTOR, clock=system_clock, submit=submit)
    return {"changes": len(imported.drafts), "drafts": list(imported.drafts), "conflicts": list(imported.conflicts),
            "refused": list(imported.refused)}  # fmt: skip


def _show(found: Ingested, kept: Mapping[str, Any], console: Console) -> None:
    from kb_ingest.report import remarks, table

    console.print(table(found.files))
    for remark in (remark for file in found.files for remark in remarks(file)):
        console.print(f"[yellow]![/] {escape(remark)}", soft_wrap=True)
    for entry_id in kept.get("conflicts", ()):
        console.print(f"[yellow]![/] {entry_id} 有别人未处理完的修改，没有动它")
    for reason in kept.get("refused", ()):
        console.print(f"[red]✗[/] 没有收下：{escape(reason)}", soft_wrap=True)
    if "drafts" in kept:
        console.print(f"新增或改动的草稿 {kept['changes']} 条，请到控制台的知识库审批后发布")
    else:
        console.print(f"与上次相比变化 {kept['changes']} 条")
