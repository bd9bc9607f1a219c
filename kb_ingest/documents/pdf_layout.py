"""Lines of a PDF -> blocks: what repeats on every page goes, large lines are headings, wrapped lines are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb_ingest.documents import marks
from kb_ingest.documents.joining import join
from kb_ingest.documents.model import Block, Kind
from kb_ingest.documents.pdf_page import Line

# The strips of a page, as shares of its height, in which headers and footers stand.
MARGIN = 0.1
_PAGE_NUMBER = re.compile(
    r"^(?:第?\s*\d+\s*页?(?:\s*[/，,共]\s*共?\s*\d+\s*页?)?|[-–—·]\s*\d+\s*[-–—·]|page\s+\d+(?:\s*(?:of|/)\s*\d+)?)$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_REPEATS_ON = 0.4  # of the pages; headers may differ between left and right ones
_LARGER = 1.12  # than the body, for a heading
_SMALLEST_STEP = 0.6  # points between the sizes of two levels
_FULL = 2.0  # a line that ends within so many character widths of the right edge goes on in the next
_WORD = re.compile(r"[!-~]*")
_WORD_WIDTH = 0.6  # of a letter, in character widths
_CLOSE = 1.0  # line heights between lines of one paragraph
_SENTENCE_END = tuple("。！？!?：:；;")
_PRIVATE = re.compile("^[\ue000-\uf8ff]\\s*")


@dataclass(frozen=True)
class Sheet:
    """A page's lines and tables in reading order, and its size in points."""

    number: int
    width: float
    height: float
    parts: tuple[Line | Block, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(part for part in self.parts if isinstance(part, Line))


def blocks(sheets: Sequence[Sheet]) -> tuple[Block, ...]:
    """The document's blocks; tables and paragraphs go on over the end of a page."""
    sheets = _without_repeats(sheets)
    lines = [line for sheet in sheets for line in sheet.lines]
    layout = _Layout(_body_size(lines), _heading_sizes(lines))
    for sheet in sheets:
        layout.page(sheet)
    return tuple(layout.found)


def _without_repeats(sheets: Sequence[Sheet]) -> list[Sheet]:
    seen = Counter(key for sheet in sheets for key in {_key(line) for line in sheet.lines if _in_margin(line, sheet)})
    least = max(2, round(len(sheets) * _REPEATS_ON))

    def stays(part: Line | Block, sheet: Sheet) -> bool:
        if isinstance(part, Block) or not _in_margin(part, sheet):
            return True
        return seen[_key(part)] < least and not _PAGE_NUMBER.match(part.text)

    return [replace(sheet, parts=tuple(part for part in sheet.parts if stays(part, sheet))) for sheet in sheets]


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text).replace(" ", "")


def _in_margin(line: Line, sheet: Sheet) -> bool:
    return line.bottom < sheet.height * MARGIN or line.top > sheet.height * (1 - MARGIN)


def _body_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heading_sizes(lines: Sequence[Line]) -> list[float]:
    """The sizes of headings, largest first; sizes that differ by a hair are one."""
    body = _body_size(lines)
    sizes: list[float] = []
    for size in sorted({line.size for line in lines if line.size >= body * _LARGER}, reverse=True):
        if not sizes or sizes[-1] - size >= _SMALLEST_STEP:
            sizes.append(size)
    return sizes


class _Layout:
    """Builds blocks line by line; remembers the line before, to know what goes on."""

    def __init__(self, body: float, headings: list[float]) -> None:
        self.found: list[Block] = []
        self._body = body
        self._headings = headings
        self._before: Line | None = None
        self._right = 0.0

    def page(self, sheet: Sheet) -> None:
        self._right = max((line.right for line in sheet.lines if line.size <= self._body * _LARGER), default=0.0)
        for part in sheet.parts:
            if isinstance(part, Block):
                self._table(part)
                self._before = None
            elif not marks.in_contents(part.text):
                self._line(replace(part, text=_PRIVATE.sub("• ", part.text)))
                self._before = part

    def _table(self, table: Block) -> None:
        last = self.found[-1] if self.found else None
        if last and last.kind == "table" and self._before is None and len(last.rows[0]) == len(table.rows[0]):
            rows = [row for row in table.numbered_rows() if row[1] != last.rows[0]]
            offset = last.row_lines[-1]
            moved = tuple((offset + place, cells) for place, (_, cells) in enumerate(rows, 1))
            self.found[-1] = last.with_rows((*last.numbered_rows(), *moved))
        else:
            self.found.append(table)

    def _line(self, line: Line) -> None:
        level = self._level(line)
        item = marks.item(line.text)
        if line.monospaced:
            self._code(line)
        elif level:
            self._heading(line, level)
        elif item:
            self._add("item", item[1], line, marker=item[0])
        elif self._goes_on(line):
            last = self.found[-1]
            self.found[-1] = last.with_text(join(last.text, line.text))
        else:
            self._add("paragraph", line.text, line)

    def _add(self, kind: Kind, text: str, line: Line, level: int = 0, marker: str = "") -> None:
        self.found.append(Block(kind, text, line.number, level, f"第 {line.page} 页", marker))

    def _code(self, line: Line) -> None:
        last = self.found[-1] if self.found else None
        if last and last.kind == "code" and self._before and self._before.monospaced:
            self.found[-1] = last.with_text(f"{last.text}\n{line.text}")
        else:
            self._add("code", line.text, line)

    def _heading(self, line: Line, level: int) -> None:
        last, before = (self.found[-1] if self.found else None), self._before
        wrapped = before and before.page == line.page and before.size == line.size and self._is_close(before, line)
        if last and last.kind == "heading" and wrapped and not marks.heading_level(line.text):
            self.found[-1] = last.with_text(join(last.text, line.text))
        else:
            self._add("heading", line.text, line, level)

    def _level(self, line: Line) -> int:
        """1-6 by size; by its number when it is as large as the body and bold, or nothing in the file is larger."""
        if not marks.is_short(line.text):
            return 0
        if line.size >= self._body * _LARGER:
            return 1 + sum(size - line.size >= _SMALLEST_STEP for size in self._headings[:5])
        numbered = marks.heading_level(line.text)
        if numbered and (line.bold or not self._headings):
            return min(6, max(numbered, len(self._headings) + 1))
        return 0

    def _goes_on(self, line: Line) -> bool:
        before = self._before
        if before is None or not self.found or self.found[-1].kind not in ("paragraph", "item"):
            return False
        width = before.size
        # A line may end early because the next word, which has no spaces to break at, did not fit.
        needed = width * max(_FULL, _WORD_WIDTH * len(_WORD.match(line.text).group()))  # type: ignore[union-attr]
        if before.right < self._right - needed or before.size != line.size:
            return False
        indented = line.left > before.left + 1.5 * width and self.found[-1].kind == "paragraph"
        if before.page != line.page:
            return not before.text.endswith(_SENTENCE_END) and not indented
        return self._is_close(before, line) and not indented

    @staticmethod
    def _is_close(before: Line, line: Line) -> bool:
        return line.top - before.bottom < _CLOSE * max(before.size, 1.0)
