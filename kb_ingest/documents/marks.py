"""The marks that people type in front of a line: item markers, heading numbers, question and answer."""

from __future__ import annotations

import re

_LONGEST_HEADING = 40
_DIGITS = "一二三四五六七八九十百"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_BULLET = re.compile(r"^(?:[•·●○▪■□◆◇➢➤►▶※☆★]\s*|[-*+–—]\s+)(?=\S)")
_NUMBER = re.compile(r"^(?:(\d{1,2})(?:[、)）．]|\.(?!\d))|[（(](\d{1,2})[)）])\s*(?=\S)")
_ORDINAL = re.compile(rf"^[{_CIRCLED}]\s*(?=\S)")

_CHAPTER = re.compile(rf"^第\s*(?:[{_DIGITS}]+|\d+)\s*([章篇部节])(?:[\s:：、.]|(?=[\u4e00-\u9fff]))")
_LISTED = re.compile(rf"^[{_DIGITS}]{{1,3}}、\s*(?=\S)")
_BRACKETED = re.compile(rf"^[（(][{_DIGITS}]{{1,3}}[)）]\s*(?=\S)")
_DOTTED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){1,4})[.、]?(?:\s+|(?=[\u4e00-\u9fff【]))")
_COUNTED = re.compile(r"^\d{1,2}\s+(?=\D)")
_BOXED = re.compile(r"^【([^【】]{2,30})】$")
_HASHES = re.compile(r"^(#{1,6})\s+(?=\S)")
_SENTENCE_END = tuple("。；，,;：:！!、")
_SENTENCE_WITHIN = re.compile(r"[。；;]")

_CONTENTS = re.compile(r"\S.*?(?:[.．…·]\s?){4,}\s*\d{1,4}$")

_QUESTION = re.compile(r"^(?:问题?|Q|提问)\s*\d{0,3}\s*[:：.、]\s*", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:答案?|A|回答|解答)\s*\d{0,3}\s*[:：.、]\s*", re.IGNORECASE)


def in_contents(line: str) -> bool:
    """Whether it is a line of a table of contents: words, dots, a page number."""
    return _CONTENTS.search(line) is not None


def item(line: str) -> tuple[str, str] | None:
    """(marker, text) of a list item: `-` for any bullet, `3.` for any way of writing the third; None for the rest."""
    if bullet := _BULLET.match(line):
        return "-", line[bullet.end() :]
    if ordinal := _ORDINAL.match(line):
        return f"{_CIRCLED.index(line[0]) + 1}.", line[ordinal.end() :]
    if number := _NUMBER.match(line):
        return f"{int(number.group(1) or number.group(2))}.", line[number.end() :]
    return None


def heading_level(line: str) -> int:
    """1 to 6 when the line is numbered or boxed like a heading and short enough for one, else 0."""
    if hashes := _HASHES.match(line):
        return len(hashes.group(1))
    if not is_short(line):
        return 0
    if chapter := _CHAPTER.match(line):
        return 2 if chapter.group(1) == "节" else 1
    if dotted := _DOTTED.match(line):
        return min(6, dotted.group(1).count(".") + 1) if len(line) > dotted.end() else 0
    if _LISTED.match(line):
        return 2
    return 3 if _BRACKETED.match(line) or _BOXED.match(line) else 0


def is_short(line: str) -> bool:
    """Whether it is short enough for a heading and says no whole sentence; a question may stand as one."""
    return len(line) <= _LONGEST_HEADING and not line.endswith(_SENTENCE_END) and not _SENTENCE_WITHIN.search(line)


def same_kind(first: str, second: str) -> bool:
    """Whether both lines are counted `一、` or `（一）`: two of them with nothing between are items, not headings."""
    return any(pattern.match(first) and pattern.match(second) for pattern in (_LISTED, _BRACKETED))


def without_number(heading: str) -> str:
    """`3.2 数据导入`, `第三章 数据导入`, `三、数据导入`, `【数据导入】` -> `数据导入`."""
    heading = heading.strip()
    if boxed := _BOXED.match(heading):
        return boxed.group(1).strip()
    for pattern in (_HASHES, _CHAPTER, _DOTTED, _COUNTED, _LISTED, _BRACKETED, _NUMBER, _QUESTION):
        shorter = pattern.sub("", heading, count=1).strip()
        if shorter and shorter != heading:
            return shorter
    return heading


def question(line: str) -> str | None:
    """What stands behind `问：` or `Q3:`; None for a line that is not marked as a question."""
    match = _QUESTION.match(line)
    return line[match.end() :].strip() or None if match else None


def answer(line: str) -> str | None:
    """What stands behind `答：` or `A:`; None for a line that is not marked as an answer."""
    match = _ANSWER.match(line)
    return line[match.end() :] if match else None
