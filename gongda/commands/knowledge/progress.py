"""What a build is at, for whoever watches a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

_STAGES = {
    "compare": "比较条目", "rows": "读问法", "documents": "读答案", "char": "问法建字索引", "answer": "答案建字索引",
    "dense": "问法算向量", "answer_dense": "答案算向量", "words": "问法取词", "answer_words": "答案取词", "fit": "校准",
    "write": "写盘",
}  # fmt: skip
_QUIET_SECONDS = 2.0  # what is over sooner needs no bar


@contextmanager
def progress(
    console: Console | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for the stage under way, on standard error, from the third second on; nothing where nobody watches."""
    console = console or Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    stages: dict[str, TaskID] = {}
    began = clock()

    def told(stage: str, done: int, total: int) -> None:
        if clock() - began < _QUIET_SECONDS:
            return
        if stage not in stages:
            bars.start()
            for former in stages.values():
                bars.update(former, visible=False)
            stages[stage] = bars.add_task(_STAGES.get(stage, stage), total=total if total > 1 else None)
        bars.update(stages[stage], completed=done)

    try:
        yield told
    finally:
        bars.stop()
