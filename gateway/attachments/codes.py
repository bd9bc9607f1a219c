"""The error codes of the current index build, for what is read off pictures."""

from __future__ import annotations

import json
from pathlib import Path

from zhtext.codes import CodeBook
from zhtext.normalize import normalize


def known_codes(text: str, index: Path | None, *, most: int = 3) -> tuple[str, ...]:
    """Codes of the knowledge base in `text`, as it writes them; none where the index cannot be read now."""
    if index is None or not text.strip():
        return ()
    try:
        current = (index / "CURRENT").read_text(encoding="utf-8").strip()
        table = json.loads((index / current / "codes.json").read_text(encoding="utf-8"))
        book = CodeBook(list(table))
    except (OSError, ValueError, TypeError):
        return ()
    found = [code for one in book.find(normalize(text)) for code in one.codes]
    return tuple(dict.fromkeys(found))[:most]
