"""What the words around letters and digits say: a code, an amount, a drawing, a printer."""

from __future__ import annotations

import re
from typing import FrozenSet, Match

_CONTEXT_BEFORE = re.compile(
    r"(错误|报错|错误码|代码|状态码|错码|提示|弹出?|弹窗|显示|出现|返回|报|error|err|code|http)[^，。！？,!?]{0,6}$",
    re.IGNORECASE,
)
_CONTEXT_AFTER = re.compile(
    r"^\s*(号|的)?\s*(错误|报错|错|error|not found|forbidden|unauthorized|bad (?:request|gateway)|internal server|service unavail|gateway time)",
    re.IGNORECASE,
)
_ASKED_AFTER = re.compile(
    r"^[」”』)\]]?\s*(这个|是|系|算)?\s*(什么|啥|咩|乜|甚么)?\s*(意思|错误|报错|错|怎么[办解处]|怎样[解处]|点解决|点算)"
)
_CLAUSE_BEFORE = re.compile(r"(?:^|[,，。;；:：!！?？\s]|[也都还又]是|说|见到?|看到|跳|蹦|又来|网页|页面|接口)\s*$")
_CLAUSE_AFTER = re.compile(r"^\s*(?:$|[,，。;；!！?？]|了|啊|呀|的(?:错|问题))")
_UNIT_AFTER = re.compile(
    r"^\s*(个(?!人)|人(?![员工])|次|台|遍|回(?!复)|张|页(?!面)|万|元|块|米|吨|%|份|条(?!件)|行|年|月|日(?!志)|号楼|层|秒|分钟|小时|天(?!天)|兆|[MmGgKk][Bb]?(?![A-Za-z])|[.:/\-]\d)"
)
_PART_BEFORE = re.compile(
    r"(?:[A-Za-z0-9_.:/\-$¥ΦφØ]|(?:端口|埠|port|金额|预算|报价|电话|分机|DN|De)\s*)$", re.IGNORECASE
)
_PART_AFTER = re.compile(r"[A-Za-z0-9_/\-]|\.\d")
_JOINED_BEFORE = re.compile(r"([A-Za-z]+)[_\-]$")
# English for the number of a code: HTTP_504 is the 504 of a corpus that has no HTTP codes of its own.
_ANY_CODE = frozenset({"ERR", "ERROR", "CODE", "HTTP", "STATUS"})

_NEIGHBOURHOOD = 32  # characters looked at before and after a number; bounded, so that long pastes stay cheap

# A word says what it is, so it is no code even where a code of the corpus has the same letters: our own ticket
# numbers, network cards, a maker's model, 图号 E-1001, E1001 室.
NAMED = re.compile(
    r"GD-?\d{8}-?\d{4}-?\d"
    r"|\b(?:[0-9A-F]{2}[:\-]){5}[0-9A-F]{2}\b"
    r"|\b(?:GB|JGJ|JTG|DB\d*|CJJ|DL|SL|HJ)/T\s?\d+(?:[-.]\d+)*"
    # A maker's or a printer's model, whatever letters it has: 惠普M1005, 打印机型号是 M7206.
    r"|(?:惠普|佳能|兄弟|爱普生|联想|得力|理光|京瓷|施乐|奔图|打印机|(?<!错误)型号|\b(?:HP|Canon|Epson|Brother|Lenovo|Ricoh|Kyocera|Xerox|Pantum))"
    r"(?:型号)?[是为:：\s]*(?:LaserJet |DeskJet |Pro |MP |ECOSYS )*[A-Za-z]{1,4}[- ]?\d{3,5}\w*"
    r"|(?:(?:提取|验证|邀请)码|(?:微信|工|单|文|图|桩|批|证|序列|房|车牌|(?:项目|合同|合约|设备|构件|员工|图纸|图则|圖則|资产|材料|订单|发票)[编代号]?)[号码]|用户名)"
    r"[是为系:：\s]*[A-Za-z0-9][\w\-/]*"
    r"|\b[A-Za-z]{1,2}-?\d{1,5}(?=\s?(?:室|号楼|号房|座|门|窗|焊条|塔[吊机]|螺栓))",
    re.IGNORECASE | re.ASCII,
)
# E1001.rvt is a file; EXPORT.PDF may be how somebody writes EXPORT_PDF.
FILE = re.compile(
    r"[\w\-]+\.(?:xlsx?|docx?|pptx?|pdf|dwg|dxf|rvt|rfa|ifc|mpp|log|txt|csv|zip|rar|7z|exe|dll|jpe?g|png|ya?ml|xml|json|bak)(?!\.?\w)",
    re.IGNORECASE | re.ASCII,
)
# Standards, grades, sizes, programs, printers, versions, dates: never codes unless the corpus says so.
USUAL = re.compile(
    r"\b(?:GB|JGJ|JTG|DB|CJJ|DL|SL|HJ)/?T?\s?\d+(?:[-.]\d+)*"
    r"|\b(?:HRB|HPB|RRB|CRB)\d{3}E?|\bQ\d{3}[A-E]?\b|\bDN\s?\d+|\bDe\d+"
    r"|(?<![A-Za-z0-9]-)\b(?:C\d{2}(?:P\d{1,2})?|M\d{1,2}(?:\.5)?|MU\d{1,2}|P[68])\b(?!-[A-Za-z0-9])"
    r"|\b(?:Auto)?CAD\s?20\d\d|\bIFC\s?[24]x?\d?|\b(?:RVT|Revit|Office|Excel|Project|Win(?:dows)?|Server|Navisworks)\s?\d+(?:\.\d+)*"
    r"|\b(?:BIM|PKPM|YJK|GTJ|GCCP|GQI|GBQ|Tekla|3DMAX|SketchUp|Rhino|SQL|WPS|IE|Chrome|Firefox)\s?\d+\w*(?:\.\d+)*"
    r"|\b(?:ISO|RTX|GTX|H|No)[. ]?\d{3,5}\b|第\d+(?=[号页章条项行])"
    r"|\b(?:LBP|MFP|DCP|MFC|HL|LJ|WF|iR)[- ]?\d{3,5}\w*|\b(?:LaserJet|DeskJet|OfficeJet|ScanJet)\s?(?:Pro\s?)?\w?\d{3,5}\w*"
    r"|\b[vV]\d+(?:\.\d+)+|\b\d+(?:\.\d+){2,}\b|\b20\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?",
    re.IGNORECASE | re.ASCII,  # ASCII: a Chinese character before a letter is a word boundary
)


