"""kb: the life of the knowledge base."""

from __future__ import annotations

from typing import Annotated

import typer

from gongda.errors import GongdaError, StepFailed
from gongda.settings import load_settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def root() -> None:
    """知识库。"""


@app.command()
def build(force: Annotated[bool, typer.Option("--force", help="没有变化也重建")] = False) -> None:
    """从 kb/ 建索引并切换；正在运行的服务约 2 秒内换用新索引。"""
    from gongda.indexing import build_index
    from kb_ingest.errors import BadSource, IngestError
    from retrieval.errors import RetrievalError

    try:
        indexed = build_index(load_settings(), force=force)
    except BadSource as error:
        raise _Mistakes("语料有误：\n  " + "\n  ".join(error.problems)) from error
    except (IngestError, RetrievalError) as error:
        raise StepFailed(f"建索引失败：{error}") from error
    typer.echo(f"{indexed.build_id} " + (f"新建，{indexed.entries} 条" if indexed.fresh else "没有变化"))


class _Mistakes(GongdaError):
    """The corpus has mistakes; every one is listed."""

    exit_code = 2
