"""An Excel file -> the rows of each sheet of ours, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gongda.errors import WrongUse
from gongda.product.sheets import EXAMPLE, Sheet, sheets
from kb_ingest import sources
from kb_ingest.documents import formats
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.documents.parser import Parser
from kb_ingest.errors import Refused
from kb_ingest.sheets.mistake import Mistake

_HEADINGS_WITHIN = 10  # rows: instructions may stand above the headings
_BETWEEN = re.compile(r"[\n；;，,、|｜]+")


@dataclass(frozen=True)
class Row:
    """A row of a sheet; `line` counts as the spreadsheet does."""

    sheet: str
    line: int
    cells: Mapping[str, str]

    def text(self, field: str) -> str:
        """The cell, in one line."""
        return " ".join(self.cells.get(field, "").split())

    def parts(self, field: str) -> tuple[str, ...]:
        """The parts of a cell that lists several, each once."""
        found = (" ".join(part.split()) for part in _BETWEEN.split(self.cells.get(field, "")))
        return tuple(dict.fromkeys(part for part in found if part))

    def wrong(self, message: str) -> Mistake:
        return Mistake(self.sheet, self.line, message)


@dataclass(frozen=True)
class Workbook:
    """The sheets that were found, by key, without the template's examples; `notes` say what was not read."""

    name: str
    tables: Mapping[str, Block]
    notes: tuple[str, ...]


def read(path: Path) -> Workbook:
    """Raises WrongUse for a file that is none of ours, too large or damaged."""
    try:
        document = _document(path)
    except Refused as error:
        raise WrongUse(f"{path.name} 读不了：{error}") from error
    tables: dict[str, Block] = {}
    notes = list(document.notes)
    for block in document.blocks:
        if block.kind != "table":
            continue
        sheet = next((sheet for sheet in sheets().values() if sheet.called(block.place)), None)
        if sheet is None or sheet.key in tables:
            notes.append(f"工作表“{block.place}”不认识或重复，没有读")
        else:
            tables[sheet.key] = _without_examples(block)
    return Workbook(path.name, tables, tuple(notes))


def rows(table: Block, sheet: Sheet) -> tuple[list[Row], list[Mistake]]:
    """The rows below the headings, those with a required cell missing as mistakes."""
    numbered = list(table.numbered_rows())
    start = next((place for place, (_, cells) in enumerate(numbered[:_HEADINGS_WITHIN]) if _heads(sheet, cells)), None)
    if start is None:
        needed = "、".join(column.heading for column in sheet.needed)
        return [], [Mistake(table.place, numbered[0][0], f"没有找到表头；这张表要有“{needed}”这几列，名称不要改")]
    places = sheet.places(numbered[start][1])
    found, mistakes = [], []
    for line, cells in numbered[start + 1 :]:
        row = Row(table.place, line, {field: cells[place].strip() for field, place in places.items()})
        if not any(row.cells.values()):
            continue
        missing = [column.heading for column in sheet.columns if column.required and not row.text(column.field)]
        if missing:
            mistakes.append(row.wrong(f"“{'、'.join(missing)}”是空的；请填上，或删掉这一行"))
        else:
            found.append(row)
    return found, mistakes


def _document(path: Path) -> Document:
    limits = Limits()
    data = sources.load(sources.Source(path, path.name, path.name), limits)
    kind = formats.check_name(path.name)
    if kind != "excel":
        raise WrongUse(f"{path.name} 不是 .xlsx 文件；先用 gongda init --template 资料表.xlsx 生成一份再填")
    formats.check_content(kind, data, limits)
    with Parser(limits) as parser:
        return parser.parse(kind, data, sources.safe(path.name))


def _without_examples(table: Block) -> Block:
    return table.with_rows(tuple(_real(table)))


def _real(table: Block) -> Iterator[tuple[int, tuple[str, ...]]]:
    for line, cells in table.numbered_rows():
        if not next((cell for cell in cells if cell.strip()), "").startswith((EXAMPLE, EXAMPLE.replace("：", ":"))):
            yield line, cells


def _heads(sheet: Sheet, cells: tuple[str, ...]) -> bool:
    return {column.field for column in sheet.needed} <= sheet.places(cells).keys()
