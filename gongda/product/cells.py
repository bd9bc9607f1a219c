"""What single cells of our own sheets may say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from itertools import pairwise
from typing import TypeVar

from desk.calendar import Interval
from gongda.product.workbook import Row
from kb_ingest.sheets.mistake import Mistake, WrongCell

T = TypeVar("T")

_NAME = (2, 30)  # characters
_WORD = (2, 30)
_FREE = frozenset({"休息", "休", "不上班", "无"})
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|~|至|到)\s*(\d{1,2}):(\d{2})")
_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,3}")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?\s*[日月]?")
_EXCEL_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!)")


def made(rows: Iterable[Row], make: Callable[[Row], T], mistakes: list[Mistake]) -> tuple[T, ...]:
    """What `make` makes of each row; a WrongCell it raises is a mistake of that row."""
    found = []
    for row in rows:
        try:
            _refuse_errors(row)
            found.append(make(row))
        except WrongCell as error:  # noqa: PERF203 - a sheet has hundreds of rows, not millions
            mistakes.append(row.wrong(str(error)))
    return tuple(found)


def name(text: str, heading: str) -> str:
    """Raises WrongCell for a name that is too short, too long, or could not be part of a file's name."""
    if not _NAME[0] <= len(text) <= _NAME[1]:
        raise WrongCell(f"“{heading}”要有 {_NAME[0]} 到 {_NAME[1]} 个字，现在是 {len(text)} 个")
    if re.search(r"[\\/\t$]", text):
        raise WrongCell(f"“{heading}”里不能有 \\、/、$ 和制表符")
    return text


def words(found: Sequence[str]) -> tuple[str, ...]:
    """What people call something. Raises WrongCell for one that the program could not recognise."""
    for word in found:
        if not _WORD[0] <= len(word) <= _WORD[1]:
            raise WrongCell(f"叫法“{word[:40]}”要有 {_WORD[0]} 到 {_WORD[1]} 个字；太短的词到处都有，会认错")
        if re.search(r"\s", word):
            raise WrongCell(f"叫法“{word}”中间有空格；请去掉空格，几个叫法之间用分号隔开")
    return tuple(found)


def version(text: str) -> str:
    """Raises WrongCell for what is more than digits and dots."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("vV").removesuffix("版").strip()
    if not _VERSION.fullmatch(plain):
        raise WrongCell(f"版本号“{text[:40]}”看不懂；只写数字和点，例如 6.2 或 2024，别的说法写到“别的叫法”里")
    return plain


def day(text: str, heading: str) -> str:
    """An ISO date, or year and month where no day is given. Raises WrongCell."""
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).split(" ")[0]) if text else None
    if not text:
        return ""
    try:
        if match is None:
            raise ValueError
        year, month, number = (int(part) if part else 0 for part in match.groups())
        whole = date(year, month, number or 1).isoformat()
    except ValueError:
        raise WrongCell(f"“{heading}”里的“{text[:40]}”不是日期；请写成 2024-03-15 这样") from None
    return whole if number else whole[:7]


def spans(parts: Sequence[str]) -> tuple[str, ...]:
    """Working time as support.toml writes it; empty for a day off. Raises WrongCell."""
    if len(parts) == 1 and parts[0] in _FREE:
        return ()
    found: list[str] = []
    for part in parts:
        match = _SPAN.fullmatch(unicodedata.normalize("NFKC", part).replace("—", "-").replace("–", "-"))
        try:
            if match is None:
                raise ValueError
            hour, minute, to_hour, to_minute = map(int, match.groups())
            Interval(time(hour, minute), time(to_hour, to_minute))
        except ValueError:
            raise WrongCell(f"工作时间“{part[:40]}”看不懂；请写成 09:00-12:00；13:30-18:00，不上班写 休息") from None
        found.append(f"{hour:02}:{minute:02}-{to_hour:02}:{to_minute:02}")
    if any(one[6:] > other[:5] for one, other in pairwise(found)):
        raise WrongCell(f"工作时间“{'；'.join(parts)}”有重叠或先后颠倒；请按先后写")
    return tuple(found)


def _refuse_errors(row: Row) -> None:
    broken = next((cell for cell in row.cells.values() if _EXCEL_ERROR.fullmatch(cell)), None)
    if broken is not None:
        raise WrongCell(f"有公式错误 {broken}；请修正公式")
