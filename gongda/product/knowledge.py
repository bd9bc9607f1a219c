"""The sheets 常见问题 and 错误码 -> entries, held against what the other sheets say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gongda.product.entries import emergencies
from gongda.product.model import Product
from gongda.product.sheets import Sheet, sheets
from gongda.product.workbook import Workbook
from kb_ingest.documents.model import Block, Document
from kb_ingest.hygiene.cleaning import Quarantined, clean
from kb_ingest.sheets import rows
from kb_ingest.sheets.columns import Columns, entry_type, recognise
from kb_ingest.sheets.mistake import Mistake
from retrieval.knowledge.entry import Entry
from zhtext.contacts import AllowList, strangers

_SHEETS = ("faq", "codes")


@dataclass(frozen=True)
class Found:
    """The entries of the workbook, and what is wrong or worth knowing."""

    entries: tuple[Entry, ...]
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]


def read(book: Workbook, product: Product, now: datetime) -> Found:
    """The product says which modules there are, and which contacts may stand in an answer."""
    taken = rows.Taken()
    check = _Check(product)
    tables = {key: book.tables[key] for key in _SHEETS if key in book.tables}
    mistakes = [mistake for table in tables.values() for mistake in check.contacts(table)]
    cleaned = clean(Document(book.name, tuple(tables.values())), check.tolerant)
    mistakes += [_unreadable(each) for each in cleaned.quarantined]
    readable = {block.place: block for block in cleaned.document.blocks}
    for key, table in tables.items():
        if table.place in readable:
            mistakes += _take(readable[table.place], sheets()[key], check, now, taken)
    entries = tuple(map(_with_topic, taken.entries.values()))
    if not entries:
        nothing = "“常见问题”和“错误码”里没有一条内容；没有知识就回答不了任何问题，请至少写一条"
        mistakes.append(Mistake(sheets()["faq"].name, 1, nothing))
    repaired = [f"修好了 {cleaned.repaired.total()} 处抄录时带进来的杂字"] if cleaned.repaired else []
    return Found(entries, (*taken.mistakes, *mistakes), (*taken.notes, *repaired))


def _take(table: Block, sheet: Sheet, check: _Check, now: datetime, taken: rows.Taken) -> list[Mistake]:
    """Adds the table's entries to `taken`; what is wrong with it as a part of this workbook."""
    start = rows.heading_place(table)
    if start is not None:
        rows.take(table, check.file, now, taken)
        return [*check.rows(table, start)]
    if len(table.rows) == 1:  # headings that nobody has written anything under
        return []
    needed = "、".join(column.heading for column in sheet.needed)
    return [Mistake(table.place, table.row_lines[0], f"没有找到表头；这张表要有“{needed}”这几列")]


def _unreadable(found: Quarantined) -> Mistake:
    return Mistake(found.place, found.line, f"“{found.text[:40]}”{found.reason}；请改好")


def _with_topic(entry: Entry) -> Entry:
    return replace(entry, topic=emergencies().get(entry.topic, entry.topic)) if entry.type == "runbook" else entry


class _Check:
    """Rows against the product."""

    def __init__(self, product: Product) -> None:
        self.file = f"{product.name}资料表.xlsx"  # not the file's own name: entries stay the same when that changes
        self._modules = {module.name for module in product.modules}
        self._allow = AllowList(frozenset(contact.allowed for contact in product.contacts))
        self._told: set[str] = set()

    @property
    def tolerant(self) -> AllowList:
        """Also for the strangers that were told: a row without them would only look like another mistake."""
        return AllowList(self._allow.values | self._told)

    def contacts(self, table: Block) -> Iterator[Mistake]:
        """Contacts that are not the vendor's."""
        for line, cells in table.numbered_rows():
            for text in dict.fromkeys(contact.text for cell in cells for contact in strangers(cell, self._allow)):
                self._told.add(text)
                said = f"“{text[:60]}”不在“联系方式”表里，不能发给客户；请加到表里，或从这一行删掉"
                yield Mistake(table.place, line, said)

    def rows(self, table: Block, start: int) -> Iterator[Mistake]:
        """Modules the product does not have, emergencies nobody looks for, ids the desk would not keep."""
        columns = recognise(table.rows[start])
        for line, cells in list(table.numbered_rows())[start + 1 :]:
            if columns is not None:
                yield from (Mistake(table.place, line, message) for message in self._row(columns, cells))

    def _row(self, columns: Columns, cells: Sequence[str]) -> Iterator[str]:
        module, topic = columns.text(cells, "module"), columns.text(cells, "topic")
        given = columns.text(cells, "id")
        if given != given.lower():
            yield f"编号“{given[:40]}”里有大写字母；请改成小写"
        if module and module not in self._modules:
            yield f"模块“{module[:30]}”不在“模块”表里；请改成表里的名称，或在表里加一行"
        if entry_type(columns.text(cells, "type")) == "runbook" and topic not in emergencies():
            yield f"应急预案的类别“{topic[:30]}”不认识；要写 {'、'.join(emergencies())}，发生时才找得到"
