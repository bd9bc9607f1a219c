"""What the commands of the knowledge base share: the open desk, and errors as one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from gongda.errors import BadSetting, GongdaError, StepFailed, WrongUse
from gongda.settings import Settings

if TYPE_CHECKING:
    from desk.database import Database

ACTOR = "cli"


class Mistakes(GongdaError):
    """Files have mistakes; every one is listed."""

    exit_code = 2


@contextmanager
def sentences() -> Iterator[None]:
    """Errors of knowledge, retrieval and desk as one Chinese sentence and an exit status."""
    from desk.errors import DeskError, EditConflict, StoreError
    from kb_ingest.errors import BadSource, IngestError
    from retrieval.errors import RetrievalError

    try:
        yield
    except BadSource as error:
        raise Mistakes("语料有误：\n  " + "\n  ".join(error.problems)) from error
    except IngestError as error:
        raise StepFailed(str(error)) from error
    except RetrievalError as error:
        raise StepFailed(f"索引不可用：{error}") from error
    except StoreError as error:
        raise StepFailed(f"数据库不可用：{error}") from error
    except EditConflict as error:
        raise StepFailed(f"条目有别人未处理完的修改：{error}") from error
    except DeskError as error:
        raise WrongUse(str(error)) from error


@contextmanager
def desk(settings: Settings) -> Iterator[Database]:
    """The desk's database, brought up to date and seeded where it is new."""
    from desk.clock import system_clock
    from desk.database import Database
    from gongda.knowledge.corpus import has_desk, seed

    if not settings.var.is_dir():
        settings.var.mkdir(parents=True)
    database = Database(settings.database).open()
    try:
        database.migrate()
        if not has_desk(settings):
            seed(settings, database, system_clock())
        yield database
    finally:
        database.close()


def show_json(data: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(data, ensure_ascii=False))


__all__ = ["ACTOR", "BadSetting", "Mistakes", "desk", "sentences", "show_json"]
