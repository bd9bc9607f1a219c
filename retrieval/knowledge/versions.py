"""Which versions of the product something is about: `*`, `6.1`, `>=6.0`, `<6.0`, `5.2-5.4`, several with commas.

A bound counts as many parts as it names: 5.4.3 lies within `5.2-5.4`, and `6.1` is every 6.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from retrieval.errors import BadEntry

ALL = "*"
Version = tuple[int, ...]

_RANGE = re.compile(r"^(?:(?P<op>>=|<=|>|<)?\s*(?P<low>\d+(?:\.\d+)*)(?P<any>\.x)?|(?P<from>\d+(?:\.\d+)*)\s*[-–~]\s*"
                    r"(?P<to>\d+(?:\.\d+)*))$")  # fmt: skip
_HOLDS: dict[str, Callable[[int], bool]] = {
    ">=": lambda sign: sign >= 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    "<": lambda sign: sign < 0,
    "": lambda sign: sign == 0,
}


def check(versions: str) -> None:
    """Raises BadEntry when it is no range."""
    for part in _parts(versions):
        if part != ALL and not _RANGE.match(part):
            raise BadEntry(f'versions {part!r} is no range; write "*", "6.1", ">=6.0", "<6.0" or "5.2-5.4"')


def covers(versions: str, version: str) -> bool:
    """Whether `version`, digits and dots, lies within the range; nothing lies within what is no range."""
    given = _parsed(version)
    return bool(given) and any(_holds(part, given) for part in _parts(versions))


def _parts(versions: str) -> Sequence[str]:
    return [part.strip() for part in re.split(r"[,，、]", versions)] if versions.strip() else [ALL]


def _holds(part: str, given: Version) -> bool:
    if part == ALL:
        return True
    match = _RANGE.match(part)
    if match is None:
        return False
    if match["from"]:
        return _sign(given, _parsed(match["from"])) >= 0 and _sign(given, _parsed(match["to"])) <= 0
    return _HOLDS[match["op"] or ""](_sign(given, _parsed(match["low"])))


def _parsed(version: str) -> Version:
    return tuple(map(int, re.findall(r"\d+", version)))


def _sign(given: Version, bound: Version) -> int:
    """-1, 0 or 1: before, within or after the bound, as far as the bound says."""
    head = (given + (0,) * len(bound))[: len(bound)]
    return (head > bound) - (head < bound)
