"""Questions that people really asked, with the entry that a human says answers each, or that none does.

JSON Lines, `{"text", "id"}`, the id `null` where no entry answers; more keys may stand beside them. They are never
answers and never stand in the index: a build is fitted on them, and those with an entry are in the desk the pinned
questions of every publication.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kb_ingest.errors import BadSource


@dataclass(frozen=True)
class Asked:
    """`covered` maps each question to the id of its entry; `uncovered` are those that no entry answers."""

    covered: dict[str, str] = field(default_factory=dict)
    uncovered: tuple[str, ...] = ()


def read_asked(folder: Path, known: frozenset[str] | None) -> Asked:
    """Every `*.jsonl` under `folder`. Raises BadSource with file and line of every mistake; ids are not checked where
    `known` is None."""
    covered: dict[str, str] = {}
    uncovered: dict[str, None] = {}
    problems: list[str] = []
    for where, line in _lines(folder):
        try:
            text, entry_id = _read(line, known)
        except ValueError as problem:
            problems.append(f"{where}：{problem}")
            continue
        if entry_id is None:
            uncovered[text] = None
        else:
            covered[text] = entry_id
    both = covered.keys() & uncovered.keys()
    problems += [f"“{text}”：一处写了条目编号，另一处写了没有条目（id 为 null）" for text in sorted(both)]
    if problems:
        raise BadSource(problems)
    return Asked(covered, tuple(uncovered))


def _lines(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                yield f"{path.name} 第 {number} 行", line


def _read(line: str, known: frozenset[str] | None) -> tuple[str, str | None]:
    """Text and id. Raises ValueError with the problem."""
    try:
        data = json.loads(line)
        text, entry_id = data["text"], data["id"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("应是 JSON 对象，含 text 与 id（没有条目能回答时 id 写 null）") from None
    if not isinstance(text, str) or not text.strip():
        raise ValueError("text 为空")
    if known is not None and entry_id is not None and entry_id not in known:
        raise ValueError(f"没有编号为 {entry_id} 的条目")
    return text, entry_id
