"""kb: the life of the knowledge base, one module for each part of it."""

from __future__ import annotations

import typer

from gongda.commands.knowledge import checking, exporting, gaps, ingesting, publishing, statistics

app = typer.Typer(no_args_is_help=True)
app.command("ingest")(ingesting.ingest)
app.command("build")(publishing.build)
app.command("check")(checking.check)
app.command("publish")(publishing.publish)
app.command("rollback")(publishing.rollback)
app.command("export")(exporting.export)
app.command("gaps")(gaps.gaps)
app.command("stats")(statistics.stats)


@app.callback()
def root() -> None:
    """知识库。"""
