"""A cell's value and its number format -> what the screen shows, for the formats that documents use.

Sections, literals, zeros, thousands, decimals and percent follow ECMA-376 part 1, 18.8.31; fractions and scientific
formats are shown as plain numbers, which say the same.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

_CONDITION = re.compile(r"\[[^\]]*\]")
_CURRENCY = re.compile(r"\[\$([^\-\]]*)[^\]]*\]")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_CORE = re.compile(r"[#0?,]*(?:\.[#0?]*)?%?")
_SIGNIFICANT = 15  # digits that a spreadsheet stores


class ShownCell(Protocol):
    """The part of openpyxl's cells that is needed here."""

    @property
    def value(self) -> object: ...

    @property
    def number_format(self) -> str: ...


def shown(cell: ShownCell) -> str:
    """The text of a cell: `0042` of 42 in the format `0000`, `1` of 1.0, ISO dates whatever their format."""
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (datetime, date, time, timedelta)):
        return _moment(value)
    if isinstance(value, (int, float)):
        return number(value, cell.number_format)
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def number(value: int | float, code: str) -> str:
    """`value` in the number format `code`."""
    section = _section(value, code)
    prefix, core, suffix = _parts(section)
    if ("0" not in core and "#" not in core) or re.search(r"[E?/]", core + suffix):
        return _general(value)
    return f"{prefix}{_digits(abs(value) if ';' in code and value < 0 else value, core)}{suffix}"


def _section(value: int | float, code: str) -> str:
    sections = (code or "General").split(";")
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 and sections[2] else sections[0]


def _parts(section: str) -> tuple[str, str, str]:
    """The text before the digits, the pattern of the digits, the text behind them."""
    section = _CONDITION.sub("", _CURRENCY.sub(r'"\1"', section))
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match.group(1) or match.group(2) or "")
        return "\0"

    bare = _LITERAL.sub(keep, section)
    found = next((match for match in _CORE.finditer(bare) if "0" in match.group() or "#" in match.group()), None)
    if found is None:
        return "", "", ""
    pieces = iter(literals)
    around = [re.sub("\0", lambda _: next(pieces), part) for part in (bare[: found.start()], bare[found.end() :])]
    return around[0], found.group(), around[1]


def _digits(value: int | float, core: str) -> str:
    percent = core.endswith("%")
    whole, _, fraction = core.rstrip("%").partition(".")
    exact = Decimal(repr(value)) * (100 if percent else 1)
    least = fraction.count("0")
    rounded = exact.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    sign, digits = ("-", -rounded) if rounded < 0 else ("", rounded)
    integer, _, decimals = f"{digits:f}".partition(".")
    integer = integer.zfill(whole.count("0"))
    if "," in whole.rstrip(","):
        integer = f"{int(integer):,}"
    kept = decimals.rstrip("0").ljust(least, "0")
    return f"{sign}{integer}{'.' + kept if kept else ''}{'%' if percent else ''}"


def _general(value: int | float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < 10**_SIGNIFICANT):
        return str(int(value))
    return format(value, f".{_SIGNIFICANT}g")


def _moment(value: datetime | date | time | timedelta) -> str:
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds").removesuffix(":00")
    if isinstance(value, time):
        return value.isoformat("seconds").removesuffix(":00")
    return str(value)
