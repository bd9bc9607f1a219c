"""job: one piece of work that the console asked for; the worker starts it."""

from __future__ import annotations

from typing import Annotated

import typer

from gongda.commands.sentences import sentences
from gongda.settings import load_settings


def job(job_id: Annotated[int, typer.Argument(help="编号")]) -> None:
    """由后台进程调用：完成控制台交办的一件事（发布、退回、导入、归类）。"""
    from desk.clock import system_clock
    from desk.database import Database
    from gongda.knowledge.jobs import perform
    from gongda.knowledge.works import works
    from gongda.logs import configure_logs

    configure_logs("job")
    settings = load_settings()
    database = Database(settings.database).open()
    with sentences():
        perform(database, system_clock, job_id, works(settings, database, system_clock))
