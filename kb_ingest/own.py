"""Entries from our own files (.yml, .jsonl): checked like everything else, unchanged where nothing is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kb_ingest.documents.model import Block, Document
from kb_ingest.sheets.mistake import Mistake
from retrieval.errors import BadEntry
from retrieval.knowledge.entry import TYPES, Entry

_REQUIRED = ("id", "type", "title", "question", "answer")


@dataclass
class Own:
    """The entries of one file by their place in it, and what is wrong with the others."""

    entries: dict[int, Entry] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def records(document: Document) -> Own:
    """The entries that the records of a document are."""
    own = Own()
    ids: dict[str, int] = {}
    for block in document.blocks:
        if block.kind != "record":
            continue
        problem, entry = _checked(json.loads(block.text))
        if entry is not None and entry.id in ids:
            problem, entry = f"编号 {entry.id} 与第 {ids[entry.id]} 行的条目重复；只收入了前面一条", None
        if entry is None:
            own.mistakes.append(Mistake("", block.line, problem))
        else:
            own.entries[block.line] = entry
            ids[entry.id] = block.line
    return own


def as_table(own: Own) -> Block:
    """All texts of the entries as one table, a row an entry, so that they are cleaned like any other."""
    rows = [(line, _texts(entry)) for line, entry in own.entries.items()]
    width = max((len(texts) for _, texts in rows), default=0)
    padded = tuple((line, (*texts, *[""] * (width - len(texts)))) for line, texts in rows)
    return Block("table", "", 1).with_rows(padded)


def cleaned(own: Own, table: Block) -> Iterator[tuple[int, Entry | None]]:
    """Each entry with its texts as the cleaned table says, or None for one that lost a text it cannot do without."""
    rows = dict(table.numbered_rows())
    for line, entry in own.entries.items():
        yield line, _with_texts(entry, rows[line]) if line in rows else None


def _checked(data: Any) -> tuple[str, Entry | None]:
    """(what is wrong, None) or ("", entry)."""
    if not isinstance(data, dict):
        return "应是“键: 值”的集合", None
    missing = [key for key in _REQUIRED if not isinstance(data.get(key), str) or not data[key].strip()]
    if missing:
        return f"缺少 {'、'.join(missing)}，或不是文字", None
    if data["type"] not in TYPES:
        return f"type“{data['type']}”不认识；可以是 {'、'.join(sorted(TYPES))}", None
    try:
        return "", Entry.from_json(data)
    except BadEntry as error:
        return f"不是合格的条目（{error}）", None


def _texts(entry: Entry) -> tuple[str, ...]:
    fixed = (entry.title, entry.question, entry.answer, entry.workaround or "")
    return (*fixed, *(variant.answer for variant in entry.variants), *entry.similar)


def _with_texts(entry: Entry, texts: Sequence[str]) -> Entry | None:
    title, question, answer, workaround, *others = texts
    answers, similar = others[: len(entry.variants)], others[len(entry.variants) :][: len(entry.similar)]
    if not (title.strip() and question.strip() and answer.strip() and all(map(str.strip, answers))):
        return None
    return replace(
        entry,
        title=title,
        question=question,
        answer=answer,
        workaround=workaround or None,
        variants=tuple(replace(variant, answer=text) for variant, text in zip(entry.variants, answers, strict=True)),
        similar=tuple(text for text in similar if text.strip()),
    )
