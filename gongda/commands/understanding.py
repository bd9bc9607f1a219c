"""understand: what the trained engine reads out of a message."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongda.errors import WrongUse
from gongda.settings import Settings, load_settings


def understand(
    text: Annotated[str | None, typer.Argument(help="一句话")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    source: Annotated[Path | None, typer.Option("--in", help='JSONL 文件，每行 {"text": "…"}')] = None,
    target: Annotated[Path | None, typer.Option("--out", help="结果文件：原来的每一行加上结果，顺序不变")] = None,
) -> None:
    """意图、是否超范围、优先级、类别、情绪、槽位与错误码，由训练好的对话引擎给出。"""
    settings = load_settings()
    if text is not None and source is None and target is None:
        (result,) = results(settings, [text])
        if as_json:
            from bot.tools.lines import as_line

            typer.echo(as_line(result))
        else:
            show(result, Console(highlight=False))
    elif text is None and source is not None and target is not None:
        typer.echo(f"{target} {_understand_file(settings, source, target)} 行", err=True)
    else:
        raise WrongUse('请给一句话（gongda understand "…"），或者同时给 --in 和 --out 两个文件')


def results(settings: Settings, texts: list[str]) -> list[dict[str, Any]]:
    """One for each text; trains and builds first what is missing. Raises GongdaError."""
    from gongda.engine_tools import understand as understood_by
    from gongda.training import train_engine

    _index(settings)
    return understood_by(settings, train_engine(settings), texts)


def show(result: dict[str, Any], console: Console) -> None:
    """The result as a table."""
    table = Table("项", "结果", show_header=False)
    for name, value in _rows(result):
        table.add_row(name, escape(value))
    console.print(table)


def _understand_file(settings: Settings, source: Path, target: Path) -> int:
    from bot.tools.errors import ToolError
    from bot.tools.lines import read_objects, write_objects

    try:
        objects = read_objects(source)
        if not target.resolve().parent.is_dir():
            raise WrongUse(f"没有文件夹 {target.resolve().parent}，请先建好")
        found = results(settings, [data["text"] for data in objects]) if objects else []
        write_objects(target, [{**data, **result} for data, result in zip(objects, found, strict=True)])
    except ToolError as error:
        raise WrongUse(str(error)) from error
    return len(objects)


def _index(settings: Settings) -> None:
    """The codes of the corpus come from the index."""
    from gongda.errors import StepFailed
    from gongda.indexing import build_index
    from kb_ingest.errors import IngestError
    from retrieval.errors import RetrievalError

    try:
        build_index(settings)
    except (IngestError, RetrievalError) as error:
        raise StepFailed(f"建索引失败：{error}") from error


_SCRIPTS = {"hans": "简体", "hant": "繁体", "none": "没有汉字可判"}
_REGIONS = {"cn": "大陆", "tw": "台湾", "hk": "香港"}


def _rows(result: dict[str, Any]) -> list[tuple[str, str]]:
    intent, foreign, emotion = result["intent"], result["out_of_scope"], result["emotion"]
    script = _SCRIPTS[result["script"]] + (f"（{_REGIONS[result['region']]}）" if result["region"] else "")
    felt = [name for name, key in (("负面", "negative"), ("投诉", "complaint")) if emotion[key]]
    return [
        ("规范化", result["normalized"] or "（空）"),
        ("文字", script),
        ("意图", f"{intent['name'] or '没有'}{_number(intent['confidence'])}"),
        ("超出范围", f"{_yes(foreign['decision'])}{_number(foreign['score'])}"),
        ("要人工", _yes(result["wants_human"])),
        ("优先级", result["priority"] or "无"),
        ("类别", result["category"] or "无"),
        ("情绪", "、".join(felt) or "平常"),
        ("槽位", "，".join(f"{name}={value}" for name, value in result["slots"].items()) or "无"),
        ("错误码", "、".join(result["codes"]) or "无"),
    ]


def _yes(flag: bool) -> str:
    return "是" if flag else "否"


def _number(value: float | None) -> str:
    return "" if value is None else f"（{value:.3f}）"
