"""How a Word paragraph looks: heading, list item, code, line of a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from docx.document import Document as Package
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle
from lxml.etree import _Element

_HEADING = re.compile(r"^(?:heading|标题|標題)\s*([1-9])$", re.IGNORECASE)
_TITLE = re.compile(r"^(?:title|标题|標題)$", re.IGNORECASE)
_CONTENTS = re.compile(r"^(?:toc|目录|目錄)\s*\d*(?:\s*heading)?$", re.IGNORECASE)
_CODE = re.compile(r"code|代码|程式碼|html preformatted|源码|macro", re.IGNORECASE)
_MONOSPACE = re.compile(r"courier|consolas|menlo|monaco|mono|lucida console|等宽|source code", re.IGNORECASE)
_MAX_DEPTH = 8
# The title stands above all numbered headings: it is level 1, and they move down by one.
_TITLE_LEVEL = -1


@dataclass(frozen=True)
class Look:
    """`level` 1-6 of a heading, else 0; `marker` and `depth` of an item; whether it is code, a contents line, bold."""

    level: int = 0
    marker: str = ""
    depth: int = 0
    code: bool = False
    contents: bool = False
    bold: bool = False


class Styles:
    """The styles and the numbering of one document; counts list items as it is asked, so ask once, in order."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._styles = {style.style_id: style for style in package.styles}
        self._default = next((key for key, style in self._styles.items() if _is_default(style)), "")
        self._formats = _formats(package)
        self._counts: dict[str, Counter[int]] = {}
        self._known: dict[str, Look] = {}
        levels = [self._look_of_style(_style_id(p)).level for p in package.element.body.iter(qn("w:p"))]
        self.plain = not any(level > 0 for level in levels)
        self._below = 1 if _TITLE_LEVEL in levels else 0

    def look(self, paragraph: _Element) -> Look:
        """How this paragraph looks, by itself and by its style."""
        style = _style_id(paragraph) or self._default
        base = self._look_of_style(style)
        level = _outline(paragraph.find(qn("w:pPr"))) or base.level
        if base.contents or level:
            level = 1 if level == _TITLE_LEVEL else min(6, level + self._below) if level else 0
            return Look(level=level, contents=base.contents)
        marker, depth = self._numbering(paragraph, style)
        return Look(0, marker, depth, base.code or _is_monospaced(paragraph), bold=_is_bold(paragraph))

    def _look_of_style(self, style_id: str) -> Look:
        if style_id not in self._known:
            self._known[style_id] = self._read_style(style_id)
        return self._known[style_id]

    def _read_style(self, style_id: str) -> Look:
        level, code, contents = 0, False, False
        for style in self._chain(style_id):
            name = str(style.name or "")
            contents = contents or _CONTENTS.match(name) is not None
            code = code or _CODE.search(name) is not None or _is_monospaced(style.element)
            heading = _HEADING.match(name)
            own = int(heading.group(1)) if heading else _TITLE_LEVEL if _TITLE.match(name) else 0
            level = level or own or _outline(style.element.find(qn("w:pPr")))
        return Look(min(level, 6), code=code, contents=contents)

    def _chain(self, style_id: str) -> list[BaseStyle]:
        """The style and those it is based on, nearest first, without the one that everything is based on."""
        chain: list[BaseStyle] = []
        while style_id in self._styles and style_id != self._default and len(chain) < _MAX_DEPTH:
            style = self._styles[style_id]
            chain.append(style)
            based = style.element.find(qn("w:basedOn"))
            style_id = "" if based is None else str(based.get(qn("w:val")))
        return chain

    def _numbering(self, paragraph: _Element, style_id: str) -> tuple[str, int]:
        properties = [paragraph.find(qn("w:pPr"))]
        properties += [style.element.find(qn("w:pPr")) for style in self._chain(style_id)]
        for found in properties:
            numbering = None if found is None else found.find(qn("w:numPr"))
            if numbering is not None:
                return self._count(_value(numbering, "w:numId"), int(_value(numbering, "w:ilvl") or 0))
        name = str(self._styles[style_id].name or "").lower() if style_id in self._styles else ""
        return ("-", 0) if name.startswith("list bullet") else ("", 0)

    def _count(self, number_id: str, level: int) -> tuple[str, int]:
        if number_id in ("", "0"):
            return "", 0
        counts = self._counts.setdefault(number_id, Counter())
        counts[level] += 1
        for deeper in [key for key in counts if key > level]:
            del counts[deeper]
        bullet = self._formats.get((number_id, level), "bullet") in ("bullet", "none")
        return ("-" if bullet else f"{counts[level]}."), level


def _formats(package: Package) -> dict[tuple[str, int], str]:
    """(number id, level) -> Word's name of the number format."""
    try:
        root = package.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    abstract: dict[str, dict[int, str]] = {}
    for element in root.iterchildren(qn("w:abstractNum")):
        levels = {int(level.get(qn("w:ilvl"), 0)): _value(level, "w:numFmt") for level in element.iter(qn("w:lvl"))}
        abstract[str(element.get(qn("w:abstractNumId")))] = levels
    return {
        (str(number.get(qn("w:numId"))), level): name
        for number in root.iterchildren(qn("w:num"))
        for level, name in abstract.get(_value(number, "w:abstractNumId"), {}).items()
    }


def _value(parent: _Element, name: str) -> str:
    child = parent.find(qn(name))
    return "" if child is None else str(child.get(qn("w:val"), ""))


def _style_id(paragraph: _Element) -> str:
    properties = paragraph.find(qn("w:pPr"))
    return "" if properties is None else _value(properties, "w:pStyle")


def _outline(properties: _Element | None) -> int:
    """Word counts outline levels from 0; 9 means body text."""
    value = "" if properties is None else _value(properties, "w:outlineLvl")
    return int(value) + 1 if value.isdigit() and int(value) < 6 else 0


def _is_monospaced(element: _Element) -> bool:
    """Whether all text of a paragraph, or the style itself, is set in a font for code."""
    runs = [run for run in element.iter(qn("w:r")) if next(run.iter(qn("w:t")), None) is not None]
    holders = runs or ([element] if element.tag == qn("w:style") else [])
    return bool(holders) and all(_font_is_monospaced(holder) for holder in holders)


def _font_is_monospaced(holder: _Element) -> bool:
    fonts = holder.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    return fonts is not None and _MONOSPACE.search(str(fonts.get(qn("w:ascii"), ""))) is not None


def _is_default(style: BaseStyle) -> bool:
    element = style.element
    return element.get(qn("w:default")) in ("1", "true") and element.get(qn("w:type")) == "paragraph"


def _is_bold(paragraph: _Element) -> bool:
    """Whether all its text is bold by its own marks."""
    runs = [run for run in paragraph.iter(qn("w:r")) if next(run.iter(qn("w:t")), None) is not None]
    marks = [run.find(f"{qn('w:rPr')}/{qn('w:b')}") for run in runs]
    return bool(runs) and all(mark is not None and mark.get(qn("w:val"), "1") not in ("0", "false") for mark in marks)
