"""Error codes in any disguise, and what only looks like one.

A `CodeBook` knows the codes of the corpus. Disguises (full width, lower case, other
separators, O for 0, I or l for 1, glued to Chinese, dictated 四零三) are undone by folding
both sides; two codes that fold together are offered, never guessed between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s_\-·:#=.–—]+")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "×": "X"})
_SEGMENT = re.compile(r"[A-Za-z0-9×]+(?:(?:[ _\-:#=·–—]{1,3}|\.)[A-Za-z0-9×]+)*")
_TOKEN = re.compile(r"[A-Za-z0-9×]+")

_SPOKEN_DIGITS = dict(zip("零〇一二两三四五六七八九幺洞", "00122345678910", strict=True))
_SPOKEN = "[" + "".join(_SPOKEN_DIGITS) + "]"
# Three digits or more are dictated, fewer are words (第一, 两个) unless they touch a letter: PG_二八P零一, 零x八零零.
_SPOKEN_RUN = re.compile(
    f"[0零〇][xX×](?:[0-9A-Fa-f]|{_SPOKEN}){{4,8}}|{_SPOKEN}{{3,}}|(?<=[A-Za-z_]){_SPOKEN}{{2}}|{_SPOKEN}{{2}}(?=[A-Za-z])"
)

# A code no corpus knows is still a code when it has the family's shape.
_FAMILIES = frozenset({"E", "ERR", "ERROR", "CODE", "HTTP"})
_HEX = re.compile(r"0[xX×][0-9A-Fa-fOo]{4,8}")
_LETTERS_DIGITS = re.compile(r"([A-Za-z]{1,8})[_\- ]?([0-9][0-9OoIl]{2,5})")
_WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,}(?:_[A-Za-z0-9]{2,})+")
_CONTEXT_BEFORE = re.compile(
    r"(错误|报错|错误码|代码|状态码|错码|提示|弹出?|弹窗|显示|出现|返回|报|error|err|code|http)[^，。！？,!?]{0,6}$",
    re.IGNORECASE,
)
_CONTEXT_AFTER = re.compile(r"^\s*(号|的)?\s*(错误|报错|错|error)", re.IGNORECASE)
_CLAUSE_BEFORE = re.compile(r"(?:^|[,，。;；:：!！?？\s]|[也都还又]是|说|见到?|看到|跳|蹦|又来)\s*$")
_CLAUSE_AFTER = re.compile(r"^\s*(?:$|[,，。;；!！?？]|了|啊|呀|的(?:错|问题))")
_UNIT_AFTER = re.compile(
    r"^\s*(个(?!人)|人(?!员)|张|页(?!面)|万|元|块|米|吨|%|份|条(?!件)|行|年|月|日(?!志)|号楼|层|秒|分钟|小时|天|兆|[MmGgKk][Bb]?(?![A-Za-z])|[.:/\-]\d)"
)

_NEIGHBOURHOOD = 32  # characters looked at before and after a number; bounded, so that long pastes stay cheap

# Standards, grades, sizes, programs, printers, our own ticket numbers: never codes unless the corpus says so.
_NOT_CODES = re.compile(
    r"GD-?\d{8}-?\d{4}-?\d"
    r"|\b(?:GB|JGJ|JTG|DB|CJJ|DL|SL|HJ)/?T?\s?\d+(?:[-.]\d+)*"
    r"|\b(?:HRB|HPB|RRB|CRB)\d{3}E?|\bQ\d{3}[A-E]?\b|\bC\d{2}\b|\bM\d{1,2}(?:\.5)?\b|\bMU\d{1,2}\b|\bDN\s?\d+|\bDe\d+|\bP[68]\b"
    r"|\b(?:Auto)?CAD\s?20\d\d|\bIFC\s?[24]x?\d?|\b(?:RVT|Revit|Office|Excel|Project|Win(?:dows)?|Server|Navisworks)\s?\d+(?:\.\d+)*"
    r"|\b(?:BIM|PKPM|YJK|GTJ|GCCP|GQI|GBQ|Tekla|3DMAX|SketchUp|Rhino|SQL|WPS|IE|Chrome|Firefox)\s?\d+\w*(?:\.\d+)*"
    # A maker's or a printer's model, whatever letters it has: 惠普M1005, 打印机型号是 M7206.
    r"|(?:惠普|佳能|兄弟|爱普生|联想|得力|理光|京瓷|施乐|奔图|打印机|型号|\b(?:HP|Canon|Epson|Brother|Lenovo|Ricoh|Kyocera|Xerox|Pantum))"
    r"(?:型号)?[是为:：\s]*[A-Za-z]{1,4}-?\d{3,5}\w*"
    r"|\b(?:ISO|RTX|GTX|H|No)[. ]?\d{3,5}\b|第\d+(?=[号页章条项行])"
    r"|(?:微信|工|单|文|图|桩|批|证|项目编|合同编|设备编|构件编)号[是为:：\s]*[\w\-]+"
    r"|\b(?:LBP|MFP|DCP|MFC|HL|LJ|WF|iR)[- ]?\d{3,5}\w*|\b(?:LaserJet|DeskJet|OfficeJet|ScanJet)\s?(?:Pro\s?)?\w?\d{3,5}\w*"
    r"|\b[vV]\d+(?:\.\d+)+|\b\d+(?:\.\d+){2,}\b|\b20\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?",
    re.IGNORECASE | re.ASCII,  # ASCII: a Chinese character before a letter is a word boundary
)


@dataclass(frozen=True)
class FoundCode:
    """A code in a text: `text` as written there (half width, dictated digits as digits), `key` its folded form.

    Offsets count characters of the text searched, end exclusive. `codes` holds the codes of the corpus
    it may be: none when unknown, several when they fold together.
    """

    text: str
    key: str
    start: int
    end: int
    codes: tuple[str, ...] = ()

    @property
    def canonical(self) -> str:
        """As the corpus writes it; an unknown or ambiguous one as written, upper case, half width."""
        return self.codes[0] if len(self.codes) == 1 else _SPACES.sub("_", _upper(self.text))

    @property
    def known(self) -> bool:
        return bool(self.codes)


_SPACES = re.compile(r"\s+")


def fold(code: str) -> str:
    """The key under which all disguises of a code are equal."""
    return _SEPARATORS.sub("", _upper(code)).translate(_LOOKALIKES)


def find_codes(text: str) -> tuple[FoundCode, ...]:
    """Codes by their shape alone, with no corpus at hand."""
    return CodeBook(()).find(text)


class CodeBook:
    """The codes of a corpus, and how to find them in what people write."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._by_key: dict[str, tuple[str, ...]] = {}
        for code in codes:
            key = fold(code)
            self._by_key[key] = tuple(dict.fromkeys((*self._by_key.get(key, ()), code)))
        self._by_number = _by_number(code for codes_ in self._by_key.values() for code in codes_)
        self._families = _FAMILIES | {_family(code) for codes_ in self._by_key.values() for code in codes_}

    def find(self, text: str) -> tuple[FoundCode, ...]:
        """Every code in `text`, left to right, no two overlapping.

        Full width, any case and separators are seen through; invisible characters are not: `normalize` first.
        """
        plain = _spoken_to_digits(_half_width(text))
        blocked = [match.span() for match in _NOT_CODES.finditer(plain)]
        found: list[FoundCode] = []
        for finder in (self._known, self._bare_numbers, self._by_shape):
            for code in finder(plain):
                if not any(_overlap(code, span) for span in _taken(found, blocked, code)):
                    found.append(code)
        return tuple(sorted(found, key=lambda code: code.start))

    def _known(self, text: str) -> Iterator[FoundCode]:
        """Codes of the corpus: the longest run of tokens whose folding is a key."""
        for segment in _SEGMENT.finditer(text):
            tokens = [
                (t.start() + segment.start(), t.end() + segment.start()) for t in _TOKEN.finditer(segment.group())
            ]
            at = 0
            while at < len(tokens):
                hit = self._longest(text, tokens[at : at + 6])
                if hit is not None:
                    yield hit
                at = at + 1 if hit is None else next((i for i, t in enumerate(tokens) if t[0] >= hit.end), len(tokens))

    def _longest(self, text: str, tokens: list[tuple[int, int]]) -> FoundCode | None:
        start = tokens[0][0]
        for _, end in reversed(tokens):
            key = fold(text[start:end])
            if key in self._by_key and not key.isdigit() and not _counts(text, start, end):
                return FoundCode(text[start:end], key, start, end, self._by_key[key])
        return None

    def _bare_numbers(self, text: str) -> Iterator[FoundCode]:
        """403错误, 报错五零零: a number beside a word that says it is a code, known to the corpus."""
        for match in re.finditer(r"(?<![0-9A-Za-z.+])[0-9]{3,5}(?![0-9A-Za-z])", text):
            codes = self._by_number.get(match.group(), ())
            if codes and _means_a_code(text, match):
                yield FoundCode(match.group(), fold(match.group()), *match.span(), codes)

    def _by_shape(self, text: str) -> Iterator[FoundCode]:
        """Well-formed but unknown: the family's prefix, a HRESULT, WORDS_WITH_UNDERSCORES, or a word that says so."""
        for shape in (_HEX, _WORDS, _LETTERS_DIGITS):
            for match in shape.finditer(text):
                if _inside_a_word(text, match) or _counts(text, *match.span()):
                    continue
                if self._says_code(shape, match) or _CONTEXT_BEFORE.search(_before(text, match.start())):
                    yield FoundCode(match.group(), fold(match.group()), *match.span())

    def _says_code(self, shape: re.Pattern[str], match: re.Match[str]) -> bool:
        """Whether the word alone shows it; user_name and other identifiers need a 报错 before them."""
        if shape is _LETTERS_DIGITS:
            return match.group(1).upper() in self._families
        return shape is _HEX or match.group().isupper()


