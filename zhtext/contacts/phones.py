"""Numbers to call: mobiles, land lines and hotlines of the mainland, Hong Kong, Taiwan, and with + of anywhere.

Prefixes and lengths follow the numbering plans (mainland 1[3-9] mobiles, 0 + area code, 400/800 services, 95 and 96
short numbers; Hong Kong +852 and eight digits; Taiwan 09, 0[2-8], 0800). A run of digits that fits is none where
the words around say that it numbers, counts or measures something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import Match, Pattern

from zhtext.contacts.contact import Found

_GAP = r"[-\t .·•_—–~/]"
_0, _1 = _GAP + "{0,3}", _GAP + "{1,3}"
# Runs of digits with few signs between: only these are looked at more closely.
_RUN = re.compile(r"[0-9](?:[-\t .·•_—–~/()（）Oo]{0,3}[0-9]){4,}")
_HEAD, _TAIL = r"(?<![0-9])(?<![0-9][.\-])", r"(?![0-9])(?![.\-][0-9])"
_CHINA = rf"(?:(?:\+|(?<![0-9])00)?86[)）]?{_0})"

_HOTLINE = re.compile(
    rf"{_HEAD}{_CHINA}?[(（]?[48](?:{_0}[0Oo]){{2}}[)）]?{_0}(?:[0-9]{_0}){{6}}[0-9]{_TAIL}"
    rf"|{_HEAD}080[09]{_0}[0-9]{{3}}{_0}[0-9]{{3}}{_TAIL}"
)
_PHONE = re.compile(
    rf"{_HEAD}{_CHINA}?1[3-9][0-9](?:{_0}[0-9]{{4}}{_0}[0-9]{{4}}|{_1}[0-9]{{3}}{_1}[0-9]{{5}}"
    rf"|[0-9]{{2}}{_1}[0-9]{{6}}|[0-9]{_1}[0-9]{{3}}{_1}[0-9]{{4}}|[0-9]{{5}}{_1}[0-9]{{3}}){_TAIL}"
    rf"|{_HEAD}1{_1}[3-9](?:{_1}[0-9]){{9}}{_TAIL}"  # digit by digit
    rf"|{_HEAD}(?:{_CHINA}[(（]?0?|[(（]?0)(?:10|2[0-9]|[3-9][0-9]{{2}})[)）]?{_0}[2-8][0-9]{{2,3}}{_0}[0-9]{{4}}"
    rf"(?P<extension>\s?(?:-|转|轉|#|分机|ext\.?)\s?[0-9]{{1,5}})?{_TAIL}"
    rf"|{_HEAD}(?:\+?886{_0}|0)9[0-9]{{2}}{_0}[0-9]{{3}}{_0}[0-9]{{3}}{_TAIL}"
    rf"|{_HEAD}(?:\+?886{_1}|[(（]?0)[2-8](?:[)）]{_0}|{_1})[0-9]{{3,4}}{_0}[0-9]{{4}}{_TAIL}"
    rf"|{_HEAD}[(（]?0[2-8][0-9]?(?:[)）]{_0}|{_1})[0-9]{{4}}{_1}[0-9]{{3}}{_TAIL}"
    rf"|{_HEAD}[(（]?(?:\+|00)?85[23][)）]?{_0}[2-9][0-9]{{3}}{_0}[0-9]{{4}}{_TAIL}"
    rf"|(?<![0-9])\+[1-9][0-9]{{0,2}}(?:{_0}[0-9]{{2,4}}){{2,4}}{_TAIL}",
    re.IGNORECASE,
)
# Too short to tell by itself: a word beside it has to say that one calls it.
_SHORT = re.compile(rf"{_HEAD}(?:[2-9][0-9]{{2,3}}{_0}[0-9]{{4}}|9[56][0-9]{{3,4}}|1[02][0-9]{{3}}){_TAIL}")
_CALLED = re.compile(
    r"(?:电话|電話|热线|熱線|专线|專線|座机|座機|手机|手機|手提|传真|傳真|致电|致電|拨打|撥打|拨[通号]|来电|來電|呼叫|打(?:返|嚟|来|來|俾|畀)?(?:給|给)?我?|撥|拨|客服|whatsapp|tel|phone|hotline|fax|call|ring)"
    r"(?:号码|號碼|号|號|热线|熱線|电话|電話|客服|[是为為:：\s(（【\[「“\"'*.☎📞|→]){0,6}$",
    re.IGNORECASE,
)
# 编号 4001020003, 锁号 20418873, 时间戳 1719999999999: a number of something, whatever its digits.
_NUMBERED = re.compile(
    r"(?:编号|編號|编码|編碼|代码|代碼|[单單锁鎖文图圖批卡]号|[單鎖文圖批卡]號|锁[^，。]{0,2}号|序列[号號]|流水[号號]|订单|訂單|合同[号號]|条码|條碼|税号|时间戳|清单|清單|端口|版本|许可[证号]|构件|物料"
    r"|(?<![A-Za-z])(?:ID|SN|S/N|No|build|timestamp|port|code|GB/?T?|JGJ|DBJ?|ISO))"
    r"[码是为為:：=\s#(（“\"./]{0,4}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s?(?:字节|位元組|bytes?(?![a-z])|[kmgt]?b(?![a-z])|元|万|萬|亿|億|块|条|條(?!件)|行|次|个|個|笔|筆|毫秒|秒|吨|噸|米|㎡|m[23²³]?(?![a-z])|mm|kn|kg|%)",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"[A-Za-z0-9_]*[A-Za-z_]$")
_CALLING = re.compile(
    r"(?:tel|phone|mobile|mob|cell|call|fax|hotline|whatsapp|wechat|weixin|[vw]x|qq|[tmvp])$", re.IGNORECASE
)
_WORD_AFTER = re.compile(r"[A-Za-z_@]")
_HELP = re.compile(r"电话|電話|热线|熱線|客服|咨询|諮詢|联系|聯絡|售后|售後|服务|服務")
_BEFORE = 24  # characters looked at before a number
_FAR = 100  # the same in a table, where blanks make the columns straight
_BAR = re.compile(r"[ \t]*\|[ \t]*")


def phones(text: str) -> Iterator[Found]:
    """Numbers of a folded text, left to right."""
    for run in _RUN.finditer(text):
        start, end = max(0, run.start() - 3), min(len(text), run.end() + 8)
        found = [*_matching("hotline", _HOTLINE, text, start, end), *_matching("phone", _PHONE, text, start, end)]
        yield from found or _short(text, start, end)


def digits(number: str) -> str:
    """The digits without the country code 86; a letter O is a zero."""
    plain = re.sub(r"[^0-9+]", "", re.sub("[Oo]", "0", number))
    return re.sub(r"^(?:\+|00)86|^86(?=1[3-9][0-9]{9}$|[48]00[0-9]{7}$)|^\+", "", plain)


def _matching(kind: str, pattern: Pattern[str], text: str, start: int, end: int) -> Iterator[Found]:
    for match in pattern.finditer(text, start, end):
        if _to_call(text, match):
            extension = match.groupdict().get("extension") or ""
            yield kind, match.start(), match.end(), digits(match.group().removesuffix(extension))


def _short(text: str, start: int, end: int) -> Iterator[Found]:
    for match in _SHORT.finditer(text, start, end):
        if _CALLED.search(_before(text, match)) and not _COUNTED.match(text, match.end()):
            number = digits(match.group())
            yield "hotline" if len(number) < 7 else "phone", match.start(), match.end(), number


def _to_call(text: str, match: Match[str]) -> bool:
    """Neither part of a word nor a size, neither numbered nor counted by the words around."""
    before = _before(text, match)
    word = _WORD_BEFORE.search(before)
    if (word and not _CALLING.search(word.group())) or _WORD_AFTER.match(text, match.end()):
        return False
    if _CALLED.search(before):
        return True
    return not (_sizes(match.group(), before) or _NUMBERED.search(before) or _COUNTED.match(text, match.end()))


def _sizes(number: str, before: str) -> bool:
    """800 600 1200: round groups with blanks between measure something, unless somebody offers help."""
    groups = number.split(" ")
    return len(groups) > 2 and all(group.endswith("0") for group in groups) and not _HELP.search(before)


def _before(text: str, match: Match[str]) -> str:
    before = text[max(0, match.start() - _FAR) : match.start()]
    return _BAR.sub("|", before)[-_BEFORE:] if "|" in before else before[-_BEFORE:]
