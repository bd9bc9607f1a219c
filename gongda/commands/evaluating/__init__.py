"""eval: measurements on data that the caller brings, and the check of the training data."""

from __future__ import annotations

import typer

from gongda.commands.evaluating.checking_data import data
from gongda.commands.evaluating.measuring_intents import intents
from gongda.commands.evaluating.measuring_retrieval import retrieval

app = typer.Typer(no_args_is_help=True)
app.command("intents")(intents)
app.command("retrieval")(retrieval)
app.command("data")(data)


@app.callback()
def root() -> None:
    """评测。"""
