"""CSV and TSV, as spreadsheets save them -> one table. Lines are records, which is how a spreadsheet counts rows."""

from __future__ import annotations

import csv
import io
import re

from kb_ingest.documents.decoding import decode
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.documents.spans import MAX_COLUMNS, squared
from kb_ingest.errors import OverLimit, Unsuitable

_DELIMITERS = ",\t;|，"
_DECLARED = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LOOKED_AT = 20  # lines that decide about the delimiter


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Raises Undecodable, Unsuitable for a cell without end, or OverLimit for more rows than `limits` allows."""
    decoded = decode(data)
    text = decoded.text
    declared = _DECLARED.match(text)
    delimiter = declared.group(1) if declared else _delimiter(text)
    lines = io.StringIO(text[declared.end() :] if declared else text, newline="")
    rows: list[tuple[int, list[str]]] = []
    number = 1 if declared else 0
    try:
        for cells in csv.reader(lines, delimiter=delimiter, skipinitialspace=True):
            number += 1
            if any(map(str.strip, cells)):
                rows.append((number, [_clean(cell) for cell in cells[:MAX_COLUMNS]]))
            if len(rows) > limits.rows:
                raise OverLimit(f"表格超过 {limits.rows:,} 行；请拆成几个文件再导入")
    except csv.Error as error:
        raise Unsuitable(f"第 {number + 1} 行起读不下去（{error}）；多半是少了一个英文双引号") from error
    grid = squared(rows)
    blocks = (Block("table", "", grid[0][0]).with_rows(grid),) if grid else ()
    return Document(name, blocks, decoded.encoding)


def _delimiter(text: str) -> str:
    """The one that stands equally often in most lines; a comma when nothing speaks for another."""
    bare = _QUOTED.sub("", text[:200_000])
    lines = [line for line in bare.splitlines() if line.strip()][:_LOOKED_AT]
    return max(_DELIMITERS, key=lambda mark: (_agreement(lines, mark), -_DELIMITERS.index(mark)))


def _agreement(lines: list[str], mark: str) -> int:
    counts = [line.count(mark) for line in lines]
    return sum(count == counts[0] for count in counts) if counts and counts[0] else 0


def _clean(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()
