"""eval intents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongda.commands.evaluating.reports import Report, check, write
from gongda.settings import load_settings


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
    check(report)
    given = {"--train": train, "--test": test, "--oos": oos, "--config": config or settings.root / "config.yml"}
    arguments = [part for name, path in given.items() if path is not None for part in (name, str(path.resolve()))]
    with Console(stderr=True).status("训练并测试中……"):
        (figures,) = run(settings, "intents", arguments)
    write(report, figures)
    show_intents(figures, Console(highlight=False))


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
