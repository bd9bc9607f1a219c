"""A vendor's sheet as an .xlsx file, and an installation of its own to try it on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook

from gongda.settings import ROOT, Settings

Sheets = dict[str, list[list[Any]]]
_LUAN = ROOT / "tests" / "fixtures" / "own_product" / "luan.yml"


def luan() -> Sheets:
    """The sheets of 路安养护云, to be changed at will."""
    sheets: Sheets = yaml.safe_load(_LUAN.read_text(encoding="utf-8"))
    return sheets


def workbook(path: Path, sheets: Sheets, change: Callable[[Sheets], object] = lambda _: None) -> Path:
    """The sheets as a file."""
    change(sheets)
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def installation(folder: Path) -> Settings:
    """Data and support.toml of its own; everything else is this checkout's."""
    support = folder / "support.toml"
    shutil.copyfile(ROOT / "support.toml", support)
    return Settings(data=folder / "var", support=support, product=folder / "var" / "product")
