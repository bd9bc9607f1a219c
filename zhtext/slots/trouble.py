"""Does a clause say that something goes wrong, ask how something is done, or suppose? Words in `trouble.tsv`."""

from __future__ import annotations

import re
from functools import cache
from re import Match, Pattern

from zhtext import tables
from zhtext.slots.casing import lower

_NO = re.compile(r"(?:不|没有?|未)[\u4e00-\u9fff]")
_ASKING_ENDS = ("吗", "么", "呢")


def goes_wrong(clause: str) -> bool:
    """Whether the clause reports trouble; questions how, wishes and suppositions do not."""
    said = lower(clause)
    plain = _patterns()["fine"].sub(_blank, said)
    hit = _patterns()["trouble"].search(plain)
    if hit is None or _says("supposed", said) or _says("wished", said):
        return False
    asked = _patterns()["how_to"].search(said)
    return asked is None or _says("asked_why", said) or _happened(plain, hit.end(), asked.start())


def denies(clause: str) -> bool:
    """Whether a statement about the product says no of something: 打卡不记人名. Weaker than `goes_wrong`."""
    plain = _patterns()["fine"].sub(_blank, lower(clause))
    plain = _patterns()["idle_no"].sub(_blank, plain)
    question = clause.endswith(_ASKING_ENDS) or asks(clause)
    return not question and _NO.search(plain) is not None and _says("product", plain)


def asks(clause: str) -> bool:
    """Whether the clause asks how something is done, supposes or wishes."""
    said = lower(clause)
    return any(_says(kind, said) for kind in ("how_to", "supposed", "wished"))


def _says(kind: str, clause: str) -> bool:
    return _patterns()[kind].search(clause) is not None


def _happened(clause: str, end: int, question: int) -> bool:
    """误删了一个项目能恢复吗: what the question is about has taken place."""
    if _patterns()["to_do"].match(clause, question):
        return False
    return end <= question + 4 and "了" in (clause[end - 1], clause[end : end + 1])


def _blank(match: Match[str]) -> str:
    return "\0" * len(match.group())


def _patterns() -> dict[str, Pattern[str]]:
    return _compiled(tables.product())


@cache
def _compiled(product: str) -> dict[str, Pattern[str]]:
    """One pattern for each kind of the table, read once for each product."""
    kinds: dict[str, list[str]] = {}
    for kind, pattern in tables.rows("trouble.tsv"):
        kinds.setdefault(kind, []).append(pattern)
    return {kind: re.compile("|".join(patterns)) for kind, patterns in kinds.items()}
