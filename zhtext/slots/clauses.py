"""A message as clauses: what people put between commas, full stops and the blanks that stand for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A dot, comma or colon inside a number or a file name parts nothing; a blank does between two Chinese characters.
_SEPARATOR = re.compile(
    r"(?:[,，。;；!！?？、…~\n]|\.(?![\w\\/])|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff]))[\s,，。;；!！?？、…~.]*"
)
_FULL_STOPS = "。!！?？;；"


@dataclass(frozen=True)
class Clause:
    """`text[start:end]` without what parts it from the next; `stop` tells whether a sentence ends after it."""

    text: str
    start: int
    end: int
    stop: bool


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of `text` in order, none empty."""
    found: list[Clause] = []
    start = 0
    for separator in _SEPARATOR.finditer(text):
        if not _inside_a_number(text, separator):
            found.append(_clause(text, start, separator.start(), separator.group()))
            start = separator.end()
    found.append(_clause(text, start, len(text), "。"))
    return tuple(clause for clause in found if clause.text)


def _clause(text: str, start: int, end: int, separator: str) -> Clause:
    said = text[start:end]
    start += len(said) - len(said.lstrip())
    return Clause(said.strip(), start, start + len(said.strip()), any(char in _FULL_STOPS for char in separator))


def _inside_a_number(text: str, separator: re.Match[str]) -> bool:
    """12,000 is one number; 6.2,13812345678 are two."""
    if separator.group() != ",":
        return False
    return re.search(r"\d$", text[: separator.start()][-1:]) is not None and (
        re.match(r"\d{3}(?!\d)", text[separator.end() : separator.end() + 4]) is not None
    )
