"""A saved web page -> blocks. Nothing it names is ever fetched, nothing it hides is ever read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from kb_ingest.documents.decoding import decode_page
from kb_ingest.documents.joining import squeezed
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document, Kind
from kb_ingest.documents.spans import Cell, filled
from kb_ingest.errors import NoText

_NAMES_UNREAD = (
    "script style noscript template iframe object embed applet svg canvas video audio map select option button input "
    "textarea nav footer head link meta rt rp"
)
_NAMES_CONTAINERS = (
    "html body main article section div center header aside details figure fieldset form hgroup address blockquote "
    "ul ol dl tbody thead tfoot"
)
_NAMES_BLOCKS = "p li dt dd table tr td th pre hr summary figcaption"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNREAD, _CONTAINERS = frozenset(_NAMES_UNREAD.split()), frozenset(_NAMES_CONTAINERS.split())
_BLOCKS = _CONTAINERS | frozenset(_HEADINGS) | frozenset(_NAMES_BLOCKS.split())
_CODE = frozenset({"code", "kbd", "samp", "tt"})
# What surrounds a text on a site, told by the words of its class or id.
_SHELL = re.compile(
    r"(?<![a-z])(?:comments?|replies|breadcrumbs?|pagination|pager|sidebar|share|adverts?|ads?|banner|popup|toolbar"
    r"|related|recommend|copyright|friend-?links?|site-?nav|top-?nav|navbar)(?![a-z])"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])")
_ADDRESS = re.compile(r"^(?:https?:|mailto:|tel:|//)", re.IGNORECASE)
_BULLETS = -1
# Deeper nesting is nobody's article, and the walk is recursive.
_DEEPEST = 200


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Raises Undecodable. Lines are those of the page's source."""
    decoded = decode_page(data)
    page = _parsed(decoded.text)
    walk = _Walk()
    walk.element(page, 0)
    found = walk.finished()
    title = squeezed(page.findtext(".//title") or "")
    if title and not any(block.kind == "heading" and block.level == 1 for block in found):
        found = (Block("heading", title, 1, 1), *found)
    return Document(name, found, decoded.encoding, tuple(walk.notes()))


def blocks(markup: str) -> tuple[Block, ...]:
    """The blocks of a piece of HTML, such as one inside Markdown."""
    walk = _Walk()
    if markup.strip():
        walk.element(_parsed(markup), 0)
    return walk.finished()


