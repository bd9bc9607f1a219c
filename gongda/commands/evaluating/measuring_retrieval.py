"""eval retrieval: any FAQ through ingest, publication and live retrieval, beside its peers, in a scratch folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from gongda.commands.evaluating.reports import Report, check, write
from gongda.errors import GongdaError
from gongda.settings import Settings, load_settings

if TYPE_CHECKING:
    from retrieval.indexing.encoder import Encoder


class Unmeasurable(GongdaError):
    """What was handed in cannot be measured."""

    exit_code = 2


def retrieval(
    entries: Annotated[
        Path, typer.Option("--entries", help='条目，每行 {"id", "question", "similar", "answer"}；或 YAML 文件夹')
    ],
    queries: Annotated[list[Path], typer.Option("--queries", help='问题，每行 {"text", "id"}；可写几次')],
    oos: Annotated[Path | None, typer.Option("--oos", help='条目答不了的问题，每行 {"text"}')] = None,
    encoder: Annotated[str | None, typer.Option("--encoder", help="句向量模型，同 GONGDA_ENCODER")] = None,
    converted: Annotated[bool, typer.Option("--converted", help="简繁互换后再问一遍，时间加倍")] = False,
    report: Report = None,
) -> None:
    """任意一份问答的检索：找得准不准、该不该答、快不快，同一次运行里与六个对手比。不碰正在运行的系统。"""
    from desk.clock import system_clock
    from evaluation.errors import BadInput
    from evaluation.retrieval import Setting, run
    from evaluation.retrieval_input import read_base, read_trial
    from gongda.commands.evaluating.progress import progress
    from gongda.commands.evaluating.showing_retrieval import show
    from gongda.policy import load_policy
    from retrieval.errors import RetrievalError

    check(report)
    settings = load_settings()
    allow = load_policy(settings.root / settings.support).contacts
    now = system_clock()
    opened, name = _encoder(encoder, settings)
    try:
        with progress() as told:
            told("ingest", 0, 1)
            base = read_base(entries, allow, now)
            trial = read_trial(queries, oos, base.ids)
            found = run(base, trial, Setting(opened, name, now, converted, told))
    except BadInput as error:
        raise Unmeasurable(str(error)) from error
    except RetrievalError as error:
        raise Unmeasurable(f"这些条目建不成索引：{error}") from error
    write(report, found)
    show(found, Console(highlight=False), report)


def _encoder(name: str | None, settings: Settings) -> tuple[Encoder, str]:
    """The encoder, and what opens it from any folder."""
    from retrieval.errors import EncoderMissing
    from retrieval.indexing.encoder import DEFAULT_MODEL, open_encoder

    chosen = name or settings.encoder or str(DEFAULT_MODEL)
    try:
        return open_encoder(chosen), str(Path(chosen).resolve()) if Path(chosen).exists() else chosen
    except EncoderMissing as error:
        raise Unmeasurable(f"没有句向量模型 {chosen}：写模型所在的文件夹，或模型库里的名字") from error
