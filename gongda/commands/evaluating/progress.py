"""What a long measurement is at, for whoever watches a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

_STAGES = {
    "ingest": "导入条目",
    "build": "发布到临时索引",
    "memory": "量内存",
    "peers": "建对手的索引",
    "ask": "提问",
    "figures": "计算",
}


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for the stage under way, on standard error; nothing where nobody watches."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        stages: dict[str, TaskID] = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                for former in stages.values():
                    bars.update(former, visible=False)
                stages[stage] = bars.add_task(_STAGES.get(stage, stage), total=total if total > 1 else None)
            bars.update(stages[stage], completed=done)

        yield told
