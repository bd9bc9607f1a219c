"""The typed cells of a row: dates, versions, types, codes, lists of similar questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from kb_ingest.documents import marks
from kb_ingest.sheets.columns import entry_type
from kb_ingest.sheets.mistake import WrongCell
from retrieval.errors import BadEntry
from retrieval.knowledge import versions as version_ranges

LONGEST_QUESTION = 200
LONGEST_ANSWER = 8_000
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"})
_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?$")
_YEARS = (5, 10)  # how far back and ahead a date of review may lie without being a slip
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E[+-]?\d+$", re.IGNORECASE)
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?$")
_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 _\-.:#/+]{0,62}$")
_ID = re.compile(r"^[A-Za-z0-9][\w.\-]{0,79}$", re.ASCII)
_BETWEEN_SIMILAR = re.compile(r"[\n；;|｜]+|(?<=[?？])(?=\S)")
_ALL_VERSIONS = frozenset({"*", "全部", "所有", "通用", "所有版本", "全部版本", "不限", "all"})
_FROM = re.compile(r"^(\d+(?:\.\d+)*)(?:\+|(?:版本?)?(?:及|和|或)?(?:以上|以后|以後|之后|之後|起)(?:版本)?)$")
_BELOW = re.compile(r"^(\d+(?:\.\d+)*)(?:版本?)?(及|和|或)?(?:以下|以前|之前)(?:版本)?$")


def whole(text: str, column: str, longest: int = LONGEST_QUESTION) -> str:
    """The text of a cell. Raises WrongCell for the remains of a formula, or one that is too long."""
    if text in _EXCEL_ERRORS:
        raise WrongCell(f"“{column}”是公式错误 {text}；请修正公式")
    if len(text) > longest:
        raise WrongCell(f"“{column}”有 {len(text)} 个字，超过上限 {longest} 个；请拆成几条")
    return text


def review_date(text: str, now: datetime) -> str:
    """The ISO date of any usual way of writing it. Raises WrongCell for the rest, and for another century."""
    if not text:
        return ""
    match = _DATE.match(unicodedata.normalize("NFKC", text))
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise WrongCell(f"复核日期“{text}”看不懂；请写成 {now.date().isoformat()} 这样")
    if not now.year - _YEARS[0] <= day.year <= now.year + _YEARS[1]:
        raise WrongCell(f"复核日期“{text}”离今天太远；请检查年份")
    return day.isoformat()


def version_range(text: str) -> str:
    """A range as entries write it: `6.0及以上` is `>=6.0`. Raises WrongCell."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").lstrip("vV")
    if not plain or plain.lower() in _ALL_VERSIONS:
        return "*" if plain else ""
    plain = re.sub(r"[vV](?=\d)", "", plain).replace("≥", ">=").replace("≤", "<=").replace("至", "-").replace("~", "-")
    if match := _FROM.match(plain):
        plain = f">={match.group(1)}"
    elif match := _BELOW.match(plain):
        plain = f"{'<=' if match.group(2) else '<'}{match.group(1)}"
    try:
        version_ranges.check(plain)
    except BadEntry as error:
        raise WrongCell(f"版本“{text}”看不懂；请写成 *、6.1、>=6.0、<6.0 或 5.2-5.4") from error
    return plain


def type_name(text: str, otherwise: str) -> str:
    """The type of the entry. Raises WrongCell for a word that names none."""
    if not text:
        return otherwise
    found = entry_type(text)
    if found is None:
        raise WrongCell(f"类型“{text}”不认识；可以写 错误码、常见问题、操作指南、政策、应急预案、版本说明、案例、视频")
    return found


def code(text: str) -> str:
    """An error code as it stands. Raises WrongCell for what a spreadsheet or a person made of it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _SCIENTIFIC.match(plain):
        raise WrongCell(f"错误码“{text}”像是被表格软件改成了科学计数；请把这一列设为文本再重新填写")
    if _ISO_DATE.match(plain):
        raise WrongCell(f"错误码“{text}”像是被表格软件改成了日期；请把这一列设为文本再重新填写")
    if not _CODE.match(plain):
        raise WrongCell(f"错误码“{' '.join(text.split())[:40]}”不像一个错误码；一格只写一个，用字母、数字和 - _")
    return plain


def explicit_id(text: str) -> str:
    """An id as it stands. Raises WrongCell when it could not be one."""
    if not _ID.match(text):
        raise WrongCell(f"编号“{text[:40]}”不能用；只用字母、数字、- _ . ，最多 80 个")
    return text


def similar(texts: Iterable[str], question: str) -> tuple[str, ...]:
    """The similar questions of one or several cells, in order, each once. Raises WrongCell for one too long."""
    found: dict[str, None] = {}
    for text in texts:
        for part in _BETWEEN_SIMILAR.split(whole(text, "相似问", LONGEST_ANSWER)):
            line = marks.item(part.strip())
            asked = whole((line[1] if line else part).strip(), "相似问")
            if asked and asked != question:
                found[asked] = None
    return tuple(found)
