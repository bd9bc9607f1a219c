"""Pages for colleagues who read Traditional: our own words are converted, other people's words are not.

Templates are written in Simplified. Whatever stands in an element with `translate="no"`, in a `textarea`, in `code`
and in `kbd` is left as it is: what customers say, names, entries, numbers, replies that are being written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser

from zhtext.script import to_region

PLAIN, TRADITIONAL = "zh-CN", "zh-TW"
LOCALES = (PLAIN, TRADITIONAL)

_SHOWN = re.compile(r'(?<=\s)(title|placeholder|aria-label|alt|label)="([^"]*)"')
_LANGUAGE = re.compile(r'(?<=\s)lang="zh-CN"')
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_OTHERS = frozenset({"textarea", "code", "kbd", "script", "style"})  # what is in these is nobody's prose
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


def words(text: str, locale: str) -> str:
    """One of our own sentences as this colleague reads it."""
    return _converted(text) if locale == TRADITIONAL else text


def localised(html: str, locale: str) -> str:
    """A rendered page or a part of one. HTML of our templates only: every element that is opened is closed."""
    if locale != TRADITIONAL:
        return html
    page = _Page()
    page.feed(html)
    page.close()
    return "".join(page.out)


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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
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
        self.out.append(data if self._kept else _converted(data))

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
    return f'{name}="{escape(_converted(unescape(value)))}"'


@lru_cache(maxsize=8192)
def _converted(text: str) -> str:
    return to_region(text, "hant", "tw") if _CHINESE.search(text) else text
