"""The version of the product or its app, and the many numbers that look like one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from re import Match, Pattern

from zhtext import tables
from zhtext.slots.casing import lower
from zhtext.slots.found import Found

_DOTTED = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d{1,4}){1,3})(?!\.?\d)")
_SPOKEN = re.compile(
    r"(?<![一二三四五六七八九十点\d])([一二三四五六七八九十\d]{1,2})点([零〇一二三四五六七八九\d]{1,2})(?:点([零〇一二三四五六七八九\d]{1,2}))?(?![十点刻分])"
)
_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")

# What stands right before a version; the first group says it beyond doubt.
_NAMED = re.compile(
    r"(?:版本号?|(?<![A-Za-z])[vV]|ver(?:sion)?\.?)\s*(?:是|为|:|还是|已经是|都是|显示|用的?|号)*\s*[vV]?\s*$"
)
_USED = r"(?:app|客户端|桌面端|手机端|移动端|网页端|服务端|平台|软件|{names}|现场|系统|程序|用的?|装的?|在用|升级?[到完]?了?|升至|更新到?了?|更新至|还在|停在|新出的?|最新|当前|目前|(?<![址值价额度量距径高宽长厚比率pP数])是)\s*(?:版?是|版?为|:|还是|都是)?\s*[vV]?\s*$"
_AFTER = re.compile(
    r"\s*(?:的?版|[上里](?!午|次|周|个|下|面层)|里面|(?:的\s*)?(?:app|客户端|桌面端|手机端|网页端|服务端|系统|平台|软件|安装包|补丁)|(?:想|打算|准备|计划)?(?:升|更新)|之?以?后(?!续)|这版)",
    re.IGNORECASE,
)
_VERSION_AFTER = re.compile(r"\s*(?:的?版|这版)(?![面块式图税])")
_UNIT = re.compile(
    r"\s*(?:万|亿|元|块|%|吨|米|厘米|毫米|公里|平|方|倍|天|小时|个|分(?!版)|秒|节|条|章|款|号|日|月|度|度电|兆|[kmg]b?(?![a-z])|mb|gb|kw|kn|kpa|mpa|mm|cm|km|t(?![a-z])|m[²2³3])",
    re.IGNORECASE,
)
_CALLED = r"(?:{names})\s*[vV]?\s*$"
# 2024版定额, 2024清单规范: editions of documents.
_DOCUMENT_AFTER = re.compile(
    r"\s*版?的?(?:[\u4e00-\u9fff]{0,4}(?:定额|清单|规范|标准|图集|规程|规定|范本|合同|计价|办法))"
)
# Other people's products and things that are numbered with dots.
_FOREIGN = re.compile(
    r"(?:ifc|cad|office|excel|wps|server|\.?net|framework|core|chrome|谷歌|edge|firefox|火狐|safari|浏览器|ios|ipados|android|安卓|鸿蒙|harmony\s?(?:os)?|win(?:dows)?|mac\s?os|ubuntu|centos|kylin|麒麟"
    r"|java|jdk|jre|python|mysql|mariadb|postgre(?:s|sql)?|pg|oracle|达梦|dm|人大金仓|数据库|redis|nginx|tomcat|docker|node|revit|navisworks|tekla|sketchup|微信|钉钉|飞书|p6|primavera|project|广联达|gtj|gccp|斑马|品茗|鲁班|驱动|固件"
    r"|插件|ie|adobe|acrobat|directx|opengl|tls|ssl|http|usb|蓝牙|ip|地址|网段|第|规范|标准|图集|定额|比例|单价|金额|面积|厚度|标高|约|¥|\$|￥)"
    r"(?:的|是|为|用的?|版本?号?|v|:|\s)*$",
    re.IGNORECASE,
)
_WISHED = re.compile(r"想|准备|打算|计划|怎么|如何|要不要|能不能|可以|可不可以|值得|是否|能否")
_TO_NEXT = re.compile(r"\s*(?:版本?)?(?:直接)?(?:升级?|更新|换)[到至为成]?(?:了|最新)*\s*(?:的)?[vV]?$")
_RAISED_TO = re.compile(r"\s*(?:版本?)?(?:直接)?(?:升|更新)")
_ALONE = re.compile(r"(?:^|[,;。!?])\s*[vV]?\s*$")
_ENDS = re.compile(r"\s*(?:$|[,;。!?])")
_HEADS = re.compile(r"\s+[\u4e00-\u9fff]")


def versions(text: str) -> Iterator[Found]:
    """Versions in use; of 5.4 升到 6.2 the one that now runs."""
    found = sorted([*_dotted(text), *_spoken(text), *_named(text)], key=lambda version: version.start)
    if len(found) == 2 and _TO_NEXT.match(text[found[0].end : found[1].start]):
        around = text[max(0, found[0].start - 10) : found[1].end + 10]
        found = found[:1] if _WISHED.search(around) else found[1:]
    return iter(found)


def _dotted(text: str) -> Iterator[Found]:
    for match in _DOTTED.finditer(text):
        if _is_version(text, match):
            yield Found("version", match.group(1), *match.span(1))


def _is_version(text: str, match: Match[str]) -> bool:
    before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 8]
    parts = [int(part) for part in match.group(1).split(".")]
    if _FOREIGN.search(before):
        return False
    if _NAMED.search(before) or _VERSION_AFTER.match(after):
        return not _UNIT.match(after) or bool(_VERSION_AFTER.match(after))
    if _UNIT.match(after) or len(parts) == 4 or parts[0] > 19:
        return False
    if _used().search(before) or _AFTER.match(after):
        return len(parts[:3]) == 3 or parts[1] < 100
    return len(parts) == 3 or _stands_alone(before, after)


def _stands_alone(before: str, after: str) -> bool:
    """A clause that is a number and nothing else, or a message that begins with one: 6.2 导出没反应."""
    return bool(_ALONE.search(before)) and bool(_ENDS.match(after) or (not before.strip("vV ") and _HEADS.match(after)))


def _named(text: str) -> Iterator[Found]:
    """2024版, 24版: versions that are no numbers with dots, and only the product's own; a year is none by itself."""
    pattern, names = _own(tables.product())
    for match in pattern.finditer(text) if names else ():
        before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 8]
        said = match.group(1)
        if _FOREIGN.search(before) or _DOCUMENT_AFTER.match(after):
            continue
        sure = (
            _NAMED.search(before) or _called().search(before) or _VERSION_AFTER.match(after) or _RAISED_TO.match(after)
        )
        if not said.isdigit() or sure or (_used().search(before) and (_ENDS.match(after) or _AFTER.match(after))):
            yield Found("version", names[said.lower()], *match.span(1))