def _by_number(codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """403 -> ERROR_403: by the digits of a code, for HTTP-like and numbered families alike."""
    numbers: dict[str, tuple[str, ...]] = {}
    for code in codes:
        match = re.fullmatch(r"[A-Za-z]*[_\-]?(\d{3,5})", code)
        if match:
            numbers[match.group(1)] = (*numbers.get(match.group(1), ()), code)
    return numbers


def _family(code: str) -> str:
    return re.split(r"[_\-\d]", code, maxsplit=1)[0].upper()


def _before(text: str, start: int) -> str:
    return text[max(0, start - _NEIGHBOURHOOD) : start]


def _after(text: str, end: int) -> str:
    return text[end : end + _NEIGHBOURHOOD]


def _means_a_code(text: str, match: re.Match[str]) -> bool:
    before, after = _before(text, match.start()), _after(text, match.end())
    if _UNIT_AFTER.search(after):
        return False
    alone = not before.strip() and not after.strip(" ?？。!！")
    if alone or _CONTEXT_BEFORE.search(before) or _CONTEXT_AFTER.search(after):
        return True
    # 同意没反应，401: the number of an HTTP status as a clause of its own; round ones (400, 500) count things too.
    status = re.fullmatch(r"[45]\d[1-9]", match.group()) is not None
    return status and bool(_CLAUSE_BEFORE.search(before)) and bool(_CLAUSE_AFTER.search(after))


def _counts(text: str, start: int, end: int) -> bool:
    """方案 E 2001 年: one letter, a blank and a number with its unit are no code."""
    return (
        re.fullmatch(r"[A-Za-z] +\d+", text[start:end]) is not None
        and _UNIT_AFTER.search(_after(text, end)) is not None
    )


def _inside_a_word(text: str, match: re.Match[str]) -> bool:
    """Part of a longer word, path or number (`src/ERR_1.txt`), so not a code by itself."""
    before, after = _before(text, match.start()), _after(text, match.end())
    return bool(re.search(r"[A-Za-z0-9_\-/.\\]$", before) or re.match(r"[A-Za-z0-9_/\\]|\.[A-Za-z]{2,4}\b", after))


def _taken(found: list[FoundCode], blocked: list[tuple[int, int]], code: FoundCode) -> list[tuple[int, int]]:
    """What `code` may not overlap: codes found before it and, unless the corpus knows it, what is never a code."""
    spans = [(other.start, other.end) for other in found]
    return spans if code.known and not code.text.isdigit() else spans + blocked


def _overlap(code: FoundCode, span: tuple[int, int]) -> bool:
    return code.start < span[1] and span[0] < code.end


def _spoken_to_digits(text: str) -> str:
    """四零三 -> 403, one character for one, so that offsets stay."""
    return _SPOKEN_RUN.sub(lambda run: "".join(_SPOKEN_DIGITS.get(char, char) for char in run.group()), text)


def _half_width(text: str) -> str:
    """NFKC where it keeps the length, so that offsets stay."""
    return "".join(_one(char) for char in text)


def _one(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


def _upper(code: str) -> str:
    return unicodedata.normalize("NFKC", code).upper()
