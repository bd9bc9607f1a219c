"""What the commands of the knowledge base share: the open desk, and who acts in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from gongda.settings import Settings

if TYPE_CHECKING:
    from desk.database import Database

ACTOR = "cli"


@contextmanager
def desk(settings: Settings) -> Iterator[Database]:
    """The desk's database, brought up to date and seeded where it is new."""
    from desk.clock import system_clock
    from desk.database import Database
    from gongda.knowledge.corpus import seed, seeded

    if not settings.var.is_dir():
        settings.var.mkdir(parents=True)
    database = Database(settings.database).open()
    try:
        database.migrate()
        if not seeded(database):
            seed(settings, database, system_clock())
        yield database
    finally:
        database.close()


def show_json(data: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(data, ensure_ascii=False))
