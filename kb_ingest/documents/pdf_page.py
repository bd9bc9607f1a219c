"""One page of a PDF as pdfium sees it: its lines of text, its ruling lines, how much of it is pictures."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

_BOLD = re.compile(r"bold|heavy|black|hei|黑体|-b$", re.IGNORECASE)
_MONOSPACE = re.compile(r"courier|consol|menlo|monaco|mono|typewriter", re.IGNORECASE)
_BOLD_WEIGHT = 600
_NAME_BYTES = 128
# A rectangle this thin, in points, is a line that somebody drew with a box.
_THIN = 2.5
# A drawing, not a table: nobody rules a page with more lines than this.
_MOST_RULINGS = 2_000
_LONGEST_PATH = 400


@dataclass(frozen=True)
class Char:
    """A character and its box, in points from the top left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    index: int

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Line:
    """A line of text on a page; `size` in points, `number` counting from 1 on its page."""

    text: str
    page: int
    number: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    monospaced: bool = False


@dataclass(frozen=True)
class Ruling:
    """A straight line along one of the axes."""

    left: float
    top: float
    right: float
    bottom: float


class Page:
    """Reads one page; `number` counts from 1. Close it when done: pdfium keeps all it parsed."""

    def __init__(self, document: pdfium.PdfDocument, number: int) -> None:
        self.number = number
        self._page = document[number - 1]
        self._text = self._page.get_textpage()
        self.width, self.height = self._page.get_size()

    def close(self) -> None:
        self._text.close()
        self._page.close()

    def chars(self) -> list[Char]:
        """Every character in reading order; line breaks and the spaces that pdfium puts in are among them."""
        page, top = self._text.raw, self.height
        box = [ctypes.c_double() for _ in range(4)]
        found = []
        for index in range(raw.FPDFText_CountChars(page)):
            code = raw.FPDFText_GetUnicode(page, index)
            raw.FPDFText_GetCharBox(page, index, *box)
            left, right, low, high = (value.value for value in box)
            text = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
            found.append(Char(text, left, top - high, right, top - low, index))
        return found

    def unmapped(self) -> int:
        """How many characters the page draws without saying which they are."""
        page = self._text.raw
        return sum(raw.FPDFText_HasUnicodeMapError(page, index) == 1 for index in range(raw.FPDFText_CountChars(page)))

    def lines(self, chars: Sequence[Char]) -> Iterator[Line]:
        """The lines that these characters of the page make, without the empty ones."""
        number = 0
        for run in _runs(chars):
            text = "".join(char.text for char in run)
            solid = [char for char in run if not char.text.isspace()]
            if not solid:
                continue
            number += 1
            size, bold, monospaced = self._type(solid)
            yield Line(
                text.rstrip() if monospaced else text.strip(),
                self.number,
                number,
                min(char.left for char in solid),
                min(char.top for char in solid),
                max(char.right for char in solid),
                max(char.bottom for char in solid),
                size,
                bold,
                monospaced,
            )

    def picture_share(self) -> float:
        """How much of the page pictures cover, 0 to 1 when they do not overlap."""
        area = sum(
            max(0.0, right - left) * max(0.0, top - bottom)
            for left, bottom, right, top in self._bounds(raw.FPDF_PAGEOBJ_IMAGE)
        )
        return area / (self.width * self.height) if self.width * self.height else 0.0

    def rulings(self) -> list[Ruling]:
        """The lines drawn along the axes; none when there are so many that they are a drawing."""
        found: list[Ruling] = []
        for item in self._page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,)):
            found += self._of_path(item)
            if len(found) > _MOST_RULINGS:
                return []
        return found

    def _bounds(self, kind: int) -> Iterator[tuple[float, float, float, float]]:
        for item in self._page.get_objects(filter=(kind,)):
            yield item.get_bounds()

    def _of_path(self, item: pdfium.PdfObject) -> Iterator[Ruling]:
        left, bottom, right, top = item.get_bounds()
        count = raw.FPDFPath_CountSegments(item)
        if right - left <= _THIN or top - bottom <= _THIN:
            yield Ruling(left, self.height - top, right, self.height - bottom)
        elif count <= 5:  # a box: its four sides
            low, high = self.height - bottom, self.height - top
            yield from (Ruling(left, high, right, high), Ruling(left, low, right, low))
            yield from (Ruling(left, high, left, low), Ruling(right, high, right, low))
        elif count <= _LONGEST_PATH:
            yield from self._of_segments(item, count)

    def _of_segments(self, item: pdfium.PdfObject, count: int) -> Iterator[Ruling]:
        """The straight pieces of a grid that is drawn as one path."""
        matrix = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(item, matrix)
        x, y = ctypes.c_float(), ctypes.c_float()
        before = (0.0, 0.0)
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            across = matrix.a * x.value + matrix.c * y.value + matrix.e
            along = self.height - (matrix.b * x.value + matrix.d * y.value + matrix.f)
            drawn = raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO
            if drawn and (abs(across - before[0]) <= _THIN or abs(along - before[1]) <= _THIN):
                (left, right), (top, bottom) = sorted((before[0], across)), sorted((before[1], along))
                yield Ruling(left, top, right, bottom)
            before = (across, along)

    def _type(self, chars: Sequence[Char]) -> tuple[float, bool, bool]:
        """(size, bold, monospaced) of a line, by the character in its middle; all of it must be monospaced."""
        index = chars[len(chars) // 2].index
        page, matrix, flags = self._text.raw, raw.FS_MATRIX(), ctypes.c_int()
        raw.FPDFText_GetMatrix(page, index, matrix)
        size = raw.FPDFText_GetFontSize(page, index) * (math.hypot(matrix.c, matrix.d) or 1.0)
        names = [self._font(chars[place].index, flags) for place in {0, len(chars) // 2, len(chars) - 1}]
        bold = raw.FPDFText_GetFontWeight(page, index) >= _BOLD_WEIGHT or bool(_BOLD.search(names[0]))
        return round(size * 2) / 2, bold, all(_MONOSPACE.search(name) for name in names)

    def _font(self, index: int, flags: ctypes.c_int) -> str:
        buffer = ctypes.create_string_buffer(_NAME_BYTES)
        raw.FPDFText_GetFontInfo(self._text.raw, index, buffer, _NAME_BYTES, flags)
        return buffer.value.decode("utf-8", "replace")


def _runs(chars: Sequence[Char]) -> Iterator[list[Char]]:
    run: list[Char] = []
    for char in chars:
        if char.text in "\r\n":
            yield run
            run = []
        else:
            run.append(char)
    yield run
