"""Whether the text of a PDF can be trusted: scanned pages have none, broken fonts give characters nobody wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kb_ingest.documents.decoding import plausibility

# A page number or a stamp is no text; a photo that fills less of a page illustrates it.
_FEWEST_CHARS = 10
_MOSTLY_PICTURE = 0.4
_MOST_UNKNOWN = 0.1
_LEAST_PLAUSIBLE = 0.4
_ENOUGH_LETTERS = 50
_LETTER = re.compile(r"[A-Za-z]")
_VOWEL = re.compile(r"[AEIOUYaeiouy]")
# English has 38 vowels in 100 letters; glyph numbers taken for characters have any share, and few letters at all.
_VOWELS = (0.2, 0.6)
_LEAST_LETTERS = 0.5


@dataclass(frozen=True)
class PageHealth:
    """What one page holds: its text, characters without a meaning, and how much of it pictures cover."""

    number: int
    text: str
    unmapped: int
    picture_share: float

    @property
    def chars(self) -> int:
        return sum(not char.isspace() for char in self.text)

    @property
    def scanned(self) -> bool:
        return self.chars < _FEWEST_CHARS and self.picture_share > _MOSTLY_PICTURE


def complaint(pages: Sequence[PageHealth]) -> str | None:
    """Why this text must not be taken in, in Chinese, or None."""
    scanned = [page for page in pages if page.scanned]
    if len(scanned) * 2 >= len(pages):
        return (
            f"扫描件：共 {len(pages)} 页，其中 {len(scanned)} 页只有图片、没有文字；"
            "请提供能选中文字的原稿，或先做文字识别并校对"
        )
    total = sum(page.chars for page in pages)
    if total < _FEWEST_CHARS:
        return "没有可以读出的文字；请确认能在阅读器里选中文字"
    return _broken("".join(page.text for page in pages), sum(page.unmapped for page in pages), total)


def scanned_note(pages: Sequence[PageHealth]) -> str | None:
    """Which pages of a readable file are pictures only."""
    numbers = [str(page.number) for page in pages if page.scanned]
    return f"第 {'、'.join(numbers[:20])} 页只有图片，没有收入" if numbers else None


def _broken(text: str, unmapped: int, total: int) -> str | None:
    unknown = max(unmapped, sum(map(_is_unknown, text)))
    remedy = "字体没有嵌入文字编码，复制出来是乱码；请用原稿重新导出 PDF（嵌入字体），或提供 Word 版"
    if unknown > _MOST_UNKNOWN * total:
        return f"{unknown * 100 // total}% 的字符读不出是什么字：{remedy}"
    if not _is_language(text):
        return f"读出的文字不成语言：{remedy}"
    return None


def _is_unknown(char: str) -> bool:
    return char == "\ufffd" or (unicodedata.category(char) in ("Co", "Cn", "Cc") and char not in "\r\n\t\f\v")


def _is_language(text: str) -> bool:
    foreign = [char for char in text if char > "\u007f" and char.isalpha()]
    if len(foreign) >= _ENOUGH_LETTERS:
        return plausibility(text) >= _LEAST_PLAUSIBLE
    solid = [char for char in text if not char.isspace()]
    letters = len(_LETTER.findall(text))
    if foreign or len(solid) < _ENOUGH_LETTERS:
        return True
    vowels = len(_VOWEL.findall(text)) / letters if letters else 0.0
    digits = sum(char.isdigit() for char in solid)
    return letters + digits >= _LEAST_LETTERS * len(solid) and (digits > letters or _VOWELS[0] <= vowels <= _VOWELS[1])
