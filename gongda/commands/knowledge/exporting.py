"""kb export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongda.commands.sentences import sentences
from gongda.errors import WrongUse
from gongda.settings import load_settings


def export(
    folder: Annotated[Path, typer.Argument(help="写到这个文件夹（须为空或不存在）", show_default=False)],
) -> None:
    """把已批准的条目写成 YAML 文件，与 kb/ 的格式相同；改完可以再用 kb ingest 读回来。"""
    from gongda.knowledge.corpus import corpus
    from kb_ingest.writing import write_folder

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUse(f"{folder} 已存在且不为空，请换一个文件夹，免得新旧文件混在一起")
    with sentences():
        entries = corpus(load_settings()).entries
        write_folder(folder, entries)
    typer.echo(f"{len(entries)} 条写到了 {folder}")
