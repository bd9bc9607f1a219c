"""What single cells of a sheet of companies may say. Every function raises WrongCell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final

from desk.accounts import BadLicence, normalised
from desk.contacts import dialled
from gateway.accounts.errors import WrongCell
from gateway.accounts.grid import Cell

HEADINGS: Final = {
    "name": "公司", "site": "工地/项目", "address": "地址", "licences": "授权号/加密狗号", "product": "产品",
    "version": "版本", "maintained_until": "维护到期", "vip": "VIP", "person": "联系人", "phone": "电话",
    "email": "邮箱", "note": "备注",
}  # fmt: skip
LONGEST = {"name": 100, "site": 100, "address": 200, "product": 60, "version": 60, "person": 40, "note": 2_000}
_TOTALS = frozenset({"合计", "总计", "小计", "共计", "合計", "總計", "小計"})
_BETWEEN = re.compile(r"[\n;；,，、|｜]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_EXTENSION = re.compile(r"(?:转|轉|ext\.?|-)\s*\d{1,6}$", re.IGNORECASE)
_PHONE_MARKS = re.compile(r"[0-9+\-()\s.转轉ext]+", re.IGNORECASE)
_YES = frozenset({"是", "y", "yes", "true", "1", "√", "✓", "✔", "vip", "v", "对", "有"})
_NO = frozenset({"否", "n", "no", "false", "0", "×", "x", "不是", "普通", "无", "無", "-"})
_EXACT_DIGITS = 15  # more of them a number in Excel does not hold
_NOTHING = frozenset({"/", "-", "—", "——", "无", "無", "n/a", "暂无", "暫無"})


def line(cell: Cell, field: str) -> str:
    """Text in one line, not longer than the field takes."""
    found = " ".join(_given(cell, field).split())
    return _short(found, field)


def block(cell: Cell, field: str) -> str:
    """Text of any lines."""
    return _short(_given(cell, field).replace("\r\n", "\n").strip(), field)


def company(cell: Cell) -> str:
    found = line(cell, "name")
    if found.replace(" ", "") in _TOTALS:
        raise WrongCell(f"“{found}”不是公司；请删掉合计行")
    return found


def version(cell: Cell) -> str:
    if cell.kind == "date":
        raise WrongCell(f"“版本”被 Excel 变成了日期 {cell.text}；请把这一列设为文本，再写一遍")
    return line(cell, "version")


def day(cell: Cell) -> date | None:
    """An Excel date, or a date in one of the usual ways of writing."""
    found = _given(cell, "maintained_until")
    plain = unicodedata.normalize("NFKC", found)
    plain = re.sub(r"\s+\d{1,2}:\d{2}(?::\d{2})?$", "", plain).replace(" ", "")
    if not plain or plain.lower() in _NOTHING:
        return None
    match = _DATE.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
    try:
        if match is None:
            raise ValueError
        return date(*map(int, match.groups()))
    except ValueError:
        if cell.kind == "number":
            hint = f"“维护到期”是数字 {found}，不是日期；请把这一列设为日期格式"
        else:
            hint = f"“维护到期”里的“{found[:30]}”不是日期；请写成 2026-12-31 这样，没有期限就留空"
        raise WrongCell(hint) from None


def yes(cell: Cell) -> bool | None:
    """Yes, no, or nothing said."""
    found = unicodedata.normalize("NFKC", _given(cell, "vip")).strip().lower()
    if not found:
        return None
    if found in _YES:
        return True
    if found in _NO:
        return False
    raise WrongCell(f"“VIP”里的“{found[:20]}”看不懂；请写 是 或 否，也可以留空")


def licences(cell: Cell) -> tuple[str, ...]:
    """Numbers as they are kept, each once."""
    found = _given(cell, "licences")
    if found.lower() in _NOTHING:
        return ()
    _refuse_lost(cell, found, "授权号/加密狗号")
    numbers = []
    for part in _BETWEEN.split(found):
        if part.strip():
            try:
                numbers.append(normalised(part))
            except BadLicence:
                raise WrongCell(
                    f"授权号“{part.strip()[:40]}”看不懂；只能是 4 到 64 位字母和数字，几个之间用顿号或换行隔开"
                ) from None
    return tuple(dict.fromkeys(numbers))


def phone(cell: Cell) -> str:
    """Half width, without blanks; mainland mobiles without +86."""
    found = unicodedata.normalize("NFKC", _given(cell, "phone"))
    if not found or found.lower() in _NOTHING:
        return ""
    _refuse_lost(cell, found, "电话")
    plain = " ".join(found.split())
    if _BETWEEN.search(plain) or "/" in plain:
        raise WrongCell(f"“电话”里的“{plain[:40]}”有几个号码；一行只写一个，其他的另起一行")
    digits = dialled(_EXTENSION.sub("", plain)) if not plain.startswith("+") else dialled(plain)
    if not _PHONE_MARKS.fullmatch(plain) or not 7 <= len(digits) <= 15:
        raise WrongCell(f"“电话”里的“{plain[:40]}”不像电话号码；请写 7 到 15 位数字，座机带区号")
    return digits if len(digits) == 11 and digits.startswith("1") else plain


def email(cell: Cell) -> str:
    found = unicodedata.normalize("NFKC", _given(cell, "email")).strip()
    if not found or found.lower() in _NOTHING:
        return ""
    if len(found) > 200 or not _EMAIL.fullmatch(found):
        raise WrongCell(f"“邮箱”里的“{found[:40]}”不是邮箱地址；请写成 name@example.com 这样，一行一个")
    return found


READERS: Final[dict[str, Callable[[Cell], object]]] = {
    "name": company,
    "site": lambda cell: line(cell, "site"),
    "address": lambda cell: line(cell, "address"),
    "licences": licences,
    "product": lambda cell: line(cell, "product"),
    "version": version,
    "maintained_until": day,
    "vip": yes,
    "person": lambda cell: line(cell, "person"),
    "phone": phone,
    "email": email,
    "note": lambda cell: block(cell, "note"),
}


def _given(cell: Cell, field: str) -> str:
    heading = HEADINGS[field]
    if cell.kind == "formula":
        raise WrongCell(f"“{heading}”是公式；请复制这一列，用“粘贴为数值”贴回来再导入")
    if cell.kind == "error" or re.fullmatch(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!)", cell.text):
        raise WrongCell(f"“{heading}”有公式错误 {cell.text}；请改正")
    return cell.text


def _short(found: str, field: str) -> str:
    limit = LONGEST[field]
    if len(found) > limit:
        raise WrongCell(f"“{HEADINGS[field]}”有 {len(found)} 个字，上限 {limit} 个字；请删短")
    return found


def _refuse_lost(cell: Cell, found: str, heading: str) -> None:
    """Digits that Excel has thrown away cannot be had back."""
    if _EXPONENT.fullmatch(found.strip()):
        raise WrongCell(f"“{heading}”被 Excel 写成了 {found}，后几位已经丢了；请把这一列设为文本，重新填写")
    if cell.kind == "number" and len(found.lstrip("-")) > _EXACT_DIGITS:
        raise WrongCell(f"“{heading}”有 {len(found)} 位，Excel 的数字只记 15 位，后面的不可靠；请设为文本，重新填写")
    if cell.kind == "date":
        raise WrongCell(f"“{heading}”被 Excel 变成了日期 {found}；请把这一列设为文本，重新填写")
