"""The report of eval retrieval on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.retrieval_tables import INTERVALS, REASONS, Section, faults, remarks, sections, summary

_EIGHTHS = " ▏▎▍▌▋▊▉"
_WIDTH = 24
_MARK = "┃"


def show(found: Mapping[str, Any], console: Console, report: Path | None = None, shown: int = 5) -> None:
    """Every table, our own line of each set off, and the first few of what went wrong."""
    console.print(escape(summary(found)), soft_wrap=True)
    for remark in remarks(found):
        console.print(f"[yellow]![/] {escape(remark)}", soft_wrap=True)
    for section in sections(found):
        _section(section, console)
    console.print(f"\n[dim]{INTERVALS}[/]", soft_wrap=True)
    for title, lines in faults(found):
        if lines:
            _faults(title, lines[:shown], len(lines), console)
    if report is not None:
        console.print(f"\n完整报告 {escape(str(report))}")
    elif any(len(lines) > shown for _, lines in faults(found)):
        console.print("\n[dim]用 --json 文件 看全部[/]")


def _section(section: Section, console: Console) -> None:
    console.print(f"\n[bold cyan]{escape(section.title)}[/]")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1), header_style="bold")
    for number, name in enumerate(section.head):
        table.add_column(name, justify="left" if number == 0 else "right", no_wrap=True, overflow="fold")
    if section.bars:
        table.add_column(f"█ 实际正确　{_MARK} 平均概率", no_wrap=True)
    for number, row in enumerate(section.rows):
        drawn = [bar(*section.bars[number])] if section.bars else []
        table.add_row(*map(escape, row), *drawn, style="bold" if row[0] == "工答" else "")
    console.print(table, crop=False)
    if section.after:
        console.print(f"[dim]{escape(section.after)}[/]", soft_wrap=True)


def bar(length: float, mark: float, width: int = _WIDTH) -> str:
    """Unicode blocks as long as `length` of 1, with a mark at `mark` of 1."""
    eighths = round(max(0.0, min(1.0, length)) * width * 8)
    cells = list("█" * (eighths // 8) + (_EIGHTHS[eighths % 8].strip() if eighths % 8 else ""))
    cells += "·" * (width - len(cells))
    cells[min(width - 1, int(max(0.0, mark) * width))] = _MARK
    return "".join(cells)


def _faults(title: str, lines: list[dict[str, Any]], total: int, console: Console) -> None:
    console.print(f"\n[bold]{title}[/]（{total}）")
    for line in lines:
        given = "、".join(line["shown"] or line["first"][:1]) or "无"
        right = f"，应为 {line['right']}" if line["right"] else ""
        why = f"概率 {line['score']:.2f}，{REASONS.get(line['reason'], line['reason'])}"
        console.print(f"  {line['text']}  → {given}{right}（{why}）", markup=False, soft_wrap=True)
    if total > len(lines):
        console.print(f"  [dim]……另有 {total - len(lines)} 个[/]")
