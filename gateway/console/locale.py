"""Pages for colleagues who read Traditional: our own words are converted, other people's words are not.

Templates are written in Simplified. Whatever stands in an element with `translate="no"`, in a `textarea`, in `code`
and in `kbd` is left as it is: what customers say, names, entries, numbers, replies that are being written. Where there
is no element for it (an attribute, a page's title, the middle of one of our sentences), `theirs` marks it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser

from zhtext.script import to_region

PLAIN, TRADITIONAL = "zh-CN", "zh-TW"
LOCALES = (PLAIN, TRADITIONAL)

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # not characters: Unicode keeps them for the inside of programs
_MARKS = re.compile(f"([{_OPEN}{_CLOSE}])")
_SHOWN = re.compile(r'(?<=\s)(title|placeholder|aria-label|alt|label)="([^"]*)"')
_LANGUAGE = re.compile(r'(?<=\s)lang="zh-CN"')
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_OTHERS = frozenset({"textarea", "code", "kbd", "script", "style"})  # what is in these is nobody's prose
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


def words(text: str, locale: str) -> str:
    """One of our own sentences as this colleague reads it."""
    return _converted(text) if locale == TRADITIONAL else text


def theirs(text: object) -> str:
    """Other people's words inside ours, for `localised`, which takes the marks away again."""
    return f"{_OPEN}{text}{_CLOSE}"


def localised(html: str, locale: str) -> str:
    """A rendered page or a part of one. HTML of our templates only: every element that is opened is closed."""
    if locale != TRADITIONAL:
        return _MARKS.sub("", html)
    page = _Page()
    page.feed(html)
    page.close()
    return _MARKS.sub("", "".join(page.out))


def preferred(accept_language: str) -> str:
    """For somebody who has not logged in yet: what the browser asks for first."""
    first = accept_language.split(",")[0].strip().lower()
    return TRADITIONAL if first.startswith(("zh-tw", "zh-hk", "zh-mo", "zh-hant")) else PLAIN


class _Page(HTMLParser):
    """Copies a page token by token; only text and what is shown of attributes is changed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._kept: list[str] = []  # open elements from the first one on whose text is not ours
        self._theirs = False  # between two marks: an entity splits what stands there

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._theirs = False  # a mark that came with somebody's text reaches no further
        ours = ("translate", "no") not in attrs
        raw = self.get_starttag_text() or ""
        self.out.append(raw if self._kept or not ours else _tag(raw))
        if tag not in _VOID and (self._kept or not ours or tag in _OTHERS):
            self._kept.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._kept and self._kept[-1] == tag:
            self._kept.pop()
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._kept:
            self.out.append(data)
            return
        for part in _MARKS.split(data):
            if part in (_OPEN, _CLOSE):
                self._theirs = part == _OPEN
            else:
                self.out.append(part if self._theirs else _converted(part))

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        """Not for readers."""


def _tag(raw: str) -> str:
    return _SHOWN.sub(_attribute, _LANGUAGE.sub(f'lang="{TRADITIONAL}"', raw))


def _attribute(found: re.Match[str]) -> str:
    name, value = found.groups()
    if not _CHINESE.search(value):
        return found.group()
    parts = _MARKS.split(unescape(value))
    said = [part if before == _OPEN else _converted(part) for before, part in zip(["", *parts], parts, strict=False)]
    return f'{name}="{escape("".join(said))}"'


@lru_cache(maxsize=8192)
def _converted(text: str) -> str:
    return to_region(text, "hant", "tw") if _CHINESE.search(text) else text
