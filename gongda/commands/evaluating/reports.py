"""The file that a measurement writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gongda.errors import GongdaError

Report = Annotated[Path | None, typer.Option("--json", help="把完整报告写到这个文件")]


class BadPath(GongdaError):
    """A report cannot be written there."""

    exit_code = 2


def check(report: Path | None) -> None:
    """Before anything takes time."""
    if report is not None and not report.resolve().parent.is_dir():
        raise BadPath(f"没有文件夹 {report.resolve().parent}，请先建好")
    if report is not None and report.is_dir():
        raise BadPath(f"{report} 是文件夹，请写明文件名")


def write(report: Path | None, found: dict[str, Any]) -> None:
    if report is not None:
        try:
            report.write_text(json.dumps(found, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise BadPath(f"写不了 {report}：{error.strerror}") from error
