"""replay: scripted conversations through the real channel code of a scratch stack."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from rich.console import Console

from gongda.errors import GongdaError, StepFailed
from gongda.interruption import Interruption
from gongda.settings import load_settings

if TYPE_CHECKING:
    from gongda.replay import Script, ScriptResult


def replay(
    file: Annotated[Path, typer.Argument(help="剧本，每行一个 JSON 对象", show_default=False)],
    out: Annotated[Path | None, typer.Option("--json", help="结果写到这个文件，每个剧本一行；不写则显示在终端")] = None,
) -> None:
    """按剧本对话：在一套独立的临时环境里走真实的网页与微信渠道，不碰正在运行的系统。"""
    from gongda.replay import read_scripts

    interruption = Interruption()
    interruption.listen()
    scripts = read_scripts(file)
    with _report(out) as report:
        _play(scripts, report, interruption)
    interruption.check()


def _play(scripts: tuple[Script, ...], report: TextIO | None, interruption: Interruption) -> None:
    from gongda.replay import scratch_stack
    from gongda.replay.preparing import log_to_file
    from kb_ingest.errors import IngestError
    from retrieval.errors import RetrievalError

    settings = load_settings()
    log_to_file(settings)
    console, began = Console(stderr=True, highlight=False), time.monotonic()
    try:
        with (
            console.status("准备临时环境……") as status,
            scratch_stack(settings, status.update, interruption) as stack,
        ):
            ready = time.monotonic()
            for number, script in enumerate(scripts, 1):
                interruption.check()
                status.update(f"剧本 {number}/{len(scripts)}：{script.id}")
                _write(stack.play(script), report)
    except (IngestError, RetrievalError) as error:
        raise StepFailed(f"建索引失败：{error}") from error
    turns = sum(len(script.turns) for script in scripts)
    played = time.monotonic() - ready
    console.print(f"{len(scripts)} 个剧本 {turns} 轮，对话 {played:.1f} 秒，准备 {ready - began:.1f} 秒")


@contextmanager
def _report(out: Path | None) -> Iterator[TextIO | None]:
    """Opened before anything is started: a report that cannot be written should be known at once."""
    if out is None:
        yield None
        return
    try:
        file = out.open("w", encoding="utf-8")
    except OSError as error:
        raise _Unwritable(f"写不了 {out}：{error.strerror}") from error
    with file:
        yield file


def _write(result: ScriptResult, report: TextIO | None) -> None:
    if report is not None:
        report.write(json.dumps(result.to_json(), ensure_ascii=False) + "\n")
        report.flush()
        return
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"── {result.id}")
    for turn in result.turns:
        for text in turn.pushed:
            console.print(f"  ◇ {text}")
        console.print(f"  客户：{turn.user}")
        for text in turn.texts:
            console.print(f"  工答：{text}")
        for number, label in enumerate(turn.options, 1):
            console.print(f"    {number}. {label}")
        kinds = "、".join(str(decision["type"]) for decision in turn.decisions) or "无判定"
        console.print(f"    [{kinds}，{turn.ms} 毫秒{'，降级' if turn.degraded else ''}]")
    for text in result.pushed_after:
        console.print(f"  ◇ {text}")


class _Unwritable(GongdaError):
    """The report's file cannot be opened."""

    exit_code = 2
