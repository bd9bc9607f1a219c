"""The reviewable form of the corpus: YAML files in folders, one list of entries a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kb_ingest.errors import BadSource, NothingToPublish
from kb_ingest.loading import load
from retrieval.errors import BadEntry
from retrieval.knowledge.entry import Entry


def read_folder(folder: Path) -> tuple[Entry, ...]:
    """Every entry under `folder`, in order of file and place. Raises BadSource with every mistake found."""
    entries: dict[str, Entry] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*.yml")):
        for place, data in _items(path, problems):
            entry = _entry(data, f"{path.name} 第 {place} 条", problems)
            if entry is not None and entry.id in entries:
                problems.append(f"{path.name} 第 {place} 条：编号 {entry.id} 重复")
            elif entry is not None:
                entries[entry.id] = entry
    if problems:
        raise BadSource(problems)
    if not entries:
        raise NothingToPublish(f"{folder} 里没有任何条目（*.yml）")
    return tuple(entries.values())


def _items(path: Path, problems: list[str]) -> Iterator[tuple[int, Any]]:
    try:
        data = load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}：无法解析（{_first_line(error)}）")
        return
    if not isinstance(data, list):
        problems.append(f"{path.name}：应是条目列表，每条以“- id:”开头")
        return
    yield from enumerate(data, 1)


def _entry(data: Any, where: str, problems: list[str]) -> Entry | None:
    if not isinstance(data, dict):
        problems.append(f"{where}：应是“键: 值”的集合")
        return None
    try:
        return Entry.from_json(data)
    except BadEntry as error:
        problems.append(f"{where}：{error}")
        return None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