def says_error(text: str, start: int, end: int) -> bool:
    """Whether the words beside text[start:end] speak of an error, or ask what it means."""
    after = _after(text, end)
    return says_error_before(text, start) or bool(_CONTEXT_AFTER.search(after) or _ASKED_AFTER.search(after))


def says_error_before(text: str, start: int) -> bool:
    return _CONTEXT_BEFORE.search(_before(text, start)) is not None


def means_a_code(text: str, match: Match[str], families: FrozenSet[str]) -> bool:
    """Whether a bare number is one: 403错误, 报错五零零. `families` are those of the corpus: GC-403 is no bare number."""
    before, after = _before(text, match.start()), _after(text, match.end())
    joined = _JOINED_BEFORE.search(before)
    if _UNIT_AFTER.search(after) or (joined and joined.group(1).upper() not in _ANY_CODE - families):
        return False
    alone = not before.strip() and not after.strip(" ?？。!！")
    if alone or _CONTEXT_BEFORE.search(before) or _CONTEXT_AFTER.search(after):
        return True
    # 同意没反应，401: the number of an HTTP status as a clause of its own; round ones (400, 500) count things too.
    status = re.fullmatch(r"[45]\d[1-9]", match.group()) is not None
    return status and bool(_CLAUSE_BEFORE.search(before)) and bool(_CLAUSE_AFTER.search(after))


def counts(text: str, start: int, end: int) -> bool:
    """方案 E 2001 年, ERR-101 3次: a number of its own, with its unit, behind a blank."""
    return re.search(r"\s\d+$", text[start:end]) is not None and _UNIT_AFTER.search(_after(text, end)) is not None


def inside_a_word(text: str, start: int, end: int) -> bool:
    """Part of a longer word, path or number (`src/ERR_1.txt`), so not a code by itself."""
    before, after = _before(text, start), _after(text, end)
    return bool(re.search(r"[A-Za-z0-9_\-/.\\]$", before) or re.match(r"[A-Za-z0-9_/\\]|\.[A-Za-z]{2,4}\b", after))


def goes_on(text: str, start: int, end: int) -> bool:
    """IMPORT_ROW_LIMIT_2, MY_ERR-1042, ERR-1042-7: joined to more of a name, so another code than the one in it."""
    return bool(re.search(r"[A-Za-z0-9]_$", _before(text, start)) or re.match(r"_[A-Za-z0-9]|-\d", _after(text, end)))


def is_something_else(text: str, start: int, end: int) -> bool:
    """Whether a number is surely no code's: part of a longer word, with a unit, or named as a port or a sum."""
    before, after = _before(text, start), _after(text, end)
    return bool(_PART_BEFORE.search(before) or _PART_AFTER.match(after) or _UNIT_AFTER.search(after))


def _before(text: str, start: int) -> str:
    return text[max(0, start - _NEIGHBOURHOOD) : start]


def _after(text: str, end: int) -> str:
    return text[end : end + _NEIGHBOURHOOD]