def _parsed(text: str) -> HtmlElement:
    """The page as libxml2 repairs it, without comments. Raises NoText when nothing is left."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return document_fromstring(text.replace("\0", "").encode(), parser=parser)
    except ParserError as error:
        raise NoText("网页里没有内容") from error


@dataclass
class _Walk:
    """One pass over a page. Loose inline text is gathered until a block element begins or ends."""

    found: list[Block] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    loose_line: int = 0
    lists: list[int] = field(default_factory=list)  # the number of the last item of each open list
    pending: str = ""  # the marker of the item that the next text opens
    shells: int = 0
    pictures: int = 0

    def finished(self) -> tuple[Block, ...]:
        self._flush()
        return tuple(self.found)

    def notes(self) -> Iterator[str]:
        if self.shells:
            yield f"去掉了 {self.shells} 处网页外壳（导航、页脚、评论区、广告位）"
        if self.pictures:
            yield f"{self.pictures} 张图片没有收入"

    def element(self, tag: HtmlElement, depth: int) -> None:
        self._loose(tag.text, tag)
        for child in tag:
            self._tag(child, depth)
            self._loose(child.tail, child)

    def _tag(self, tag: HtmlElement, depth: int) -> None:
        if self._skipped(tag) or depth > _DEEPEST:
            return
        if tag.tag in _HEADINGS:
            self._add("heading", squeezed(self._inline(tag)), tag, level=_HEADINGS[tag.tag])
        elif tag.tag == "pre":
            self._add("code", str(tag.text_content()).strip("\n"), tag)
        elif tag.tag == "table":
            self._table(tag, depth)
        elif tag.tag in ("ul", "ol"):
            self._list(tag, depth)
        elif tag.tag == "li":
            self._item(tag, depth)
        elif tag.tag in _BLOCKS:
            self._flush()
            self.element(tag, depth + 1)
            self._flush()
        elif next(tag.iterdescendants(*_BLOCKS), None) is not None:
            self.element(tag, depth + 1)  # an inline tag around blocks, as editors write it
        else:
            self._loose(self._inline_tag(tag), tag)

    def _skipped(self, tag: HtmlElement) -> bool:
        if tag.tag == "img":
            self.pictures += 1
        if tag.tag in ("nav", "footer") or (tag.tag in _CONTAINERS and _is_shell(tag)):
            self.shells += 1
            return True
        return tag.tag in _UNREAD or _is_hidden(tag)

    def _list(self, tag: HtmlElement, depth: int) -> None:
        self._flush()
        self.lists.append(_number(tag.get("start")) - 1 if tag.tag == "ol" else _BULLETS)
        self.element(tag, depth + 1)
        self._flush()
        self.lists.pop()

    def _item(self, tag: HtmlElement, depth: int) -> None:
        self._flush()
        if self.lists and self.lists[-1] != _BULLETS:
            self.lists[-1] += 1
        self.pending = f"{self.lists[-1]}." if self.lists and self.lists[-1] != _BULLETS else "-"
        self.element(tag, depth + 1)
        self._flush()
        self.pending = ""

    def _table(self, table: HtmlElement, depth: int) -> None:
        self._flush()
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        if next(table.iterdescendants("table", "pre", *_HEADINGS), None) is not None:
            for row in rows:  # a table that only places things on the page
                for cell in row.iterchildren("td", "th"):
                    self.element(cell, depth + 1)
                    self._flush()
            return
        cells = [(row.sourceline or 0, [self._cell(cell) for cell in row.iterchildren("td", "th")]) for row in rows]
        grid = filled(cells)
        if grid:
            self.found.append(Block("table", "", grid[0][0]).with_rows(grid))

    def _cell(self, cell: HtmlElement) -> Cell:
        lines = (squeezed(line) for line in self._inline(cell, breaks=True).split("\v"))
        text = "\n".join(line for line in lines if line)
        return Cell(text, _number(cell.get("colspan")), _number(cell.get("rowspan")))

    def _loose(self, text: str | None, tag: HtmlElement) -> None:
        if not text:
            return
        if not self.loose:
            if not text.strip():
                return
            self.loose_line = tag.sourceline or 0
        self.loose.append(text)

    def _flush(self) -> None:
        text, self.loose = "".join(self.loose), []
        lines = [squeezed(line) for line in text.split("\v")]
        text = "\n".join(line for line in lines if line)
        if not text:
            return
        if self.pending:
            depth = max(0, len(self.lists) - 1)
            self.found.append(Block("item", text, self.loose_line, depth, marker=self.pending))
            self.pending = ""
        else:
            self.found.append(Block("paragraph", text, self.loose_line))

    def _add(self, kind: Kind, text: str, tag: HtmlElement, level: int = 0) -> None:
        self._flush()
        if text.strip():
            self.found.append(Block(kind, text, tag.sourceline or 0, level))

    def _inline(self, tag: HtmlElement, breaks: bool = False) -> str:
        """The text within `tag` with links and code marked. A break is \\v, with `breaks` around blocks too."""
        parts = [tag.text or ""]
        for child in tag:
            inner = "" if self._skipped(child) else self._inline_tag(child, breaks)
            parts += [f"\v{inner}\v" if breaks and child.tag in _BLOCKS else inner, child.tail or ""]
        return "".join(parts)

    def _inline_tag(self, tag: HtmlElement, breaks: bool = False) -> str:
        if tag.tag == "br":
            return "\v"
        inner = self._inline(tag, breaks)
        if tag.tag in _CODE and inner.strip() and "`" not in inner:
            return f"`{squeezed(inner)}`"
        address = str(tag.get("href") or "").strip() if tag.tag == "a" else ""
        if _ADDRESS.match(address) and inner.strip():
            return f"[{squeezed(inner)}]({address})"
        return inner


def _is_shell(tag: HtmlElement) -> bool:
    names = f"{tag.get('class') or ''} {tag.get('id') or ''}".lower().replace("_", "-")
    return _SHELL.search(names) is not None


def _is_hidden(tag: HtmlElement) -> bool:
    return "hidden" in tag.attrib or _HIDDEN.search(str(tag.get("style") or "").lower()) is not None


def _number(value: object) -> int:
    text = str(value or "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