@cache
def _own(product: str) -> tuple[Pattern[str], dict[str, str]]:
    names = {word.lower(): name for name, words in tables.rows("versions.tsv") for word in words.split()}
    words = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?<![\d.])({words})(?!\d|\.\d|年|[-/]\d)", re.IGNORECASE), names


def _used() -> Pattern[str]:
    return _with_names(_USED, tables.product())


def _called() -> Pattern[str]:
    return _with_names(_CALLED, tables.product())


@cache
def _with_names(pattern: str, product: str) -> Pattern[str]:
    """A pattern with what people call the product in it."""
    names = [word for _, words in tables.rows("names.tsv") for word in words.split()]
    return re.compile(pattern.replace("{names}", "|".join(map(re.escape, names)) or "(?!)"), re.IGNORECASE)


def _spoken(text: str) -> Iterator[Found]:
    """六点二版; 下午三点二十 and 六点一刻 are times."""
    if "点" not in text:
        return
    for match in _SPOKEN.finditer(text):
        before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 8]
        if not _FOREIGN.search(before) and (
            _NAMED.search(before) or _VERSION_AFTER.match(after) or _PACKAGE.match(after) or _raised(before)
        ):
            yield Found("version", ".".join(filter(None, map(_digits, match.groups()))), *match.span())


_PACKAGE = re.compile(r"的?(?:升级包|安装包|客户端|补丁)")
_RAISED = re.compile(r"(?:升级?到?了?|升至|更新到了?|用的是?|版本?|(?:app|软件|平台|客户端|系统)是)\s*$")


def _raised(before: str) -> bool:
    return _RAISED.search(lower(before)) is not None


def _digits(number: str | None) -> str:
    if number is None:
        return ""
    if "十" in number:
        tens, _, ones = number.partition("十")
        return f"{tens or 1}{ones or 0}".translate(_DIGITS)
    return number.translate(_DIGITS)
