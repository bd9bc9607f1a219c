"""Light Markdown to plain text: the same subset that the widget shows.

Headings, quotes, rules, tables, fenced code, bullets, **bold**, `code`, pictures and links. Marks that somebody forgot
to close go too. Everything else, such as single stars and underscores, is text and stays: `ERROR_403`, 3*4, 2**3,
#1, `C:\\Program Files`.
"""

from __future__ import annotations

import re

from gateway import tables

_FENCE = re.compile(r"\s*(?:```|~~~)")
_HEADING = re.compile(r"\s*#{1,6}(?:\s+|(?=[\u4e00-\u9fff]))")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_BULLET = re.compile(r"^(\s*)[-*]\s+")
_CODE = re.compile(r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)")
_MARK = r"(?:(?<![A-Za-z0-9)])\*{2,3}|\*{2,3}(?![A-Za-z0-9(]))"  # not 2**3
_INLINE = re.compile(
    rf"{_MARK}(?P<bold>(?!\s).+?(?<!\s))\*{{2,3}}"
    r"|!?\[(?P<label>[^\]]+)\]\((?P<address>https?://[^\s)]+)(?:\s+\"[^\"]*\")?\)"
    r"|<(?P<bare>https?://[^\s>]+)>"
)
_LEFT_OPEN = re.compile(rf"`+|{_MARK}\**")
_FIRST_STAND_IN = 0xF0000  # private use: code is taken out while marks around it are


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
            lines.append(line if in_code else "" if _RULE.fullmatch(line) else _line(line))
    return "\n".join(lines).strip()


def _line(line: str) -> str:
    line = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
    found = _HEADING.match(line)
    return _inline(line[found.end() :] if found else _BULLET.sub(r"\1• ", line, count=1))


def _inline(text: str) -> str:
    """Without marks; what stands between backticks stays as it is."""
    codes: list[str] = []

    def kept(match: re.Match[str]) -> str:
        codes.append(match["code"])
        return chr(_FIRST_STAND_IN + len(codes) - 1)

    made = _without_marks(_CODE.sub(kept, text))
    for number, code in enumerate(codes):
        made = made.replace(chr(_FIRST_STAND_IN + number), code)
    return made


def _without_marks(text: str) -> str:
    return _LEFT_OPEN.sub("", _INLINE.sub(_unmarked, text))


def _unmarked(match: re.Match[str]) -> str:
    bold, label, address, bare = match["bold"], match["label"], match["address"], match["bare"]
    if bold is not None:
        return _without_marks(bold)
    if bare is not None:
        return str(bare)
    said = _without_marks(label)
    return said if said == address else f"{said}（{address}）"
