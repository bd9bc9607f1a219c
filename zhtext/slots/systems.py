"""Operating systems: one name for each family, with its number if the text says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import Match, Pattern

from zhtext.slots.casing import lower
from zhtext.slots.found import Found

_PROJECT = "(?!花园|山|门|区|大厦|路|湾|社区|小镇|苑|府|新城|城|广场|项目|标段|镇)"
# Pattern, family, and words without one of which the pattern cannot match: most messages hold none.
_FAMILIES: tuple[tuple[str, str, str], ...] = (
    (
        r"(?:(?<![a-z])win(?:dows)?|窗口|视窗)?\s*(?<!sql)(?<!sql )(?<![a-z])server\s*(?:版\s*)?(20(?:03|08|12|16|19|22|25))(?:\s*(r2))?"
        r"|(?<![a-z])win(?:dows)?\s*(20(?:03|08|12|16|19|22|25))(?!年)|(?<![a-z])windows\s*server|(?<![\d.])(20(?:08|12|16|19|22|25))\s*(?:的?服务器|server)"
        r"|(?<!数据库)服务器(?:系统)?(?:是|用的?|装的?)?\s*(20(?:08|12|16|19|22|25))(?![\d年./\-])",
        "Windows Server",
        "server 服务器 win",
    ),
    (
        r"(?<![a-z])win(?:dows?)?\s*(?:系统\s*)?(xp|vista|7|8\.1|8|10|11|十一|十|七|八)(?![\d.点])|(?:窗口|视窗)\s*(7|8|10|11|十一|十)(?![\d.个秒点])"
        r"|(?<![a-z])(xp)\s*(?:系统|电脑)|(?<![a-z\d])w(7|10|11)\s*(?:系统|电脑)|(?<![a-z])windows",
        "Windows",
        "win 窗口 视窗 xp w7 w1",
    ),
    (
        r"(?<![a-z])mac\s*os\s*(?:x\s*)?(\d{2}(?:\.\d+)?)?|苹果(?:电脑|笔记本|一体机|本)|(?<![a-z])(?:macbook|imac)|(?<![a-z])mac(?![a-z]|\s*地址)",
        "macOS",
        "mac 苹果",
    ),
    (r"(?:ubuntu|乌班图)\s*(?:server\s*)?(\d{2}(?:\.\d{2})?)?(?!\d)", "Ubuntu", "ubuntu 乌班图"),
    (r"(?:统信|(?<![a-z])uos)\s*(?:uos|操作系统|系统|服务器版|桌面版)?\s*(?:v)?(\d{2}(?!\d))?", "UOS", "统信 uos"),
    (
        rf"(?:银河|中标)?麒麟(?!\s*[3-9]\d\d){_PROJECT}\s*(?:操作系统|系统|服务器版|桌面版)?\s*(v?\s?(?:10|4|7)(?!\d)|v?十)?|kylin\s*(v?\s?\d{{1,2}}(?!\d))?",
        "Kylin",
        "麒麟 kylin",
    ),
    (r"(?<![a-z])centos\s*(\d(?:\.\d)?)?", "CentOS", "centos"),
    (r"(?<![a-z])debian\s*(\d{1,2})?", "Debian", "debian"),
    (r"(?:openeuler|欧拉系统)\s*(\d{2}\.\d{2})?", "openEuler", "euler 欧拉"),
    (r"(?<![a-z])deepin\s*(\d{2})?|深度系统", "Deepin", "deepin 深度"),
    (
        r"(?<![a-z])(?:iphone|ipad(?!os))|(?<![a-z])(?:ipados|ios)(?![a-z])\s*(?:系统)?\s*(\d{1,2}(?:\.\d+)?(?!\d))?|苹果(?!电脑|笔记本|一体机|本|园|树|汁|商店)",
        "iOS",
        "iphone ipad ios 苹果",
    ),
    (
        rf"(?:安卓|安桌|android)\s*(?:系统)?\s*(?:版本)?\s*(\d{{1,2}}(?!\d|[.个台月号点]))?|鸿蒙|harmony|荣耀{_PROJECT}|(?<![a-z])(?:oppo|vivo|redmi|realme|samsung|pixel|htc|galaxy)|(?:华为|小米|三星|红米|魅族|一加|中兴|努比亚)\s*(?:手机|平板|mate|p\d|nova|畅享|pad|note|\d{{1,2}}(?!\d|[吨个台月号]))|红米|魅族手机",
        "Android",
        "安卓 安桌 android 鸿蒙 harmony 荣耀 oppo vivo redmi realme samsung pixel htc galaxy 华为 小米 三星 红米 魅族 一加 中兴 努比亚",
    ),
)
_OS: tuple[tuple[Pattern[str], str, tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), name, tuple(hints.split())) for pattern, name, hints in _FAMILIES
)
# 华为 and 小米 also make computers and cars: without the word phone the rest of the message has to speak of one.
_BRAND = re.compile(
    r"(?:华为|小米|三星|魅族|一加|中兴)(?!云|电脑|笔记本|项目|服务器|园区|基地|大厦|集团|那边|公司|会议)"
)
_ON_A_PHONE = re.compile(r"手机|平板|(?<![a-z])app(?![a-z])|移动端|打卡|拍照|扫码|小程序")
_BEFORE = re.compile(r"(?:不是|以前|之前|原来|原先|本来|过去)(?:的|是|用|在|用的|用的是|的电脑是)?\s*$")
_NUMBERS = {"十一": "11", "十": "10", "七": "7", "八": "8", "XP": "XP", "VISTA": "Vista"}


def systems(text: str) -> Iterator[Found]:
    """Systems in use before those that 不是 or 以前 puts aside."""
    text = lower(text)
    found = list(_systems(text))
    past = [system for system in found if _BEFORE.search(text[max(0, system.start - 8) : system.start])]
    kept = [system for system in found if system not in past] or found
    # iPhone 13, ios 17: of one family the word that says its number.
    numbered = {system.value.rsplit(" ", 1)[0] for system in kept if " " in system.value}
    return iter([system for system in kept if system.value not in numbered])


def _systems(text: str) -> Iterator[Found]:
    for pattern, family, hints in _OS:
        if any(hint in text for hint in hints):
            for match in pattern.finditer(text):
                yield Found("os", _name(family, match), *_span(match))
    if _ON_A_PHONE.search(text):
        for match in _BRAND.finditer(text):
            yield Found("os", "Android", *match.span())


def _name(family: str, match: Match[str]) -> str:
    said = [re.sub(r"\s", "", group).upper() for group in match.groups() if group]
    numbers = [_NUMBERS.get(number, number) for number in said]
    if family == "Kylin" and numbers:
        numbers = ["V" + numbers[0].lstrip("V").replace("十", "10")]
    return " ".join([family, *numbers])


def _span(match: Match[str]) -> tuple[int, int]:
    """Without the white space at its ends."""
    said = match.group()
    return match.start() + len(said) - len(said.lstrip()), match.end() - len(said) + len(said.rstrip())
