"""Text whose bytes were read in the wrong encoding, repaired where exactly one reading gives ordinary Chinese back.

Three accidents are undone, each by the strict inverse: UTF-8 read as Windows-1252 (by ftfy), GBK read as
Windows-1252 (ÊýÏÖ³¡), UTF-8 read as GBK (浣犲ソ). What lost bytes on the way is for `wreckage` to find. A line that
speaks of 乱码 shows what it speaks of and stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import ftfy

from kb_ingest.hygiene.common import ordinary, uncommon

# Latin-1 and the signs that Windows-1252 puts in its place.
_WINDOWS = (
    "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e"
    "\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
)
_WESTERN = re.compile(f"[{_WINDOWS}](?:[{_WINDOWS}]| (?=[{_WINDOWS}]))+")
_ACCENTED = re.compile("[\u00a1-\u00ff]")
_FOREIGN = re.compile("[^\x00-\x7f]+")
_CLAUSE = re.compile("[^，。；、！？：\\s]+")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_SPOKEN_OF = re.compile("乱码|亂碼|火星文|花屏字")

_EVERY_BYTE = ftfy.TextFixerConfig(decode_inconsistent_utf8=False, replace_lossy_sequences=False, fix_c1_controls=False)
_MOST_BYTES = _EVERY_BYTE._replace(decode_inconsistent_utf8=True)
_ORDINARY = 0.7  # of the characters that a repair must make common ones
_STRANGE = 0.5  # of the characters that must be uncommon before anything is tried
_BRIDGE = 2  # common characters between uncommon ones that may belong to the wreck
_ORDER_MARK, _SHOWN_MARK = "\ufeff", "ï»¿"  # of UTF-8, and as Windows-1252 shows it
_LONGEST_NOTE = 12


def repaired(text: str) -> tuple[str, Counter[str]]:
    """`text` with what can be undone undone, and `wrong→right` for each piece."""
    found: Counter[str] = Counter()
    if not uncommon().search(text):
        return text, found
    return "\n".join(_line(line, found) for line in text.split("\n")), found


def right_of(piece: str) -> str:
    """What `wrong→right` was turned into, as far as the note quotes it."""
    return piece.partition("→")[2].removesuffix("…")


def spoken_of(line: str) -> bool:
    """Whether a line is about garbled text, so that some in it is an example."""
    return _SPOKEN_OF.search(line) is not None


def strange_spans(run: str) -> Iterator[tuple[int, int]]:
    """The stretches of a run without ASCII that hold two uncommon characters or more, close together."""
    odd = [place for place, char in enumerate(run) if not ordinary(char)]
    start = 0
    for number, place in enumerate(odd, 1):
        if number == len(odd) or odd[number] - place > _BRIDGE + 1:
            if number - start > 1:
                yield odd[start], place + 1
            start = number


def is_strange(span: str) -> bool:
    """Whether so much of a stretch is uncommon that it is worth asking what its bytes were."""
    return sum(not ordinary(char) for char in span) >= _STRANGE * len(span)


def gbk_bytes(run: str) -> bytes:
    """The bytes that Windows would have read as this run: its code page 936 shows a lone 0x80 as €."""
    return b"".join(b"\x80" if char == "€" else char.encode("gb18030") for char in run)


def _line(line: str, found: Counter[str]) -> str:
    if spoken_of(line) or not uncommon().search(line):
        return line
    for mark in (_SHOWN_MARK, _ORDER_MARK):
        if mark in line:
            found[f"{mark if mark == _SHOWN_MARK else 'U+FEFF'}→"] += line.count(mark)
            line = line.replace(mark, "")
    line = _WESTERN.sub(lambda run: _note(run.group(), _from_western(run.group()), found), line)
    return _FOREIGN.sub(lambda run: _from_gbk_in(run.group(), found), line)


def _from_western(run: str) -> str | None:
    """First what explains every byte, as UTF-8 or as GBK; then UTF-8 with some signs lost, if it gives Chinese."""
    if not _ACCENTED.search(run):
        return None
    fixed = ftfy.fix_encoding(run, config=_EVERY_BYTE)
    if fixed != run:
        return fixed
    try:
        chinese = run.encode("sloppy-windows-1252").decode("gb18030")
    except UnicodeError:
        chinese = ""
    if len(chinese) > 1 and all(map(ordinary, chinese)):
        return chinese
    fixed = ftfy.fix_encoding(run, config=_MOST_BYTES)
    return fixed if fixed != run and sum(map(ordinary, fixed)) >= _ORDINARY * len(fixed) else None


def _from_gbk_in(run: str, found: Counter[str]) -> str:
    parts: list[str] = []
    last = 0
    for start, end in strange_spans(run):
        for from_, to, right in _readings(run, max(start, last), end):
            if from_ >= last:
                parts += [run[last:from_], _note(run[from_:to], right, found)]
                last = to
    return "".join([*parts, run[last:]])


def _readings(run: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The span as it reads in UTF-8, or, when something in it cannot be read, its clauses that can."""
    whole = _reading(run, start, end)
    if whole is not None:
        yield whole
        return
    for clause in _CLAUSE.finditer(run, start, end):
        for from_, to in strange_spans(clause.group()):
            part = _reading(run, clause.start() + from_, clause.start() + to)
            if part is not None:
                yield part


def _reading(run: str, start: int, end: int) -> tuple[int, int, str] | None:
    for from_, to in _widened(run, start, end):
        right = _from_gbk(run[from_:to])
        if right is not None:
            return from_, to, right
    return None


def _widened(run: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span, and with up to two common characters more on either side, nearest first."""
    reach = ((left, right) for left in range(_BRIDGE + 1) for right in range(_BRIDGE + 1))
    for left, right in sorted(reach, key=sum):
        if start >= left and end + right <= len(run):
            yield start - left, end + right


def _from_gbk(run: str) -> str | None:
    """What the bytes say as UTF-8, if that is ordinary Chinese and the run is not."""
    if not is_strange(run):
        return None
    try:
        right = gbk_bytes(run).decode("utf-8").lstrip(_ORDER_MARK)
    except UnicodeError:
        return None
    least = 1 if "€" in run else 2
    return right if len(_HAN.findall(right)) >= least and sum(map(ordinary, right)) >= _ORDINARY * len(right) else None


def _note(wrong: str, right: str | None, found: Counter[str]) -> str:
    if right is None or right == wrong:
        return wrong
    found[f"{_short(wrong)}→{_short(right)}"] += 1
    return right


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NOTE else text[: _LONGEST_NOTE - 1] + "…"
