"""up, worker, train."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console

from gongda.commands.sentences import sentences
from gongda.settings import load_settings


def up() -> None:
    """启动全部四个进程，缺什么先准备什么。"""
    from gongda.running import run

    with sentences():
        status = run(load_settings(), Console(highlight=False))
    raise typer.Exit(status)


def worker() -> None:
    """后台进程：定时任务与外发消息。"""
    import asyncio

    from gongda.logs import configure_logs
    from gongda.worker import run_worker
    from gongda.working import all_timers, deliveries

    configure_logs("worker")
    settings = load_settings()
    timers, work = all_timers(settings)
    try:
        asyncio.run(run_worker(deliveries(settings), timers))
    finally:
        work.stop()


def train(force: Annotated[bool, typer.Option("--force", help="没有变化也重新训练")] = False) -> None:
    """训练有变化的部分：对话模型与知识库索引。"""
    from rich import print_json

    from gongda.indexing import build_index
    from gongda.training import train_engine

    began = time.monotonic()
    settings = load_settings()
    with sentences():
        indexed = build_index(settings, force=force)
    done = {"engine": train_engine(settings, force=force).fresh, "index": indexed.fresh}
    trained = [name for name, fresh in done.items() if fresh]
    skipped = [name for name, fresh in done.items() if not fresh]
    print_json(data={"trained": trained, "skipped": skipped, "seconds": round(time.monotonic() - began, 1)})
