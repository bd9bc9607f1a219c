"""A recognised table -> entries. A row with a mistake stays out, the others go in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

from kb_ingest.documents.model import Block
from kb_ingest.sheets.columns import Columns, recognise
from kb_ingest.sheets.mistake import Mistake, WrongCell, named
from kb_ingest.sheets.row import Row, entry_of
from retrieval.knowledge.entry import Entry

_HEADING_WITHIN = 10  # rows: titles and instructions may stand above the headings
_SAME = re.compile(r"[\W_]+")


@dataclass
class Taken:
    """What one file's tables gave. Entries are by id; `lines` and `asked` remember where each came from."""

    entries: dict[str, Entry] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)


def heading_place(table: Block) -> int | None:
    """Which row of the table holds its headings, from 0; None for a table that is no list of knowledge."""
    headings = _headings(table)
    return headings[0] if headings else None


def take(table: Block, file: str, now: datetime, taken: Taken) -> bool:
    """Adds the table's rows to `taken`; whether it is a list of knowledge at all, and nothing happens to any other.
    `file` is the name that ids and sources are made from."""
    headings = _headings(table)
    if headings is None:
        return False
    start, columns = headings
    taken.notes += _notes(table, start, columns)
    for line, cells in list(table.numbered_rows())[start + 1 :]:
        again = recognise(cells)
        if again is not None:  # the headings once more, or those of the next table on the sheet
            columns = again
        elif any(cells[place].strip() for places in columns.places.values() for place in places):
            _take_row(Row(PurePath(file), table.place, line, columns, cells), now, taken)
    return True


def _headings(table: Block) -> tuple[int, Columns] | None:
    """The place of the heading row and its columns; the lower one of two that say as much."""
    for place, cells in enumerate(table.rows[:_HEADING_WITHIN]):
        columns = recognise(cells)
        if columns is None:
            continue
        below = recognise(table.rows[place + 1]) if place + 1 < len(table.rows) else None
        return (place + 1, below) if below and len(below.places) >= len(columns.places) else (place, columns)
    return None


def _notes(table: Block, start: int, columns: Columns) -> Iterator[str]:
    sheet = f"{named(table.place)}：" if table.place else ""
    if columns.unknown:
        yield f"{sheet}这些列不认识，没有收入：{'、'.join(columns.unknown[:10])}"
    if start:
        yield f"{sheet}表头上面的 {start} 行没有收入"


def _take_row(row: Row, now: datetime, taken: Taken) -> None:
    try:
        entry = entry_of(row, now)
    except WrongCell as error:
        taken.mistakes.append(Mistake(row.sheet, row.line, str(error)))
        return
    # Two codes may raise the same question; without codes, the same question is the same entry.
    former = taken.entries.get(entry.id if entry.code else taken.asked.get(_asked(entry), entry.id))
    if former is None:
        taken.entries[entry.id] = entry
        taken.asked.setdefault(_asked(entry), entry.id)
        taken.lines[entry.id] = f"{named(row.sheet)}第 {row.line} 行" if row.sheet else f"第 {row.line} 行"
    elif more := _more_ways_to_ask(former, entry):
        taken.entries[former.id] = replace(former, similar=(*former.similar, *more))
    else:
        taken.mistakes.append(Mistake(row.sheet, row.line, _duplicate(former, entry, taken.lines[former.id])))


def _asked(entry: Entry) -> str:
    """The question as far as two people would call it the same."""
    return _SAME.sub("", unicodedata.normalize("NFKC", entry.question).lower()) or entry.question


def _more_ways_to_ask(former: Entry, entry: Entry) -> Sequence[str]:
    """New similar questions of a row that says everything else again: the others of a merged cell."""
    if replace(former, similar=()) != replace(entry, similar=()):
        return ()
    return [text for text in entry.similar if text not in former.similar]


def _duplicate(former: Entry, entry: Entry, where: str) -> str:
    what = f"编号 {entry.id} " if former.id == entry.id and entry.code is None else "问题"
    what = f"错误码 {entry.code} " if entry.code and former.code else what
    differs = "，内容不同" if replace(former, similar=()) != replace(entry, similar=()) else ""
    return f"{what}与{where}重复{differs}；只收入了前面一条"
