"""Lines of a web page that are the site's and not the text's. What they look like stands in site.yml.

Only whole lines and whole sentences count: a manual may speak of 上一篇施工日志, 发表评论 or 登录后查看 as much as it
likes. A line with a screen label (【下载模板】), with code or with a question is never the site's.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from re import Pattern
from typing import Any

import yaml
from opencc import OpenCC

_FILE = Path(__file__).with_name("site.yml")
_LONGEST = 160  # characters; no line of a site's frame is longer

_SIGNS = r"\s*#=~|·•●◆■▶►☆★※→»«_\u2600-\u27bf\U0001f300-\U0001faff"
_DECORATION = re.compile(rf"^[>\-{_SIGNS}]+|[\-<.。…!！:：{_SIGNS}]+$")
_WRAPPED = re.compile(r"[\[(（](?P<inside>[^\[\]()（）]*)[\])）]")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_CONTENT = re.compile(r"【[^】]*】|`|[?？]\s*$|怎么|怎麼|如何|为什么|為什麼|请问|[吗嗎]$")
_NEXT = re.compile(r"[上下前后]一篇(?:文章)?\s*[:：]")  # the title behind it may well be a question
_NOTICE = re.compile(r"^\s*【\s*((?:免责|版权|特别|郑重|转载)?声明|版权|免責聲明|版權聲明)\s*】\s*")
_LABEL = re.compile(r"[\[【]\s*([^\]】]*?)\s*[\]】]")
_BETWEEN = re.compile(r"[\s|｜/·•»>\-]+")
_PAGE = re.compile(r"\d{1,4}|[.…«»‹›<>]+|[共第]\d+(?:/\d+)?[页条]|[共第页条]|跳转到?|go", re.IGNORECASE)
_CRUMB = re.compile(r"\s*(?:[>›»＞→/]|&gt;)+\s*")


def line_of_site(line: str) -> str | None:
    """What a line of the site's is (广告, 评论框, …); None for a line of the text's."""
    if len(line) > _LONGEST * 4:
        return None
    line = _NOTICE.sub(r"\1：", line)
    bare = plain(line)
    if not bare or len(bare) > _LONGEST:
        return None
    if _CONTENT.search(line) and not (_NEXT.match(bare) and "【" not in line and "`" not in line):
        return "评论框" if _buttons(_LABEL.sub(r" \1 ", line)) and "【" in line else None
    for name, pattern in _lines():
        if pattern.fullmatch(bare):
            return name
    return _listed(bare)


def sentence_of_site(sentence: str) -> bool:
    """Whether a sentence within a text is the site's."""
    bare = plain(sentence.strip().strip("。！!；;"))
    return 0 < len(bare) <= _LONGEST and not _CONTENT.search(sentence) and _one("sentences").fullmatch(bare) is not None


def heads_related(line: str) -> bool:
    """相关推荐 and the like: below stand titles of other articles."""
    return _is(_one("related"), line)


def heads_comments(line: str) -> bool:
    """评论(12): below stands what readers wrote."""
    return _is(_comments("counted"), line)


def may_head_comments(line: str) -> bool:
    """评论区: the same, if a reader's mark stands below."""
    return _is(_comments("bare"), line)


def bears_readers_mark(line: str) -> bool:
    """3 小时前, 举报, 楼主: only what readers wrote bears it."""
    return _comments("marks").search(line) is not None


def plain(line: str) -> str:
    """A line in Simplified characters without its decoration and with the words of its links only; one that is
    longer than any of a site's as it is."""
    if len(line) > _LONGEST * 4:
        return line
    bare = _DECORATION.sub("", _LINK.sub(r"\1", line)).strip()
    wrapped = _WRAPPED.fullmatch(bare)
    bare = _DECORATION.sub("", wrapped["inside"]).strip() if wrapped else bare
    return str(_to_simplified().convert(bare)) if len(bare) <= _LONGEST else bare


def _is(pattern: Pattern[str], line: str) -> bool:
    bare = plain(line)
    return len(bare) <= _LONGEST and pattern.fullmatch(bare) is not None


def _listed(bare: str) -> str | None:
    """Menus, buttons, paths through the site and facts about the article: lists of known words."""
    words = [word for word in _BETWEEN.split(bare) if word]
    if len(words) > 2 and all(word in _words("menu") for word in words):
        return "导航"
    if _turns_pages(words):
        return "上一篇下一篇"
    if _buttons(bare):
        return "评论框"
    if _path(bare):
        return "面包屑导航"
    return "文章信息" if _facts(bare) else None


def _turns_pages(words: list[str]) -> bool:
    turning = [word for word in words if word in _words("turning")]
    rest = [word for word in words if word not in _words("turning")]
    return any(word != "首页" for word in turning) and all(_PAGE.fullmatch(word) for word in rest)


def _buttons(bare: str) -> bool:
    found = _pattern("social", "buttons").findall(bare)
    left = _pattern("social", "buttons").sub("", bare)
    return (
        len(found) > 1
        and not re.sub(r"[\s|·•/:：\[\]()（）【】]", "", left)
        and any(w in _words("social") for w in found)
    )


def _path(bare: str) -> bool:
    first, *others = _CRUMB.split(bare)
    return len(others) > 0 and first.lower() in _words("home") and any(_is_crumb(other) for other in others)


def _is_crumb(word: str) -> bool:
    return len(word) <= 24 and any(crumb in word.lower() for crumb in _words("crumbs"))


def _facts(bare: str) -> bool:
    found = [match.group(1) for match in _fact().finditer(bare)]
    left = re.sub(r"[\s|·•/,，;；()（）\[\]]", "", _fact().sub("", bare))
    return len(found) > 1 and not left and any(word in _words("telling") for word in found)


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def _site() -> dict[str, Any]:
    site: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return site


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(str(_site()[name]).split())


@cache
def _pattern(*names: str) -> Pattern[str]:
    """Any of the words, the longest first, with a count behind it."""
    words = sorted(frozenset().union(*map(_words, names)), key=len, reverse=True)
    return re.compile(_filled(rf"({'|'.join(map(re.escape, words))})(?:<count>)?"))


@cache
def _fact() -> Pattern[str]:
    words = "|".join(sorted(map(re.escape, _words("facts")), key=len, reverse=True))
    return re.compile(_filled(rf"({words})\s*[:：(（]\s*(?:<date>|[^\s:：|]{{0,20}})|({words})(?:<count>)"))


@cache
def _lines() -> tuple[tuple[str, Pattern[str]], ...]:
    return tuple((name, _any(patterns)) for name, patterns in _site()["lines"].items())


@cache
def _one(name: str) -> Pattern[str]:
    return _any(_site()[name])


@cache
def _comments(name: str) -> Pattern[str]:
    return _any([_site()["comments"][name]])


def _any(patterns: list[str]) -> Pattern[str]:
    return re.compile("|".join(f"(?:{_filled(pattern)})" for pattern in patterns), re.IGNORECASE)


def _filled(pattern: str) -> str:
    """With the pieces in place; pieces may hold pieces."""
    pieces: dict[str, str] = _site()["pieces"]
    for _ in range(len(pieces)):
        for name, piece in pieces.items():
            pattern = pattern.replace(f"<{name}>", piece)
    return pattern
