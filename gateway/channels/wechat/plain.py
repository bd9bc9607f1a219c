"""Light Markdown to plain text: the same subset that the widget shows.

Headings, tables, fenced code, bullets, **bold**, `code` and links. Everything else, such as single stars and
underscores, is text and stays: `ERROR_403`, 3*4, `C:\\Program Files`.
"""

from __future__ import annotations

import re

from gateway import tables

_FENCE = re.compile(r"\s*```")
_HEADING = re.compile(r"\s*#{1,6}\s+")
_BULLET = re.compile(r"(\s*)[-*]\s+")
_INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\((https?://[^\s)]+)\)")


def plain(markdown: str) -> str:
    """A block without marks; lines and numbering stay. A table is a block of its own."""
    if rows := tables.lines(markdown):
        return "\n".join(map(_inline, rows))
    lines: list[str] = []
    in_code = False
    for line in markdown.splitlines():
        if _FENCE.match(line):
            in_code = not in_code
        else:
            lines.append(line if in_code else _line(line))
    return "\n".join(lines).strip()


def _line(line: str) -> str:
    line = _HEADING.sub("", line, count=1) if _HEADING.match(line) else _BULLET.sub(r"\1• ", line, count=1)
    return _inline(line)


def _inline(text: str) -> str:
    return _INLINE.sub(_unmarked, text)


def _unmarked(match: re.Match[str]) -> str:
    code, bold, label, address = match.groups()
    if code is not None:
        return str(code)
    if bold is not None:
        return _inline(bold)
    return str(label) if label == address else f"{label}（{address}）"
