"""A thousand codes as vendors number them, near neighbours side by side, and entries that say nearly the same.

What folds together is computed here by a rule of our own, three lines long, so that the product's folding is measured
and not asked.
"""

from __future__ import annotations

import random
import string
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from retrieval.knowledge.entry import Entry

FILE = Path(__file__).with_name("codes.yml")
CODES, SEED = 1_000, 20_261_122
LENGTHS = range(4, 25)
_LOOKALIKE = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Base:
    """Codes in order; `together` maps each to all that cannot be told from it once disguised, itself among them."""

    codes: tuple[str, ...]
    together: Mapping[str, frozenset[str]]
    by_number: Mapping[str, frozenset[str]]

    @property
    def unique(self) -> int:
        return sum(len(group) == 1 for group in self.together.values())

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(map(bare, self.codes))


@cache
def material() -> dict[str, Any]:
    """What codes.yml holds."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return data


def base(size: int = CODES) -> Base:
    """`size` codes, all families in the same shares. Raises ValueError when the families do not give so many."""
    every = tuple(dict.fromkeys(_all()))
    if len(every) < CODES:
        raise ValueError(f"codes.yml gives {len(every)} codes, {CODES} are wanted: add a family or words")
    # Every so many, in twos: neighbours stay neighbours.
    step = CODES // size
    codes = tuple(code for place, code in enumerate(every[:CODES]) if place // 2 % step == 0)
    groups: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        groups[bare(code)].add(code)
        numbers[_number(code)].add(code)
    return Base(
        codes,
        {code: frozenset(groups[bare(code)]) for code in codes},
        {number: frozenset(found) for number, found in numbers.items() if number},
    )


def bare(code: str) -> str:
    """Letters and digits alone, in capitals, what looks alike made one."""
    return "".join(filter(str.isalnum, code)).upper().translate(_LOOKALIKE)


def entries(made: Base) -> tuple[Entry, ...]:
    """One entry for each code; those of a family share their problems, and so nearly their answers."""
    data = material()
    problems, modules = data["problems"], data["modules"]
    return tuple(
        Entry(
            id=f"err-{place}", type="error_code", code=code, title=f"{code} {problem}", module=module,
            question=f"提示 {code} {problem}", similar=(f"{module}的时候{problem}", f"{module}{problem}，{code}"),
            answer=f"**原因**：{module}{problem}。\n\n1. 记下时间。\n2. 重试。\n3. 仍提示 `{code}` 请联系客服。",
            source="《错误码手册》",
        )
        for place, code in enumerate(made.codes)
        for problem, module in [(problems[place // 2 % len(problems)], modules[place // 12 % len(modules)])]
    )  # fmt: skip


def unknown(made: Base, seed: int = SEED) -> tuple[tuple[str, str], ...]:
    """For each code one that is not in the base but differs in one place, and how it differs."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    taken = set(made.keys)
    found: list[tuple[str, str]] = []
    for place, code in enumerate(made.codes):
        kind = _CHANGES[place % len(_CHANGES)]
        for _ in range(50):
            other = _changed(code, kind, chance)
            if bare(other) not in taken and len(bare(other)) >= min(LENGTHS) and not bare(other).isdigit():
                taken.add(bare(other))
                found.append((kind, other))
                break
    return tuple(found)


def _changed(code: str, kind: str, chance: random.Random) -> str:
    places = [place for place, char in enumerate(code) if char.isalnum() and place >= 2 * code.startswith("0x")]
    digits = [place for place in places if code[place].isdigit()]
    letters = [place for place in places if code[place].isalpha()]
    at = chance.choice((letters or digits) if kind == _LETTER else (digits or letters))
    before, here, after = code[:at], code[at], code[at + 1 :]
    if kind == _MORE:
        return before + here + chance.choice(string.digits) + after
    if kind == _LESS:
        return before + after
    if kind == _SWAPPED:
        return before + after[:1] + here + after[1:]
    return before + chance.choice(string.digits if here.isdigit() else string.ascii_uppercase) + after


_DIGIT, _LETTER, _MORE, _LESS, _SWAPPED = "换一位数字", "换一个字母", "多一位", "少一位", "两位对调"
_CHANGES = (_DIGIT, _LETTER, _MORE, _LESS, _SWAPPED)


def _all() -> Iterator[str]:
    data = material()
    for line in data["lookalikes"]:
        yield from line
    for family in data["families"]:
        for number in range(family["from"], family["from"] + family["count"]):
            yield family["shape"].format(n=number, l=string.ascii_uppercase[number % 26])
    words = data["words"]
    for area in words["area"]:
        for thing in words["thing"]:
            for end in words["end"]:
                if len(f"{area}_{thing}_{end}") in LENGTHS:
                    yield f"{area}_{thing}_{end}"


def _number(code: str) -> str:
    """The number by which a code is called when its family is left out: one word, then three to five digits."""
    head = code.rstrip(string.digits)
    number = code[len(head) :]
    return number if 3 <= len(number) <= 5 and head.rstrip("_-").isalpha() else ""
