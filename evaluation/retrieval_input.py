"""The entries and questions that `evaluation.retrieval` is handed: any vendor's, in the simplest form there is.

Entries come as lines `{"id", "question", "similar"?, "answer"?}` and go through the public ingest, as a document
would, or as a folder of YAML like `kb/`. Questions come as lines `{"text", "id", "also"?}`; one without an id, or
with null, is one that the entries do not answer. More keys may stand beside these.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from evaluation.errors import BadInput
from evaluation.json_lines import Line, read_lines
from evaluation.labelled import Question
from kb_ingest.asked import read_asked
from kb_ingest.errors import IngestError
from kb_ingest.folder import read_folder
from kb_ingest.ingest import ingest
from kb_ingest.report import FileReport
from retrieval.indexing.tokens import text_key
from retrieval.knowledge.entry import TYPES, Entry
from zhtext.contacts import AllowList
from zhtext.normalize import normalize

# An entry needs an answer; this one holds nothing that could be found.
NO_ANSWER = "……"
_PER_FILE = 500  # entries: files have limits, a vendor's FAQ has none


@dataclass(frozen=True)
class LeftOut:
    """An entry that the ingest refused."""

    id: str
    line: int
    reason: str


@dataclass(frozen=True)
class Base:
    """What is published. `ids` are all that were handed in, `asked` real questions to fit thresholds on, with the id
    of the entry that answers each. `cleaned` counts what the ingest took out or put right."""

    entries: tuple[Entry, ...]
    ids: frozenset[str]
    asked: Mapping[str, str] = field(default_factory=dict)
    without_answer: int = 0
    left_out: tuple[LeftOut, ...] = ()
    cleaned: Mapping[str, int] = field(default_factory=dict)
    uncovered: tuple[str, ...] = ()  # real questions that none answers


@dataclass(frozen=True)
class Trial:
    """Everything that is asked: questions that an entry answers, and others."""

    queries: tuple[Question, ...]
    oos: tuple[Question, ...]


def read_base(path: Path, allow: AllowList, now: datetime) -> Base:
    """Entries from a folder of YAML, with the real questions beside them, or from a file. Raises BadInput."""
    if not path.is_dir():
        return _of_file(path, allow, now)
    try:
        entries = read_folder(path)
        ids = frozenset(entry.id for entry in entries)
        real = read_asked(path, ids)
        return Base(entries, ids, real.covered, uncovered=real.uncovered)
    except IngestError as error:
        raise BadInput(str(error)) from error


def read_trial(queries: Sequence[Path], oos: Path | None, ids: frozenset[str]) -> Trial:
    """The questions; those without an id join the others that nothing answers. Raises BadInput."""
    asked = [_question(line, ids) for path in queries for line in read_lines(path)]
    strangers = [_stranger(line, ids) for line in read_lines(oos)] if oos is not None else []
    trial = Trial(
        tuple(question for question in asked if question.label),
        (*(question for question in asked if not question.label), *strangers),
    )
    if not trial.queries:
        raise BadInput("问题里没有一个写着条目编号（id），量不出找得对不对")
    return trial


def _of_file(path: Path, allow: AllowList, now: datetime) -> Base:
    lines = _by_id(read_lines(path))
    records = {name: _record(name, line) for name, line in lines.items()}
    names = list(records)
    parts = [names[start : start + _PER_FILE] for start in range(0, len(names), _PER_FILE)]
    with tempfile.TemporaryDirectory(prefix="gongda-evaluation-") as folder:
        files = [_write(Path(folder) / f"{number:06}.jsonl", records, part) for number, part in enumerate(parts)]
        taken = ingest(files, allow=allow, now=now)
    kept = frozenset(entry.id for entry in taken.entries)
    left_out = tuple(
        LeftOut(part[row - 1], lines[part[row - 1]].number, reason)
        for part, report in zip(parts, taken.files, strict=True)
        for row, reason in _losses(part, report, kept)
    )
    if not kept:
        raise BadInput(f"{path.name} 里没有一条能收入知识库的条目：{left_out[0].reason}")
    bare = sum(entry.answer == NO_ANSWER for entry in taken.entries)
    return Base(taken.entries, frozenset(names), {}, bare, left_out, _cleaned(taken.files))


def _by_id(lines: Sequence[Line]) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for line in lines:
        name = line.name()
        if not name:
            raise line.wrong("缺少 id")
        if name in found:
            raise line.wrong(f"编号 {name} 与第 {found[name].number} 行重复")
        found[name] = line
    return found


def _record(name: str, line: Line) -> dict[str, Any]:
    """One of our own records stays as it is; of anybody else's, the keys that are promised."""
    question = line.text("question")
    if not text_key(normalize(question)):
        raise line.wrong("question 里没有文字")
    answer = line.data.get("answer")
    if answer is not None and not isinstance(answer, str):
        raise line.wrong("answer 应是文字")
    similar = line.several("similar")
    if not all(isinstance(text, str) for text in similar):
        raise line.wrong("similar 应是文字的列表")
    title = line.data.get("title")
    record = {
        "id": name,
        "question": question,
        "similar": [text for text in similar if text_key(normalize(text))],
        "answer": (answer or "").strip() or NO_ANSWER,
        "title": title.strip() if isinstance(title, str) and title.strip() else question,
    }
    kind = line.data.get("type")
    record["type"] = kind if kind in _OWN_TYPES else "faq"
    own = kind in _OWN_TYPES and "title" in line.data
    return {**line.data, **record} if own else record


_OWN_TYPES = tuple(TYPES)  # a tuple: what a vendor writes under `type` need not be hashable


def _write(path: Path, records: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> Path:
    path.write_text("".join(json.dumps(records[name], ensure_ascii=False) + "\n" for name in names), encoding="utf-8")
    return path


def _losses(names: Sequence[str], report: FileReport, kept: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Row in the part and reason of every entry that did not get in."""
    reasons = {mistake.row: mistake.message for mistake in report.mistakes}
    reasons |= {line.line: f"{line.reason or '内容有问题'}：{line.text[:40]}" for line in report.quarantined}
    for row, name in enumerate(names, 1):
        if name not in kept:
            yield row, reasons.get(row) or report.reason or "没有收入"


def _cleaned(files: Sequence[FileReport]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for file in files:
        counted["repaired"] += sum(file.repaired.values())
        counted["quarantined"] += len(file.quarantined)
        counted["contacts"] += len(file.refused_contacts)
        counted["dropped"] += len(file.dropped)
    return dict(counted)


def _question(line: Line, ids: frozenset[str]) -> Question:
    label = line.name()
    also = tuple(line.as_name(other, "also") for other in line.several("also"))
    if also and not label:
        raise line.wrong("写了 also 却没有 id")
    for name in filter(None, (label, *also)):
        if name not in ids:
            raise line.wrong(f"没有编号为 {name} 的条目；条目答不了的问题，id 写 null")
    return Question(line.text("text"), label, *_kinds(line), also=tuple(filter(None, also)))


def _stranger(line: Line, ids: frozenset[str]) -> Question:
    name = line.data.get("id")
    if isinstance(name, (str, int)) and line.name() in ids:
        raise line.wrong(f"id 是条目 {line.name()} 的编号；--oos 只放条目答不了的问题")
    return Question(line.text("text"), "", *_kinds(line))


def _kinds(line: Line) -> tuple[str, str, str]:
    script, style, ring = (line.data.get(key) for key in ("script", "style", "ring"))
    return str(script or ""), str(style or ""), str(ring or "")
