"""Error codes in any disguise, and what only looks like one.

A `CodeBook` knows the codes of the corpus. Disguises (full width, lower case, other
separators, O for 0, I or l for 1, glued to Chinese, dictated 四零三) are undone by folding
both sides; two codes that fold together are offered, never guessed between. What is one slip
from a code of the corpus, or built like one, is a code the corpus does not know: it is found as
unknown, so that nobody takes its neighbour's answer for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from zhtext.codes_context import (
    FILE,
    NAMED,
    USUAL,
    counts,
    goes_on,
    inside_a_word,
    is_something_else,
    means_a_code,
    says_error,
    says_error_before,
)
from zhtext.codes_near import Neighbours
from zhtext.codes_writing import fold, half_width, spoken_to_digits, upper

__all__ = ["CodeBook", "FoundCode", "find_codes", "fold"]

_SEGMENT = re.compile(r"[A-Za-z0-9×]+(?:(?:[ _\-:#=·–—]{1,3}|\.)[A-Za-z0-9×]+)*")
_TOKEN = re.compile(r"[A-Za-z0-9×]+")
_LETTER = re.compile(r"[A-Za-z×]")
_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"[0-9]{3,}")
_MAX_TOKENS = 8  # of a code, however it is parted
# Shorter ones are one slip from too many things (E101: A101, E10, C101): only beside words that speak of an error.
_NEAR_FROM = 5

# A code no corpus knows is still a code when it has the family's shape.
_FAMILIES = frozenset({"E", "ERR", "ERROR", "CODE", "HTTP"})
_HEX = re.compile(r"0[xX×][0-9A-Fa-fOo]{4,8}")
_LETTERS_DIGITS = re.compile(r"([A-Za-z]{1,8})[_\- ]?([0-9][0-9OoIl]{2,5})")
_WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,}(?:_[A-Za-z0-9]{2,})+")
_BARE = re.compile(r"(?<![0-9A-Za-z.+$¥])(?<![0-9][\-/:])[0-9]{3,5}(?![0-9A-Za-z])")

Span = Tuple[int, int]


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
        return self.codes[0] if len(self.codes) == 1 else _SPACES.sub("_", upper(self.text))

    @property
    def known(self) -> bool:
        return bool(self.codes)


def find_codes(text: str) -> tuple[FoundCode, ...]:
    """Codes by their shape alone, with no corpus at hand."""
    return CodeBook(()).find(text)


class CodeBook:
    """The codes of a corpus, and how to find them in what people write."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._by_key: Dict[str, Tuple[str, ...]] = {}
        for code in codes:
            key = fold(code)
            self._by_key[key] = tuple(dict.fromkeys((*self._by_key.get(key, ()), code)))
        every = [code for codes_ in self._by_key.values() for code in codes_]
        self._by_number = _by_number(every)
        self._own = frozenset(map(_family, every))
        # One letter and a number is anything (D100, A101); only the number of digits tells a code of such a family.
        self._telling = _FAMILIES | {family for family in self._own if len(family) > 1}
        self._builds = frozenset(_build(code) for code in every if _LETTER.match(code) and re.search(r"\d", code))

    def find(self, text: str) -> tuple[FoundCode, ...]:
        """Every code in `text`, left to right, no two overlapping.

        Full width, any case and separators are seen through; invisible characters are not: `normalize` first.
        """
        written = half_width(text)
        plain = spoken_to_digits(written)
        named = [match.span() for match in NAMED.finditer(plain)]
        named += [match.span() for match in FILE.finditer(plain) if fold(match.group()) not in self._by_key]
        usual = named + [match.span() for match in USUAL.finditer(plain)]
        found: List[FoundCode] = []
        # As written first: E101 三四次 has three or four times in it, no E10134.
        for finder, searched, blocked in (
            (self._known, written, named),
            (self._known, plain, named),
            (self._built_alike, plain, usual),
            (self._bare_numbers, plain, usual),
            (self._by_shape, plain, usual),
        ):
            for code in finder(searched):
                if not any(code.start < end and start < code.end for start, end in _spans(found) + blocked):
                    found.append(code)
        return tuple(sorted(found, key=lambda code: code.start))

    def near(self, key: str) -> tuple[str, ...]:
        """Codes of the corpus one slip from a folded code, and those of another family with the same number."""
        slips = [code for other in self._neighbours.of(key) for code in self._by_key[other]]
        number = re.search(r"\d{3,5}$", key)
        numbered = self._by_number.get(number.group(), ()) if number else ()
        return tuple(dict.fromkeys((*slips, *numbered)))

    def resembled(self, text: str, found: Sequence[FoundCode]) -> tuple[str, ...]:
        """Codes of the corpus that `text` does not name although something in it looks like them: one slip away without
        a word that speaks of an error (K139 for E139), named otherwise (图号 E1001), or with its number at either end of
        a number that is something else (端口 5012, 5012 条, HT2026404). `found` is what `find` gave.

        Whatever else speaks for such a code, the likeness of letters and digits must not.
        """
        plain = spoken_to_digits(half_width(text))
        taken = _spans(list(found))
        codes: Dict[str, None] = {}
        for tokens in _segments(plain):
            for place, (start, _) in enumerate(tokens):
                for _, end in tokens[place : place + _MAX_TOKENS]:
                    if not any(start < other_end and other < end for other, other_end in taken):
                        codes.update(dict.fromkeys(self._like(fold(plain[start:end]))))
        for run in _DIGITS.finditer(plain):
            own = not any(run.start() < end and start < run.end() for start, end in taken)
            if own and is_something_else(plain, run.start(), run.end()):
                codes.update(dict.fromkeys(self._numbered(run.group())))
        return tuple(codes)

    def _numbered(self, digits: str) -> Iterator[str]:
        """Codes whose number stands at the beginning or the end of the digits."""
        for size in range(3, min(len(digits), 5) + 1):
            yield from self._by_number.get(digits[:size], ())
            yield from self._by_number.get(digits[-size:], ())

    def _like(self, key: str) -> Iterator[str]:
        """Codes with this key or one that is a slip away."""
        if len(key) >= _NEAR_FROM - 1 and not key.isdigit():
            for other in (key, *self._neighbours.of(key)):
                yield from self._by_key.get(other, ())

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._by_key)

    def _known(self, text: str) -> Iterator[FoundCode]:
        """Codes of the corpus: the longest run of tokens whose folding is a key."""
        return _along(text, self._longest)

    def _longest(self, text: str, tokens: List[Span]) -> Optional[FoundCode]:
        start = tokens[0][0]
        hit: Optional[FoundCode] = None
        for place, (_, end) in enumerate(tokens):
            if hit is not None and _number_follows(text, hit.end, tokens[place]):
                break  # E101 3次: three times, no E1013
            key = fold(text[start:end])
            if key in self._by_key and self._whole(text, start, end):
                hit = FoundCode(text[start:end], key, start, end, self._by_key[key])
        return hit

    def _whole(self, text: str, start: int, end: int) -> bool:
        return bool(_LETTER.search(text, start, end)) and not counts(text, start, end) and not goes_on(text, start, end)

    def _built_alike(self, text: str) -> Iterator[FoundCode]:
        """What is one slip from a code of the corpus, or has the build of one, and is none."""
        return _along(text, self._like_one)

    def _like_one(self, text: str, tokens: List[Span]) -> Optional[FoundCode]:
        start = tokens[0][0]
        for _, end in tokens:
            key = fold(text[start:end])
            if key in self._by_key or not self._whole(text, start, end) or inside_a_word(text, start, end):
                continue
            if _build(text[start:end]) in self._builds or self._one_slip(text, start, end, key):
                return FoundCode(text[start:end], key, start, end)
        return None

    def _one_slip(self, text: str, start: int, end: int, key: str) -> bool:
        if len(key) < _NEAR_FROM - 1 or not self._neighbours.of(key):
            return False
        family = _family(text[start:end])
        sure = len(key) >= _NEAR_FROM and (len(family) > 1 or family in self._own | _FAMILIES)
        return sure or says_error(text, start, end)

    def _bare_numbers(self, text: str) -> Iterator[FoundCode]:
        """403错误, 报错五零零: a number beside a word that says it is a code, known to the corpus."""
        for match in _BARE.finditer(text):
            codes = self._by_number.get(match.group(), ())
            if codes and means_a_code(text, match, self._own):
                yield FoundCode(match.group(), fold(match.group()), *match.span(), codes)

    def _by_shape(self, text: str) -> Iterator[FoundCode]:
        """Well-formed but unknown: the family's prefix, a HRESULT, WORDS_WITH_UNDERSCORES, or a word that says so."""
        for shape in (_HEX, _WORDS, _LETTERS_DIGITS):
            for match in shape.finditer(text):
                if inside_a_word(text, *match.span()) or counts(text, *match.span()):
                    continue
                if self._says_code(shape, match) or says_error_before(text, match.start()):
                    yield FoundCode(match.group(), fold(match.group()), *match.span())

    def _says_code(self, shape: re.Pattern[str], match: re.Match[str]) -> bool:
        """Whether the word alone shows it; user_name and other identifiers need a 报错 before them."""
        if shape is _LETTERS_DIGITS:
            return match.group(1).upper() in self._telling
        return shape is _HEX or match.group().isupper()


