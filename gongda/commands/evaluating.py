"""eval: measurements on data that the caller brings, and the check of the training data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongda.errors import GongdaError
from gongda.settings import load_settings

app = typer.Typer(no_args_is_help=True)

Report = Annotated[Path | None, typer.Option("--json", help="把完整报告写到这个文件")]


class BadPath(GongdaError):
    """A report cannot be written there."""

    exit_code = 2


@app.callback()
def root() -> None:
    """评测。"""


@app.command()
def intents(
    train: Annotated[Path, typer.Option("--train", help='训练文件，每行 {"text", "label"}')],
    test: Annotated[Path, typer.Option("--test", help='测试文件，每行 {"text", "label"}')],
    oos: Annotated[Path | None, typer.Option("--oos", help='范围外的话，每行 {"text"}')] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Rasa 配置，默认用 config.yml")] = None,
    report: Report = None,
) -> None:
    """任意带标签的数据过一条 Rasa 流水线：准确率、宏 F1、范围外识别、耗时与内存。"""
    from gongda.engine_tools import run

    settings = load_settings()
    _check(report)
    given = {"--train": train, "--test": test, "--oos": oos, "--config": config or settings.root / "config.yml"}
    arguments = [part for name, path in given.items() if path is not None for part in (name, str(path.resolve()))]
    with Console(stderr=True).status("训练并测试中……"):
        (figures,) = run(settings, "intents", arguments)
    _write(report, figures)
    show_intents(figures, Console(highlight=False))


@app.command()
def data(
    questions: Annotated[Path | None, typer.Option("--questions", help="不许泄漏的题集所在文件夹")] = None,
    report: Report = None,
) -> None:
    """检查 nlu_data：重复、近似、泄漏、互相混淆、说法太少；有错误时退出码为 1。"""
    from gongda.engine_tools import run

    settings = load_settings()
    _check(report)
    folder = (questions or settings.root / "evaluation" / "questions").resolve()
    with Console(stderr=True).status("检查训练数据……"):
        arguments = ["--data", str(settings.root / "nlu_data"), "--questions", str(folder)]
        (found,) = run(settings, "lint", arguments, accept=(0, 1))
    _write(report, found)
    show_data(found, Console(highlight=False))
    raise typer.Exit(0 if found["ok"] else 1)


def show_intents(figures: dict[str, Any], console: Console, labels: int = 10, pairs: int = 10) -> None:
    """The report as tables; the labels with the lowest F1 and the commonest confusions only."""
    table = Table("指标", "数值", show_header=False)
    for name, value in _summary(figures):
        table.add_row(name, value)
    console.print(table)
    worst = Table("标签", "精确率", "召回率", "F1", "句数", title="F1 最低的标签")
    for label, row in sorted(figures["per_label"].items(), key=lambda item: float(item[1]["f1"]))[:labels]:
        worst.add_row(escape(label), *(f"{row[key]:.3f}" for key in ("precision", "recall", "f1")), str(row["support"]))
    console.print(worst)
    if figures["confusions"]:
        mixed = Table("应为", "判成", "次", "例", title="最常混淆")
        for pair in figures["confusions"][:pairs]:
            mixed.add_row(
                escape(pair["label"]),
                escape(pair["predicted"]),
                str(pair["count"]),
                escape("；".join(pair["examples"][:2])),
            )
        console.print(mixed)


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


def _summary(figures: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        (
            "训练 / 测试 / 范围外",
            f"{figures['train']} / {figures['test']} / {figures['oos']} 句，{figures['labels']} 个标签",
        ),
        ("准确率", _three(figures["accuracy"])),
        ("宏 F1", _three(figures["macro_f1"])),
    ]
    if figures["oos"]:
        at = figures.get("threshold") or {"score": None, "chosen_on": ""}
        rows += [
            ("范围外 AUROC", _three(figures["oos_auroc"])),
            ("拦住范围外（阈值在训练数据上按误拒 5 % 选）", _three(figures["oos_rejection_at_5"])),
            ("这个阈值在测试数据上误拒", _three(figures.get("in_scope_rejected"))),
            ("阈值", f"{_three(at['score'])} {_CHOSEN.get(at['chosen_on'], '')}"),
            ("拦住范围外（事后在测试数据上取 5 %）", _three(figures["oos_rejection_at_5_threshold_on_test"])),
        ]
    memory = figures["memory"]
    return [
        *rows,
        ("每句 CPU", f"{figures['cpu_ms_per_message']} ms"),
        ("训练", f"{figures['train_seconds']} 秒，峰值 {memory['train_peak_rss_mb']} MB"),
        ("内存", f"{memory['rss_mb']} MB，峰值 {memory['peak_rss_mb']} MB"),
    ]


_CHOSEN = {"cross_validation": "（交叉验证）", "held_out": "（训练文件留出 10 %）"}


def _three(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _check(report: Path | None) -> None:
    """Before anything takes time."""
    if report is not None and not report.resolve().parent.is_dir():
        raise BadPath(f"没有文件夹 {report.resolve().parent}，请先建好")


def _write(report: Path | None, found: dict[str, Any]) -> None:
    if report is not None:
        try:
            report.write_text(json.dumps(found, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise BadPath(f"写不了 {report}：{error.strerror}") from error
