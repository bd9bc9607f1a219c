"""Files and folders -> entries, with a report for each file. One bad file never stops the others."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kb_ingest import cutting, own, sources
from kb_ingest.documents import formats
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.documents.parser import Parser
from kb_ingest.errors import Refused
from kb_ingest.hygiene.cleaning import Cleaned, clean
from kb_ingest.pieces import LEADS_ON
from kb_ingest.report import FileReport, Line, Status
from kb_ingest.sheets import rows
from kb_ingest.sheets.mistake import Mistake
from kb_ingest.sources import Source
from retrieval.knowledge.entry import Entry
from zhtext.contacts import AllowList

log = logging.getLogger(__name__)

Cleaner = Callable[[Document, AllowList], Cleaned]

# Rows of a table that is no list of questions: more is data, a price list or an address book, and no knowledge.
_LARGEST_TABLE = 200
_SHEETS = frozenset({"excel", "csv"})


@dataclass(frozen=True)
class Ingested:
    """What all files gave; no two entries share an id."""

    files: tuple[FileReport, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class _Read:
    """What one file gave, before it is held against the others."""

    entries: tuple[Entry, ...]
    cleaned: Cleaned
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]


def ingest(
    paths: Sequence[Path],
    *,
    allow: AllowList,
    now: datetime,
    limits: Limits | None = None,
    parsers: Callable[[Limits], Parser] = Parser,
    cleaner: Cleaner = clean,
) -> Ingested:
    """Reads every file under `paths` within `limits`. Contacts that `allow` does not know never get in."""
    limits = limits or Limits()
    entries: dict[str, tuple[Entry, str]] = {}
    reports = []
    with parsers(limits) as parser:
        for source in sources.find(paths):
            try:
                read = _read(source, parser, limits, lambda document: cleaner(document, allow), now)
            except Refused as error:
                reports.append(FileReport(source.shown, "refused", str(error)))
                continue
            except Exception as error:  # a fault of ours, on this file alone: said, and the others go on
                log.exception("%s could not be taken in", source.shown)
                reports.append(FileReport(source.shown, "refused", f"处理时出错（{type(error).__name__}：{error}）"))
                continue
            kept, clashes = _kept(read, source, entries)
            entries |= {entry.id: (entry, source.shown) for entry in kept}
            reports.append(_report(source, replace(read, mistakes=read.mistakes + clashes), len(kept)))
    return Ingested(tuple(reports), tuple(entry for entry, _ in entries.values()))


def _read(
    source: Source, parser: Parser, limits: Limits, cleaned_by: Callable[[Document], Cleaned], now: datetime
) -> _Read:
    data = sources.load(source, limits)
    kind = formats.check_name(source.path.name)
    formats.check_content(kind, data, limits)
    document = parser.parse(kind, data, sources.safe(source.path.name))
    if kind == "entries":
        return _own(document, cleaned_by)
    cleaned = cleaned_by(document)
    return _entries(cleaned, source.name, kind in _SHEETS, now)


def _own(document: Document, cleaned_by: Callable[[Document], Cleaned]) -> _Read:
    found = own.records(document)
    cleaned = cleaned_by(document.with_blocks((own.as_table(found),) if found.entries else ()))
    tables = [block for block in cleaned.document.blocks if block.kind == "table"]
    lost, kept = [], []
    for line, entry in own.cleaned(found, tables[0] if tables else Block("table", "", 1)):
        if entry is None:
            lost.append(Mistake("", line, "去掉有问题的内容后没有标题、问题或答案；没有收入"))
        else:
            kept.append(entry)
    return _Read(tuple(kept), cleaned, (*found.mistakes, *lost), document.notes)


def _entries(cleaned: Cleaned, name: str, is_sheet: bool, now: datetime) -> _Read:
    """Entries of recognised tables, then of the text around them."""
    taken = rows.Taken()
    left: list[Block] = []
    places: set[str] = set()  # sheets whose titles and captions have said all they can
    for block in cleaned.document.blocks:
        if block.kind != "table":
            left.append(block)
        elif rows.take(block, name, now, taken):
            places.add(block.place)
            if left and left[-1].kind == "paragraph" and left[-1].text.endswith(LEADS_ON):
                left.pop()
        elif is_sheet and len(block.rows) > _LARGEST_TABLE:
            taken.mistakes.append(_unrecognised(block))
        else:
            left.append(block)
    if is_sheet:
        left = [block for block in left if block.place not in places]
    document = cleaned.document.with_blocks(tuple(left))
    entries = (*taken.entries.values(), *cutting.cut(document, name))
    return _Read(entries, cleaned, tuple(taken.mistakes), (*cleaned.document.notes, *taken.notes))


def _unrecognised(table: Block) -> Mistake:
    headings = "、".join(cell for cell in table.rows[0][:6] if cell)
    return Mistake(
        table.place,
        table.row_lines[0],
        f"没有认出“问题”和“答案”（或“错误码”和“处理方式”）两列，表头是“{headings}”；{len(table.rows)} 行的表没有收入",
    )


def _kept(read: _Read, source: Source, former: dict[str, tuple[Entry, str]]) -> tuple[list[Entry], tuple[Mistake, ...]]:
    """The entries whose ids are still free, and a word about each of the others."""
    kept: dict[str, Entry] = {}
    clashes = []
    for entry in read.entries:
        if entry.id in former or entry.id in kept:
            where = former[entry.id][1] if entry.id in former else source.shown
            what = f"错误码 {entry.code} " if entry.code else f"“{entry.title}”（{entry.id}）"
            clashes.append(Mistake("", 0, f"{what}与 {where} 中的条目重复；只收入了前面一条"))
        else:
            kept[entry.id] = entry
    return list(kept.values()), tuple(clashes)


def _report(source: Source, read: _Read, entries: int) -> FileReport:
    cleaned = read.cleaned
    status, reason = _status(read, entries)
    return FileReport(
        source.shown,
        status,
        reason,
        Counter(cleaned.repaired),
        tuple(Line(item.line, item.text, item.reason, item.place) for item in cleaned.quarantined),
        tuple(cleaned.refused_contacts),
        tuple(cleaned.dropped),
        read.mistakes,
        read.notes,
        entries,
    )


def _status(read: _Read, entries: int) -> tuple[Status, str]:
    cleaned = read.cleaned
    if cleaned.quarantined:
        return "quarantined", "" if entries else cleaned.quarantined[0].reason
    if not entries:
        return "refused", next(_why_nothing(read))
    altered = cleaned.repaired or cleaned.refused_contacts or cleaned.dropped
    return ("repaired" if altered else "kept"), ""


def _why_nothing(read: _Read) -> Iterator[str]:
    if read.mistakes:
        yield f"没有一条可用：{read.mistakes[0].message}"
    yield "去掉广告、网页外壳和陌生联系方式后没有内容" if read.cleaned.dropped else "里面没有可用的内容"
