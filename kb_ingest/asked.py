"""Questions that people really asked, with the entry that a human says answers each.

JSON Lines, `{"text", "id"}`; more keys may stand beside them. They are never answers and never stand in the
index: a build fits its thresholds on them, and in the desk they are pinned questions of every publication.
"""

from __future__ import annotations

import json
from pathlib import Path

from kb_ingest.errors import BadSource


def read_asked(folder: Path, known: frozenset[str]) -> dict[str, str]:
    """Question -> entry id, of every `*.jsonl` under `folder`. Raises BadSource with file and line of every mistake."""
    asked: dict[str, str] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                _take(line, f"{path.name} 第 {number} 行", known, asked, problems)
    if problems:
        raise BadSource(problems)
    return asked


def _take(line: str, where: str, known: frozenset[str], asked: dict[str, str], problems: list[str]) -> None:
    try:
        data = json.loads(line)
        text, entry_id = data["text"], data["id"]
    except (ValueError, KeyError, TypeError):
        problems.append(f"{where}：应是 JSON 对象，含 text 与 id")
        return
    if not isinstance(text, str) or not text.strip():
        problems.append(f"{where}：text 为空")
    elif entry_id not in known:
        problems.append(f"{where}：没有编号为 {entry_id} 的条目")
    else:
        asked[text] = entry_id
