"""kb: the life of the knowledge base, one module for each part of it."""

from __future__ import annotations

import typer

from gongda.commands.knowledge.checking import check
from gongda.commands.knowledge.exporting import export
from gongda.commands.knowledge.gaps import gaps
from gongda.commands.knowledge.ingesting import ingest
from gongda.commands.knowledge.publishing import build, publish, rollback
from gongda.commands.knowledge.statistics import stats

app = typer.Typer(no_args_is_help=True)
app.command("ingest")(ingest)
app.command("build")(build)
app.command("check")(check)
app.command("publish")(publish)
app.command("rollback")(rollback)
app.command("export")(export)
app.command("gaps")(gaps)
app.command("stats")(stats)


@app.callback()
def root() -> None:
    """知识库。"""