def _segments(text: str) -> Iterator[List[Span]]:
    """The tokens of each run of letters, digits and separators, as offsets."""
    for segment in _SEGMENT.finditer(text):
        at = segment.start()
        yield [(token.start() + at, token.end() + at) for token in _TOKEN.finditer(segment.group())]


def _along(text: str, find: Callable[[str, List[Span]], Optional[FoundCode]]) -> Iterator[FoundCode]:
    """What `find` makes of the tokens from each place on; after a hit it goes on behind it."""
    for tokens in _segments(text):
        at = 0
        while at < len(tokens):
            hit = find(text, tokens[at : at + _MAX_TOKENS])
            if hit is not None:
                yield hit
            at = at + 1 if hit is None else next((i for i, t in enumerate(tokens) if t[0] >= hit.end), len(tokens))


def _number_follows(text: str, end: int, token: Span) -> bool:
    """Whether a number stands behind a code that ends in a digit, with nothing but blanks between."""
    return text[end - 1].isdigit() and text[end : token[0]].isspace() and text[token[0] : token[1]].isdigit()


def _spans(found: List[FoundCode]) -> List[Span]:
    return [(code.start, code.end) for code in found]


def _by_number(codes: Iterable[str]) -> Dict[str, Tuple[str, ...]]:
    """403 -> ERROR_403: by the digits of a code, for HTTP-like and numbered families alike."""
    numbers: Dict[str, Tuple[str, ...]] = {}
    for code in codes:
        match = re.fullmatch(r"[A-Za-z]*[_\-]?(\d{3,5})", code)
        if match:
            numbers[match.group(1)] = (*numbers.get(match.group(1), ()), code)
    return numbers


def _family(code: str) -> str:
    return re.split(r"[^A-Za-z]", code, maxsplit=1)[0].upper()


def _build(code: str) -> Tuple[str, str]:
    """Family, and what kinds of characters follow: TS-A7-09 is (TS, A999)."""
    family = _family(code)
    rest = fold(code[len(family) :])
    return family, re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", rest))
