"""eval data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from gongda.commands.evaluating.reports import Report, check, write
from gongda.settings import load_settings


def data(
    questions: Annotated[Path | None, typer.Option("--questions", help="不许泄漏的题集所在文件夹")] = None,
    report: Report = None,
) -> None:
    """检查 nlu_data：重复、近似、泄漏、互相混淆、说法太少；有错误时退出码为 1。"""
    from gongda.engine_tools import run

    settings = load_settings()
    check(report)
    folder = (questions or settings.root / "evaluation" / "questions").resolve()
    with Console(stderr=True).status("检查训练数据……"):
        arguments = ["--data", str(settings.root / "nlu_data"), "--questions", str(folder)]
        (found,) = run(settings, "lint", arguments, accept=(0, 1))
    write(report, found)
    show_data(found, Console(highlight=False))
    raise typer.Exit(0 if found["ok"] else 1)


def show_data(found: dict[str, Any], console: Console, shown: int = 10) -> None:
    """What the check found, errors first."""
    few = min(found["intents"].items(), key=lambda item: int(item[1]["patterns"]))
    console.print(
        f"{len(found['intents'])} 个意图，{found['examples']} 句；说法最少的是 {few[0]}：{few[1]['patterns']} 种"
    )
    accuracy = found["cross_validation"]["accuracy"]
    console.print(
        f"5 折交叉验证准确率 {accuracy:.3f}，同一说法不跨折" if accuracy is not None else "数据太少，未做交叉验证"
    )
    for level, mark in (("error", "[red]✗[/]"), ("warning", "[yellow]![/]")):
        for kind in [each for each in found["findings"] if each["level"] == level]:
            console.print(f"{mark} {kind['message']}：{kind['count']}")
            for item in kind["items"][:shown]:
                console.print(f"    {item}", markup=False)
            if kind["count"] > shown:
                console.print("    ……用 --json 看全部")
    if found["ok"]:
        console.print("[green]✓[/] 没有错误")
